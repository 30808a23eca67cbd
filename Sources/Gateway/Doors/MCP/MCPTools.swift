// The operations of a world as MCP tools, with hints that are true.

import Faultline
import Operations
import Primitives

/// What a model sees of a world.
enum MCPTools {
  /// Takes the run's outcome; no operation of a system.
  static let reportOutcome = "report_outcome"
  /// Lets the world's time pass.
  static let sleep = "sleep"

  /// An operation's tool name: functions of model APIs have no dots, `cloud_create_cluster`.
  static func name(of operation: Operation) -> String { operation.name.text.replacing(".", with: "_") }

  /// The operation of a tool's name; nil where there is none.
  static func operation(named tool: String, in catalogue: Catalogue) -> Operation? {
    catalogue.allOperations.first { name(of: $0) == tool }
  }

  /// Every tool, always in the same order, as the specification asks for the sake of prompt caches.
  static func list(of catalogue: Catalogue) -> JSON {
    .list(catalogue.allOperations.map(tool) + [outcomeTool, sleepTool])
  }

  fileprivate static func tool(_ operation: Operation) -> JSON {
    var schema = operation.schema.object ?? [:]
    if operation.takesKey, var properties = schema["properties"]?.object {
      properties["idempotency_key"] = [
        "type": "string", "minLength": 1, "maxLength": 255,
        "description": "The same for every attempt at one wish; the system then executes it once.",
      ]
      schema["properties"] = .object(properties)
    }
    let isDestructive = operation.effect?.change == .ended || operation.effect?.permanence == .permanent
    return [
      "name": .text(name(of: operation)), "description": .text(operation.summary), "inputSchema": .object(schema),
      "annotations": [
        "readOnlyHint": .bool(!operation.isMutation), "destructiveHint": .bool(isDestructive),
        // A system executes a mutation again when it is asked again, unless the caller sends a key.
        "idempotentHint": .bool(!operation.isMutation), "openWorldHint": true,
      ],
    ]
  }

  private static let outcomeTool: JSON = [
    "name": .text(reportOutcome),
    "description": .text(
      "Says how the work ended: completed, rolled-back, escalated to a person, or stood-down where another replica "
        + "has it. The last word counts."),
    "inputSchema": OutcomeReport.schema,
    "annotations": ["readOnlyHint": false, "destructiveHint": false, "idempotentHint": true, "openWorldHint": false],
  ]

  private static let sleepTool: JSON = [
    "name": .text(sleep), "description": "Waits so many seconds.",
    "inputSchema": [
      "type": "object", "required": ["seconds"], "additionalProperties": false,
      "properties": ["seconds": ["type": "number", "minimum": 0, "maximum": 86_400]],
    ],
    "annotations": ["readOnlyHint": true, "destructiveHint": false, "idempotentHint": false, "openWorldHint": false],
  ]
}

/// What agents are offered, as text: who certifies one says by it which tools it had.
public enum ToolSchemas {
  /// The tools of a system's operations, in the order of their names and with sorted keys: the same schemas are the
  /// same text, through whichever door an agent comes to them.
  public static func text(of operations: [Operation]) -> String {
    JSON.list(operations.sorted { $0.name < $1.name }.map(MCPTools.tool)).printed
  }
}
