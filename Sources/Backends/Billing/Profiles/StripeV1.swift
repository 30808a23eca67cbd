// Stripe, API v1: the first answer to a key is kept and replayed, a 500 included.

import Operations
import Primitives

extension BackendProfile {
  static let stripeV1 = BackendProfile(
    .billing, "stripe-v1", "Stripe API v1: keys on POST for 24 hours, failures replayed, limiter in front.",
    options: BillingOptions.parameters + [KeyRisks.storeOption]
  ) { options in
    SimulatedBackend(
      BillingSystem(
        BillingRules(
          description: StripeV1.description, dialect: StripeV1.dialect, options: try BillingOptions(options),
          replaysCurrentState: false)),
      KeyRisks(options))
  }
}

private enum StripeV1 {
  /// https://docs.stripe.com/api/idempotent_requests. "At least 24 hours" is a floor: we forget at it.
  static let dialect = Stripe.dialect(
    IdempotencyDialect(
      carrier: "idempotency-key", window: .hours(24), memory: .everyAnswer, mismatch: Stripe.mismatch,
      otherOperation: Stripe.otherEndpoint, inFlight: Stripe.inFlight,
      replayHeaders: ["idempotent-replayed": "true"], tooLong: Stripe.keyTooLong),
    // The kept answer would only be replayed, so a retry is pointless.
    serverErrorHeaders: ["stripe-should-retry": "false"])

  static let description = Stripe.description("stripe-v1", dialect, keysOnDelete: false, keyWindow: .hours(24))
}
