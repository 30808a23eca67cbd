// Credentials that expire and systems that change: what the caller sees, and what was done. Each with its control.

import Operations
import Primitives
import Simulation
import Testing

@testable import Faultline

@Suite struct ReleaseFaultTests {
  // MARK: Credentials

  @Test func anExpiredCredentialIsRefusedUntilItIsRenewed() throws {
    let run = try CloudRun(
      [.layNetwork, .launch(), .launch(), .renew, .launch()], [:],
      [.at("cloud.create_cluster", "credential-expired", call: 1)])
    #expect(run.statuses(of: "cloud.create_cluster") == [400, 400, 200])
    #expect(run.answers(of: "cloud.create_cluster")[0].response?.error?.code == "RequestExpired")
    #expect(run.statuses(of: "cloud.renew_credential") == [200])
    #expect(run.launched == 1)
    #expect(run.world.faults.map(\.tookEffect) == [true])
  }

  @Test func aRenewalInTimeChangesNothing() throws {
    let run = try CloudRun([.layNetwork, .renew, .launch()])
    #expect(run.statuses(of: "cloud.create_cluster") == [200])
    #expect(run.world.faults.isEmpty)
  }

  @Test func aCredentialDoesNotExpireWhereNothingRenewsIt() throws {
    let run = try ShelfRun([.put("box")], faults: [.at("shelf.put", "credential-expired")])
    #expect(run.statuses == [200])
    #expect(run.world.unmet.count == 1)
  }

  // MARK: Schema

  @Test func aRenamedFieldIsMissedFromThenOn() throws {
    let run = try CloudRun(
      [.layNetwork, .launch(), .list], [:], [.at("cloud.create_cluster", "schema-drift:renamed-field")])
    let launch = try #require(run.answers(of: "cloud.create_cluster").first?.response)
    #expect(launch.status == 200)
    #expect(launch.body["id"] == nil)
    #expect(launch.body.text("resource_id")?.hasPrefix("i-") == true)
    let listed = run.answers(of: "cloud.list_clusters").first?.response?.body["clusters"]?.list?.first?.record
    #expect(listed?["id"] == nil)
    #expect(listed?.text("resource_id") == launch.body.text("resource_id"))
    #expect(run.launched == 1)
    #expect(run.world.faults.map(\.tookEffect) == [true])
  }

  @Test func aNewValueStandsWhereADocumentedOneStood() throws {
    let run = try CloudRun(
      [.layNetwork, .launch(), .describe], [:], [.at("cloud.describe_cluster", "schema-drift:new-value")])
    let shown = try #require(run.answers(of: "cloud.describe_cluster").first?.response?.body)
    #expect(shown.text("state") == "pending_provisional")
    let values = run.world.setup.catalogue.services[0].values
    #expect(values.undocumented(in: shown) == "state")
    let before = try #require(run.answers(of: "cloud.create_cluster").first?.response?.body)
    #expect(values.undocumented(in: before) == nil)
    #expect(run.world.faults.map(\.tookEffect) == [true])
  }

  @Test func aNewParameterIsAskedForAndNothingIsDone() throws {
    let run = try CloudRun(
      [.layNetwork, .launch(), .list, .launch()], [:],
      [.at("cloud.create_cluster", "schema-drift:new-parameter", call: 1)])
    #expect(run.statuses(of: "cloud.create_cluster") == [400, 400])
    let error = try #require(run.answers(of: "cloud.create_cluster")[0].response?.error)
    #expect(error.code == "MissingParameter")
    #expect(run.world.setup.catalogue.nature(of: error.code) == .malformed)
    #expect(run.statuses(of: "cloud.list_clusters") == [200], "other operations ask for nothing new")
    #expect(run.launched == 0)
    #expect(run.world.faults.map(\.tookEffect) == [true])
  }

  @Test func aDriftThatNoAnswerShowsIsReportedAsWithoutEffect() throws {
    let run = try CloudRun([.list], [:], [.at("cloud.list_clusters", "schema-drift:renamed-field")])
    #expect(run.world.faults.map(\.tookEffect) == [false], "there was nothing to list")
  }

  // MARK: Batches

  @Test func aPartOfABatchIsASuccessThatSaysSo() throws {
    let run = try CloudRun([.layNetwork, .launch()], [:], [.at("cloud.create_cluster", "partial-batch")])
    let answer = try #require(run.answers(of: "cloud.create_cluster").first?.response)
    #expect(answer.status == 200)
    #expect(answer.body.int("count") == 1)
    let missing = answer.body["errors"]?.list?.first?.record
    #expect(missing?.text("code") == "InsufficientInstanceCapacity")
    #expect(missing?.int("count") == 2)
    #expect(run.sizes == [1])
    #expect(run.world.faults.map(\.tookEffect) == [true])
  }

  @Test func allOrNothingIsRefusedAndNothingIsDone() throws {
    let run = try CloudRun(
      [.layNetwork, .launch(key: "K", atLeast: 3), .launch(key: "K", atLeast: 3)], [:],
      [.at("cloud.create_cluster", "partial-batch", call: 1)])
    #expect(run.statuses(of: "cloud.create_cluster") == [500, 200])
    #expect(run.sizes == [3])
    let control = try CloudRun([.layNetwork, .launch()])
    #expect(control.sizes == [3])
  }
}

extension CloudRun {
  /// How many instances each cluster has that the cloud launched.
  var sizes: [Int64] {
    world.trace.entries.compactMap { entry in
      guard case .effect(let effect) = entry.event, effect.kind == "cloud.cluster", effect.change == .created else {
        return nil
      }
      return effect.attributes.int("count")
    }
  }
}
