// Stripe, API v2: a retry rolls failed work forward instead of replaying the failure.

import Operations
import Primitives

extension BackendProfile {
  static let stripeV2 = BackendProfile(
    .billing, "stripe-v2", "Stripe API v2: keys on POST and DELETE for 30 days, retries roll work forward.",
    options: BillingOptions.parameters + [KeyRisks.storeOption]
  ) { options in
    SimulatedBackend(
      BillingSystem(
        BillingRules(
          description: StripeV2.description, dialect: StripeV2.dialect, options: try BillingOptions(options),
          replaysCurrentState: true)),
      KeyRisks(options))
  }
}

private enum StripeV2 {
  /// https://docs.stripe.com/api-v2-overview. A replay has no marker and answers with the object as it is now.
  static let dialect = Stripe.dialect(
    IdempotencyDialect(
      carrier: "idempotency-key", window: .days(30), memory: .committedWork, mismatch: Stripe.mismatch,
      otherOperation: Stripe.otherEndpoint, inFlight: Stripe.inFlight, tooLong: Stripe.keyTooLong),
    serverErrorHeaders: [:])

  static let description = Stripe.description("stripe-v2", dialect, keysOnDelete: true, keyWindow: .days(30))
}
