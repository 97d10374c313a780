package org.partyline.api.carrier;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;

/**
 * A transaction for several messages, to be signed and stored.
 *
 * @param persona the number of the persona that pays
 * @param key the key of the record that keeps it
 * @param replaces the key of the record whose transaction it replaces, and which is removed; empty: it spends a new
 *     coin
 * @param cargo its packets, in this order; empty: it carries nothing
 * @param boarding the packets that are sent and paid for the first time; at most one with cover traffic
 * @param takesBack whether it recalls packets, which is not part of cover traffic
 * @param limit the carrier's own limit
 * @param nodes the nodes that should relay it, best first
 */
public record SharedTransaction(
        int persona,
        Network network,
        byte[] key,
        Optional<byte[]> replaces,
        List<Cargo> cargo,
        Set<PacketRef> boarding,
        boolean takesBack,
        Limit limit,
        List<CarrierNode> nodes) {
    /** Accepts all values. */
    public SharedTransaction {
        cargo = List.copyOf(cargo);
        boarding = Set.copyOf(boarding);
        nodes = List.copyOf(nodes);
    }

    /** A packet and its bytes, since its message may be deleted while it is still being sent. */
    public record Cargo(PacketRef packet, byte[] bytes) {
        /** Does not show the contents. */
        @Override
        public String toString() {
            return "Cargo";
        }
    }

    /**
     * A carrier's own limit for a transaction. It is checked with estimates before signing, and again with the signed
     * transaction.
     */
    @ConsumerType
    @FunctionalInterface
    public interface Limit {
        /** @param fee satoshi @param vsize virtual bytes @throws PartylineException to refuse it */
        void check(long fee, int vsize) throws PartylineException;
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "SharedTransaction";
    }
}
