// The war story's access key: what got no answer is made once more, and nobody looks at the one that was made before.

import Faultline
import Operations
import Primitives

struct NaiveAccessKey: NaiveWork {
  let context: AgentContext
  let done = "access key made"
  private var hasRole = false
  private var secret: String?

  init(_ context: AgentContext) { self.context = context }

  mutating func fromTheTop() async throws {
    let role = context.input["role"] ?? .null
    if !hasRole {
      try await make("identity.create_role", ["name": role, "customer": .text(customer)])
      hasRole = true
    }
    if secret == nil {
      let key = try await call("identity.create_access_key", ["role": role, "customer": .text(customer)])
      secret = key.body.text("secret")
    }
  }
}
