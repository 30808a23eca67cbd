// Which vendors' dialects a world speaks.

/// The doors for the vendors' own libraries. Asked before the plain one, since both Stripe's paths and ours begin with
/// `v1/`.
let vendorDoors: [any Door] = [StripeDoor(), ZendeskDoor(), QueryDoor()]
