// The ways in which a system says no, as data: what a vendor documents stands in one value.

import Operations
import Primitives

/// A documented refusal: status, code, what it means for "did it happen?", and the words that go with it.
struct Refusal: Sendable {
  var status: Int
  var code: Name
  var nature: ErrorNature
  /// What the caller reads; `{}` stands for the detail of one refusal.
  var message: String
  /// Headers in lower case that always come with it.
  var headers: Fields

  init(_ status: Int, _ code: Name, _ nature: ErrorNature, _ message: String, headers: Fields = [:]) {
    self.status = status
    self.code = code
    self.nature = nature
    self.message = message
    self.headers = headers
  }

  /// The entry in a service's table of errors.
  var documented: ErrorCode { ErrorCode(code, status, nature) }

  func response(_ detail: @autoclosure () -> String = "") -> Response {
    .refused(status, code, message(detail()), headers: headers)
  }

  private func message(_ detail: String) -> String {
    let bytes = message.utf8
    guard let open = bytes.firstIndex(of: UInt8(ascii: "{")) else { return message }
    return String(message[..<open]) + detail + String(message[bytes.index(open, offsetBy: 2)...])
  }
}
