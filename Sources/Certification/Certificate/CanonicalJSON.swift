// One way to write JSON, so that the same record is the same bytes.

import Crypto
import Foundation

/// JSON with sorted keys, no blanks and no escaped slashes.
public enum CanonicalJSON {
  public static func data(_ value: some Encodable) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return try encoder.encode(value)
    } catch {
      // What is written here are values of our own types, none of which holds a number that JSON can't write.
      preconditionFailure("a record can't be written: \(error)")
    }
  }

  /// For people and for version control: the same, indented.
  public static func pretty(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    guard let data = try? encoder.encode(value) else { preconditionFailure("a record can't be written") }
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  public static func digest(_ value: some Encodable) -> String { SHA256.hash(data: data(value)).hexadecimal }
  public static func digest(of data: Data) -> String { SHA256.hash(data: data).hexadecimal }
  public static func digest(ofText text: String) -> String { SHA256.hash(data: Data(text.utf8)).hexadecimal }
}

extension Double {
  /// Rounded to a millionth: what statistics print, and no more than they mean.
  var printed: Double { (self * 1e6).rounded() / 1e6 }
}
