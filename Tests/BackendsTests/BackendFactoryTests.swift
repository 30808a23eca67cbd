// Names and options in, a backend or one clear error out.

import Operations
import Primitives
import Testing

@testable import Backends

@Suite("Backend factory")
struct BackendFactoryTests {
  func message(_ system: Name, _ profile: Name, _ options: Fields = [:]) -> String {
    do {
      _ = try BackendFactory.make(system: system, profile: profile, options: options)
      return "made"
    } catch {
      return "\(error)"
    }
  }

  @Test("every registered profile can be made without options and describes itself as registered")
  func everyProfile() throws {
    for entry in BackendRegistry.profiles {
      let backend = try BackendFactory.make(system: entry.system, profile: entry.profile)
      #expect(backend.description.backend == entry.system)
      #expect(backend.description.profile == entry.profile)
      #expect(backend.ledger.count == 0)
    }
  }

  @Test("no two operations share a name, and every compensation and read-back exists")
  func catalogues() throws {
    for entry in BackendRegistry.profiles {
      let operations = try BackendFactory.make(system: entry.system, profile: entry.profile).description.operations
      let names = operations.map(\.name)
      #expect(Set(names).count == names.count, "\(entry.profile)")
      for operation in operations {
        #expect(operation.backend == entry.system)
        #expect(operation.compensation.map(names.contains) ?? true, "\(operation.name)")
        #expect(operation.readBack.map(names.contains) ?? true, "\(operation.name)")
        #expect(operation.subject.map { subject in operation.parameters.contains { $0.name == subject } } ?? true)
      }
    }
  }

  @Test("an unknown name is answered with the known ones")
  func unknownNames() {
    #expect(message("billing", "stripe-v3").contains("stripe-v1, stripe-v2"))
    #expect(message("biling", "stripe-v1").contains("billing"))
    #expect(message("billing", "stripe-v1", ["meter": "per-cluster"]).contains("metering"))
  }

  @Test("an option of the wrong kind or value is answered with what it takes")
  func wrongOptions() {
    #expect(message("billing", "stripe-v1", ["metering": true]).contains("none or per-cluster"))
    #expect(message("billing", "stripe-v1", ["metering": "sometimes"]).contains("none or per-cluster"))
    #expect(message("billing", "stripe-v1", ["prices": ["pro": "cheap"]]).contains("1200.00 EUR"))
    #expect(message("ticketing", "zendesk", ["tickets": [["id": "T-1"]]]).contains("'customer'"))
    let status = message("ticketing", "jira", ["tickets": [["id": "T-1", "customer": "acme", "status": "done"]]])
    #expect(status.contains("new, open, pending, hold, solved, closed"))
    #expect(message("billing", "stripe-v1", ["principals": ["agent": "billing.read"]]).contains("principals"))
  }

  @Test("principals are admitted with their scopes")
  func principals() throws {
    var backend = try BackendFactory.make(
      system: "billing", profile: "stripe-v1", options: ["principals": ["agent": ["billing.read"]]])
    let conditions = Conditions(call: nil, entropy: Draw(word: 1))
    let now = Instant(year: 2026, month: 11, day: 20)
    let read = Request("billing.list_invoices", ["customer": "acme"], principal: "agent")
    #expect(backend.handle(read, at: now, under: conditions).status == 200)
    let write = Request("billing.create_customer", ["reference": "acme"], principal: "agent")
    #expect(backend.handle(write, at: now, under: conditions).status == 403)
  }
}
