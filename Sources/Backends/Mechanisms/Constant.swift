// What never changes during a run is kept behind one reference, so that copying a world stays cheap.

/// An immutable value that costs one retain to copy, however large it is.
///
/// A backend is copied whenever a search forks time; its description and dialect hold dozens of strings
/// and arrays that would each be retained.
struct Constant<Value: Sendable>: Sendable {
  private final class Box: Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
  }

  private let box: Box

  init(_ value: Value) { box = Box(value) }

  var value: Value { _read { yield box.value } }
}
