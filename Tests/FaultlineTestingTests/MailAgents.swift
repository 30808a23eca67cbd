// Two agents as a user of the trait would write them: ordinary `async` Swift, one of them careless.

import Agents
import Faultline
import Operations
import Primitives

/// Asks for a welcome mail under one key until it gets an answer: however often it asks, one mail goes out.
struct CarefulMailer: AsyncAgent {
  func run(_ context: AgentContext) async throws -> Claim? {
    let customer = context.input.text("customer") ?? ""
    for pause in [5, 30, 120, 600] as [Int64] {
      let answer = try await context.send("notify.send_mail", mail(to: customer), key: "welcome-\(customer)").answer
      switch context.catalogue.outcome(of: answer) {
      case .succeeded: return Claim(.completed, text: "Welcomed \(customer).")
      case .notNow(let response): try await context.sleep(max(.seconds(pause), response.retryAfter ?? .zero))
      case .unknown: try await context.sleep(.seconds(pause))
      case .failed(let response):
        return Claim(.escalated, text: "Refused with \(response.status).", reason: "refused", nextAction: "Look.")
      }
    }
    return Claim(
      .escalated, text: "Nobody answers.", possibly: [.init(kind: "notify.mail", object: nil)], reason: "no answer",
      nextAction: "Look whether \(customer) got a mail.")
  }
}

/// Takes a mail without an answer for a mail that was not sent.
struct CarelessMailer: AsyncAgent {
  func run(_ context: AgentContext) async throws -> Claim? {
    let customer = context.input.text("customer") ?? ""
    for attempt in 1...10 {
      do {
        try await context.call("notify.send_mail", mail(to: customer), key: "welcome-\(customer)-\(attempt)")
        return Claim(.completed, text: "Welcomed \(customer).")
      } catch is CallError {
        try await context.sleep(.seconds(5))
      }
    }
    return nil
  }
}

private func mail(to customer: String) -> Fields {
  ["to": .text("ops@\(customer).example"), "template": "welcome", "customer": .text(customer)]
}
