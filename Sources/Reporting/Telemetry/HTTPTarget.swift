// Where a simulated call would go if it went over HTTP.

import Primitives

/// An operation as an HTTP endpoint: `POST /v1/{backend}/{operation}` at a name that no resolver knows (RFC 6761).
struct HTTPTarget {
  /// `cloud`
  let backend: String
  /// `/v1/cloud/create_cluster`: of few different values, so that it may stand in a span's name.
  let path: String
  private var host: String { "\(backend).faultline.invalid" }

  init(_ operation: Name) {
    let parts = operation.text.split(separator: ".", maxSplits: 1).map(String.init)
    backend = parts.first ?? ""
    path = "/v1/" + parts.joined(separator: "/")
  }

  /// - Parameter resends: how often the library sent it before.
  func clientAttributes(key: String?, resends: Int64) -> Attributes {
    [
      TelemetryNames.requestMethod: .text("POST"), TelemetryNames.urlFull: .text("https://\(host)\(path)"),
      TelemetryNames.serverAddress: .text(host), TelemetryNames.serverPort: .int(443),
      TelemetryNames.resendCount: resends > 0 ? .int(resends) : nil,
      TelemetryNames.idempotencyKeyHeader: key.map { .texts([$0]) },
    ]
  }

  func serverAttributes(status: Int) -> Attributes {
    [
      TelemetryNames.requestMethod: .text("POST"), TelemetryNames.route: .text(path),
      TelemetryNames.urlPath: .text(path), TelemetryNames.urlScheme: .text("https"),
      TelemetryNames.statusCode: .int(Int64(status)),
    ]
  }
}
