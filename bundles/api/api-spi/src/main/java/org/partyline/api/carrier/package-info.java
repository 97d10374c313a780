/**
 * Ways for packets to come to the network's mempool: a bundle offers a {@link org.partyline.api.carrier.CarrierFactory}, and its carrier
 * works with a {@link org.partyline.api.carrier.CarrierContext}. What all carriers have to keep is kept behind that: a transaction is
 * stored before a node gets it, a packet is paid for once, at its time, within the caps and the budget, and one state machine says where
 * it is.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.0.0")
package org.partyline.api.carrier;
