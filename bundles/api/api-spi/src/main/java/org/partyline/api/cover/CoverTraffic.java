package org.partyline.api.cover;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.store.StoreException;

/**
 * Decides which personas' packets leave in slots, when a slot is, and what a decoy contains (PROTOCOL 8). The server
 * opens a slot for one packet, uses it for a waiting message, or otherwise queues the decoy. It pays, counts and hands
 * over; cover traffic never stores or changes a message.
 *
 * <p>The sender's thread alone calls {@link #look}, {@link #over}, {@link #left} and {@link #refused}; any thread may
 * call the others.
 */
@ConsumerType
public interface CoverTraffic extends AutoCloseable {
    /**
     * Returns the personas that are covered now. Called at the beginning of each round, outside a transaction. Packets
     * of other personas leave after their random delay.
     *
     * @throws PartylineException if that is unknown: everything stays as it was, and no slot is opened
     */
    List<Covered> look() throws PartylineException;

    /**
     * A persona whose packets leave in slots.
     *
     * @param persona its number
     * @param network of the decoys; empty: no network can be used, and nothing leaves meanwhile
     * @param next when the next slot is: one that is due is opened in this round
     */
    record Covered(int persona, Optional<Network> network, Instant next) {
        public Covered {
            Objects.requireNonNull(network, "network");
            Objects.requireNonNull(next, "next");
        }
    }

    /** The use of a slot. */
    enum Use {
        /** A message's packet left in it. */
        MESSAGE,
        /** No message used it: a decoy may. */
        FREE,
        /** Nothing more may leave in it. */
        SPOILT
    }

    /**
     * Called when a slot is over: plans the next one. Part of the server's transaction.
     *
     * @param slot as {@link #look} returned it
     * @return the plan
     */
    Over over(CoverTransaction tx, Covered slot, Use use) throws StoreException;

    /**
     * The next slot, and the decoy for this one.
     *
     * @param next when the next slot is; empty: there is none, because the plan was changed meanwhile
     * @param decoy a packet that leaves in this slot if it is free. It is rejected if it does not have the protocol's
     *     form, is smaller than ordered, or if the persona talks to nobody
     */
    record Over(Optional<Instant> next, Optional<byte[]> decoy) {
        public Over {
            Objects.requireNonNull(next, "next");
            Objects.requireNonNull(decoy, "decoy");
        }
    }

    /**
     * Called when a decoy has left in its slot. Part of the server's transaction. A decoy that could not leave is
     * dropped without a call.
     */
    void left(CoverTransaction tx, int persona) throws StoreException;

    /** Called when the budget had no room for a packet with this fee after all. Not in a transaction. */
    void refused(int persona, long fee) throws StoreException;

    /** The order for a persona; empty: no cover traffic. Part of the server's transaction. */
    Optional<CoverOrder> order(CoverTransaction tx, int persona) throws StoreException;

    /**
     * Called when a packet of a message is paid for: decoys have the sizes of these. Part of the server's transaction.
     *
     * @param size in bytes
     */
    void sent(CoverTransaction tx, int persona, int size) throws StoreException;

    /** Ends cover traffic and the services that it offers. */
    @Override
    void close();
}
