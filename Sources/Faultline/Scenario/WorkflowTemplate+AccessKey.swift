// What scenarios may say about the workflow `access-key`.

import Primitives

extension WorkflowTemplate {
  // What a customer's key is made of.
  public static let accessKey = WorkflowTemplate(
    "access-key",
    inputs: [
      Input("customer", .text, required: true, "The customer's natural key, which every system knows."),
      Input("role", .text, required: true, "The role's name."),
    ],
    intents: [
      Supporting("identity.role", 0...1),
      Supporting("identity.access_key", 0...1, needs: ["identity.role"]),
    ],
    principals: [])
}
