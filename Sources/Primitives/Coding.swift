// Names and spans in documents: as people write them.

extension Name: Codable {
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var single = encoder.singleValueContainer()
    try single.encode(text)
  }
}

extension TimeSpan: Codable {
  public init(from decoder: any Decoder) throws {
    let single = try decoder.singleValueContainer()
    guard let span = TimeSpan(try single.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: single, debugDescription: "expected a span such as 90s or 2h")
    }
    self = span
  }

  public func encode(to encoder: any Encoder) throws {
    var single = encoder.singleValueContainer()
    try single.encode(description)
  }
}
