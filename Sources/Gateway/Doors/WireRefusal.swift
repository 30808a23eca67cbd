// Requests that come to no door: the server keeps them out, and the door that they were for says so in its own words.

/// Why a request is answered before anything in a world sees it.
public struct WireRefusal: Error {
  /// What is wrong, by the status that HTTP has for it.
  public enum Kind: Int, Sendable, CaseIterable {
    case malformed = 400
    case unauthorized = 401
    case forbidden = 403
    case noWorld = 404
    case tooLong = 413
    case headTooLong = 431

    /// The status's name (RFC 9110, RFC 6585).
    var title: String {
      switch self {
      case .malformed: "Bad Request"
      case .unauthorized: "Unauthorized"
      case .forbidden: "Forbidden"
      case .noWorld: "Not Found"
      case .tooLong: "Content Too Large"
      case .headTooLong: "Request Header Fields Too Large"
      }
    }
  }

  public var kind: Kind
  /// A sentence for whoever reads the client's log.
  public var detail: String

  public init(_ kind: Kind, _ detail: String) {
    self.kind = kind
    self.detail = detail
  }

  var status: Int { kind.rawValue }

  /// As HTTP itself tells it.
  var problem: WireResponse { .problem(status, kind.title, detail) }
}
