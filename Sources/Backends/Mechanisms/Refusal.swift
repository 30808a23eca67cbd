// The ways in which a system says no, as data: what a vendor documents stands in one value.

import Operations
import Primitives

/// A documented refusal: status, code, what it means for "did it happen?", and the words that go with it.
struct Refusal: Sendable {
  /// Behind one reference, because dialects are full of refusals and travel through every call.
  private struct Content: Sendable {
    let documented: ErrorCode
    let message: String
    let headers: Fields
  }

  private let content: Constant<Content>

  /// - Parameters:
  ///   - message: what the caller reads; `{}` stands for the detail of one refusal.
  ///   - headers: in lower case; they always come with it.
  init(_ status: Int, _ code: Name, _ nature: ErrorNature, _ message: String, headers: Fields = [:]) {
    content = Constant(
      Content(documented: ErrorCode(code, status, nature), message: message, headers: headers))
  }

  /// The entry in a service's table of errors.
  var documented: ErrorCode { content.value.documented }

  func response(_ detail: @autoclosure () -> String = "") -> Response {
    let documented = content.value.documented
    return .refused(documented.status, documented.code, message(detail()), headers: content.value.headers)
  }

  private func message(_ detail: String) -> String {
    let message = content.value.message
    let bytes = message.utf8
    guard let open = bytes.firstIndex(of: UInt8(ascii: "{")) else { return message }
    return String(message[..<open]) + detail + String(message[bytes.index(open, offsetBy: 2)...])
  }
}
