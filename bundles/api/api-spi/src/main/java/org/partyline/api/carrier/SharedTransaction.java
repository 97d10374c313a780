package org.partyline.api.carrier;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;

/**
 * A transaction for several messages that is to be signed and stored.
 *
 * @param persona number of who pays
 * @param key of the record that keeps it
 * @param replaces the key of the record whose transaction it takes the place of, which goes; empty: it spends a coin of its own
 * @param cargo its packets, in this order; none: it carries nothing
 * @param boarding those that go for the first time, and pay; under cover traffic one at the most
 * @param takesBack whether it is signed to take packets back: that is no part of cover traffic
 * @param limit what the carrier itself sets
 * @param nodes that are to relay it, the best first
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
    /** Checks nothing. */
    public SharedTransaction {
        cargo = List.copyOf(cargo);
        boarding = Set.copyOf(boarding);
        nodes = List.copyOf(nodes);
    }

    /** A packet and its bytes: its message may be deleted while it is still being sent. */
    public record Cargo(PacketRef packet, byte[] bytes) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Cargo";
        }
    }

    /**
     * A carrier's own limit for a transaction. Asked before anything is signed, with what is likely, and again with
     * what was signed.
     */
    @ConsumerType
    @FunctionalInterface
    public interface Limit {
        /** @param fee satoshi @param vsize virtual bytes @throws PartylineException refuses it */
        void check(long fee, int vsize) throws PartylineException;
    }

    /** Shows nothing of what it holds. */
    @Override
    public String toString() {
        return "SharedTransaction";
    }
}
