/**
 * Ways of carrying packets to the network's mempools. A bundle offers a {@link
 * org.partyline.api.carrier.CarrierFactory}, and its carrier works with a {@link
 * org.partyline.api.carrier.CarrierContext}. The context ensures what all carriers must guarantee: a transaction is
 * stored before a node receives it; a packet is paid for once, when it is due, within the caps and the budget; and one
 * state machine tracks it.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.0.0")
package org.partyline.api.carrier;
