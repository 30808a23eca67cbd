// The limiter stands in front of the idempotency store: its "no" says nothing about an earlier attempt.

import Operations
import Primitives

/// The buckets of one system and the callers it has told to wait.
struct RateLimiter: Sendable {
  private struct Cell: Sendable {
    let rule: Int
    let partition: UInt64
    var bucket: TokenBucket
  }

  private struct Penalty: Sendable {
    let caller: UInt64
    var until: Instant
  }

  private var cells: [Cell] = []
  private var penalties: [Penalty] = []
  /// Until when everything is refused because what had been let through is counted at last.
  private var overdrawnUntil: Instant?

  init() {}

  /// Counts late: the caller's request passes, and what comes within `lag` is refused, with a wait announced that
  /// knows nothing of it. ServiceNow documents such a limiter: each node counts for itself and commits every 30
  /// seconds, and a limit "may not take effect for up to 30 seconds" (https://www.servicenow.com/docs, Inbound REST
  /// API rate limiting).
  mutating func fallBehind(by lag: TimeSpan, at now: Instant) { overdrawnUntil = now + lag }

  /// Takes the tokens of one request from every bucket that counts it, or from none.
  ///
  /// - Parameter isDrained: the bucket is empty for this request, whatever it holds otherwise.
  /// - Returns: the refusal, or nil where the request may pass.
  mutating func refusal(
    of request: Request, _ operation: Operation, under dialect: LimiterDialect, isDrained: Bool, at now: Instant
  ) -> Response? {
    if dialect.punishesEarlyRetries, let refused = earlyRetry(of: request, under: dialect, at: now) { return refused }
    if let until = overdrawnUntil {
      if now < until {
        let wait = min(dialect.nominalWait, until - now)
        return refuse(request, under: dialect, wait: wait, headers: dialect.rules.first?.headers, at: now)
      }
      overdrawnUntil = nil
    }
    if isDrained {
      return refuse(request, under: dialect, wait: dialect.nominalWait, headers: dialect.rules.first?.headers, at: now)
    }
    var counted: (cell: Int, cost: Int64)?
    var isCountedOnce = true
    for index in dialect.rules.indices {
      let rule = dialect.rules[index]
      guard rule.applies(to: operation) else { continue }
      let cell = cell(of: index, rule, partition: rule.partition(of: request), at: now)
      let cost = rule.cost(of: request)
      guard cells[cell].bucket.has(cost, at: now) else {
        let wait = cells[cell].bucket.wait(for: cost, at: now)
        return refuse(request, under: dialect, wait: wait, headers: rule.headers, at: now)
      }
      isCountedOnce = counted == nil
      counted = (cell, cost)
    }
    guard let counted else { return nil }
    if isCountedOnce {
      take(counted.cost, from: counted.cell, at: now)
      return nil
    }
    for index in dialect.rules.indices {
      let rule = dialect.rules[index]
      guard rule.applies(to: operation) else { continue }
      let cell = cell(of: index, rule, partition: rule.partition(of: request), at: now)
      take(rule.cost(of: request), from: cell, at: now)
    }
    return nil
  }

  private mutating func take(_ cost: Int64, from cell: Int, at now: Instant) {
    let isTaken = cells[cell].bucket.take(cost, at: now)
    precondition(isTaken, "a bucket that had enough tokens a moment ago refused them")
  }

  private mutating func cell(of index: Int, _ rule: LimitRule, partition: UInt64, at now: Instant) -> Int {
    if let found = cells.firstIndex(where: { $0.rule == index && $0.partition == partition }) { return found }
    cells.append(Cell(rule: index, partition: partition, bucket: TokenBucket(rule.limit, at: now)))
    return cells.count - 1
  }

  private mutating func earlyRetry(of request: Request, under dialect: LimiterDialect, at now: Instant) -> Response? {
    guard !penalties.isEmpty else { return nil }
    penalties.removeAll { $0.until <= now }
    let caller = request.principal.hash ^ request.operation.hash
    guard let penalty = penalties.first(where: { $0.caller == caller }) else { return nil }
    return answer(dialect, wait: penalty.until - now, headers: dialect.rules.first?.headers)
  }

  private mutating func refuse(
    _ request: Request, under dialect: LimiterDialect, wait: TimeSpan, headers: Fields?, at now: Instant
  ) -> Response {
    if dialect.punishesEarlyRetries {
      let seconds = TimeSpan.seconds(wholeSeconds(wait))
      penalties.append(Penalty(caller: request.principal.hash ^ request.operation.hash, until: now + seconds))
    }
    return answer(dialect, wait: wait, headers: headers)
  }

  private func answer(_ dialect: LimiterDialect, wait: TimeSpan, headers: Fields?) -> Response {
    var response = dialect.refusal.response()
    if let headers { response = response.adding(headers) }
    if dialect.sendsRetryAfter { response.headers[.retryAfter] = .int(wholeSeconds(wait)) }
    return response
  }

  /// Rounded up, at least one: a header of zero would invite the next refusal.
  private func wholeSeconds(_ wait: TimeSpan) -> Int64 { max(1, (wait.nanoseconds + 999_999_999) / 1_000_000_000) }
}

extension RateLimiter {
  /// Forgets what makes no difference from an instant on: buckets that are full again, penalties that are over, when
  /// a bucket was asked last and in which order the buckets were first needed.
  mutating func settle(at now: Instant) {
    cells = cells.filter { !$0.bucket.isFull(at: now) }.sorted { ($0.rule, $0.partition) < ($1.rule, $1.partition) }
    for index in cells.indices { cells[index].bucket.settle(at: now) }
    penalties.removeAll { $0.until <= now }
    if let until = overdrawnUntil, until <= now { overdrawnUntil = nil }
  }

  /// Whether a settled limiter stays as it is while nobody asks it.
  var isSettled: Bool { cells.isEmpty && penalties.isEmpty && overdrawnUntil == nil }
}

extension RateLimiter: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(cells.count)
    for cell in cells {
      hasher.combine(cell.rule)
      hasher.combine(cell.partition)
      hasher.combine(cell.bucket)
    }
    hasher.combine(penalties.count)
    for penalty in penalties {
      hasher.combine(penalty.caller)
      hasher.combine(penalty.until)
    }
    hasher.combine(overdrawnUntil)
  }
}

extension Name {
  static let retryAfter = Name("retry-after")
}
