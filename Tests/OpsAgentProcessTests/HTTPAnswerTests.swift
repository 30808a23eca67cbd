// What a client may conclude from the bytes that came: never more than they say.

import Foundation
import Operations
import Primitives
import Testing

@testable import OpsAgentProcess

@Suite struct HTTPAnswerTests {
  private func answer(_ status: Int, _ body: String, _ headers: [String: String] = [:]) -> Answer {
    HTTPSystems.answer(in: HTTPSystems.Message(status: status, headers: headers, body: Data(body.utf8)))
  }

  @Test func aSuccessIsReadWithItsHeaders() {
    let response = answer(201, #"{"id":"i-1"}"#, ["idempotent-replayed": "true", "server": "x"]).response
    #expect(response?.status == 201)
    #expect(response?.body == ["id": "i-1"])
    #expect(response?.headers == ["idempotent-replayed": "true"])
  }

  @Test(arguments: ["", "{", "<html>", "[1]", "null"])
  func aSuccessThatCanNotBeReadSaysNothing(body: String) {
    #expect(answer(200, body) == .none(.unreadable))
  }

  @Test func aProblemHasTheSystemsCode() {
    let answer = answer(429, #"{"code":"Throttled","detail":"later","status":429,"title":"x"}"#, ["retry-after": "7"])
    #expect(answer.response?.error == Response.ErrorBody("Throttled", "later"))
    #expect(answer.response?.retryAfter == .seconds(7))
  }

  @Test(arguments: ["<html>bad gateway</html>", "", "{}"])
  func anErrorOfAFrontEndHasAtLeastAStatus(body: String) {
    let answer = answer(502, body)
    #expect(answer.response?.status == 502)
    // A status of 500 or more without a documented code: nobody knows whether it was done.
    #expect(Catalogue([]).outcome(of: answer) == .unknown(answer))
  }

  @Test func nobodyAtTheAddressIsNoAnswer() async throws {
    let systems = HTTPSystems(try #require(URL(string: "http://127.0.0.1:1")), patience: .seconds(5))
    #expect(await systems.answer(to: Request("cloud.list_clusters", principal: "p")) == .none(.connectionLost))
    #expect(await systems.report(["outcome": "completed"]) == false)
    #expect(await systems.clock() is MachineClock)
    await #expect(throws: ProcessFailure.self) { _ = try await systems.deployment() }
  }
}
