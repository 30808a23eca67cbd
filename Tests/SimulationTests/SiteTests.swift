// Sites name places in a run for plans, files and people; the three forms must agree.

import Primitives
import Simulation
import Testing

@Suite struct SiteTests {
  static let site = Site(
    process: "agent-0", incarnation: 2, run: "onboarding:acme", point: "cloud.create_cluster", subject: "acme",
    call: 1, attempt: 2, aspect: .answer)

  @Test func printsAsAPath() {
    #expect(Self.site.description == "agent-0~2/onboarding:acme/cloud.create_cluster[acme]#1.2/answer")
    #expect(Self.site.aspect(.request, attempt: 0).description.hasSuffix("cloud.create_cluster[acme]#1/request"))
  }

  // Re-computed in Python from the names' hashes; the answer aspect is word 2.
  @Test func keyMatchesKnownAnswer() {
    #expect(Self.site.key == 0x715F_54B8_2D66_87A4)
  }

  @Test func everyPartIsInTheKey() {
    func site(
      process: Name = "a", incarnation: Int = 1, run: Name = "r", point: Name = "p", subject: Name? = "s",
      call: Int = 1, attempt: Int = 1, aspect: Aspect = .request
    ) -> UInt64 {
      Site(
        process: process, incarnation: incarnation, run: run, point: point, subject: subject, call: call,
        attempt: attempt, aspect: aspect
      ).key
    }
    let others = [
      site(process: "b"), site(incarnation: 2), site(run: "q"), site(point: "o"), site(subject: "t"),
      site(subject: nil), site(call: 2), site(attempt: 2), site(attempt: 0),
    ]
    let aspects = Aspect.allCases.map { site(aspect: $0) }
    #expect(Set(others + aspects).count == others.count + aspects.count)
  }
}

@Suite struct SitePatternTests {
  static let sites = [
    SiteTests.site,
    Site(process: "agent-0", incarnation: 1, run: "r", point: "triage", subject: nil, call: 3, aspect: .decision),
    Site(process: "p", incarnation: 9, run: "r", point: "x.y", subject: "acme/eu#1", call: 12, aspect: .crash),
    Site(process: "p", incarnation: 1, run: "r", point: "x", subject: "a[b]", call: 1, attempt: 1, aspect: .order),
  ]

  @Test(arguments: sites)
  func pathOfASiteReadsBackToThePatternOfThatSite(site: Site) throws {
    let pattern = try #require(SitePattern(path: site.description))
    #expect(pattern == SitePattern(site))
    #expect(pattern.matches(site))
  }

  @Test(arguments: sites)
  func patternOfASiteMatchesNoOther(site: Site) {
    #expect(Self.sites.filter { SitePattern(site).matches($0) } == [site])
  }

  @Test func leavingAPartOutMatchesEveryValueOfIt() {
    let site = SiteTests.site
    var pattern = SitePattern(site)
    pattern.process = nil
    pattern.incarnation = nil
    pattern.run = nil
    pattern.subject = nil
    pattern.call = nil
    pattern.aspect = nil
    #expect(pattern.matches(site))
    #expect(SitePattern(path: pattern.description) == pattern)
  }

  @Test func withoutAnAttemptItMeansTheLogicalCall() {
    let pattern = SitePattern(point: "cloud.create_cluster", call: 1)
    #expect(!pattern.matches(SiteTests.site))
    #expect(pattern.matches(SiteTests.site.aspect(.answer, attempt: 0)))
    #expect(SitePattern(attempt: 0) == SitePattern())
  }

  @Test(arguments: [
    "", "a/b/c", "a~x/r/p#1/answer", "a~0/r/p#1/answer", "a~/r/p#1/answer", "a/r/p#/answer", "a/r/p#x/answer",
    "a/r/p#1./answer", "a/r/p#.1/answer", "a/r/p#1.2.3/answer", "a/r/p#-1/answer", "a/r/p#0/answer",
    "a/r/p#1/anser", "a/r/p#1/",
  ])
  func refusesWhatIsNotAPath(path: String) {
    #expect(SitePattern(path: path) == nil)
  }

  @Test func starsStandForWhatIsLeftOut() throws {
    #expect(SitePattern(path: "*/*/*/*") == SitePattern())
    #expect(SitePattern(path: "*~2/*/*[*]#1/*") == SitePattern(incarnation: 2, call: 1))
  }
}
