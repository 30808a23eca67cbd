// The plain door described, so that tools can generate clients and tests for it.

import Operations
import Primitives

/// An OpenAPI 3.1 document of a world's operations.
enum OpenAPI {
  static func document(of catalogue: Catalogue) -> JSON {
    var paths: [String: JSON] = [:]
    for service in catalogue.services {
      for operation in service.operations {
        paths["/v1/\(operation.name.text.replacing(".", with: "/"))"] = ["post": item(operation, of: service)]
      }
    }
    return [
      "openapi": "3.1.0",
      "info": [
        "title": "Faultline", "version": "1",
        "description": "The systems of a simulated world. Calls fail as they do in the real ones.",
      ],
      "paths": .object(paths),
      "components": [
        "schemas": [
          "Problem": [
            "type": "object", "required": ["status", "title", "detail"],
            "properties": [
              "status": ["type": "integer"], "title": ["type": "string"], "detail": ["type": "string"],
              "code": ["type": "string", "description": "The system's own code."],
            ],
          ]
        ]
      ],
    ]
  }

  private static func item(_ operation: Operation, of service: ServiceDescription) -> JSON {
    var members: [String: JSON] = [
      "operationId": .text(operation.name.text), "summary": .text(operation.summary),
      "tags": [.text(service.backend.text)],
      "requestBody": [
        "required": .bool(operation.parameters.contains(where: \.isRequired)),
        "content": ["application/json": ["schema": schema(of: operation)]],
      ],
      "responses": [
        "2XX": [
          "description": "It was done.", "content": ["application/json": ["schema": ["type": "object"]]],
        ],
        "default": [
          "description": "It was refused, or nobody knows.",
          "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]],
        ],
      ],
    ]
    if operation.takesKey {
      members["parameters"] = [
        [
          "name": "Idempotency-Key", "in": "header", "required": false,
          "schema": ["type": "string", "minLength": 1, "maxLength": 255],
          "description": "The same for every attempt at one wish.",
        ]
      ]
    }
    return .object(members)
  }

  /// What the door takes: an argument that may be left out may be null as well.
  private static func schema(of operation: Operation) -> JSON {
    guard var schema = operation.schema.object, var properties = schema["properties"]?.object else {
      return operation.schema
    }
    for parameter in operation.parameters where !parameter.isRequired {
      guard var property = properties[parameter.name.text]?.object, let kind = property["type"] else { continue }
      property["type"] = [kind, "null"]
      if let words = property["enum"]?.list { property["enum"] = .list(words + [.null]) }
      properties[parameter.name.text] = .object(property)
    }
    schema["properties"] = .object(properties)
    return .object(schema)
  }
}
