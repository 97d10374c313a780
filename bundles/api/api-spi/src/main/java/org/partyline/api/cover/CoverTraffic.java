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
 * opens a slot for one packet, gives it to a message where one waits, and queues the decoy where none does: it pays,
 * counts and hands over, and a message is never kept or changed here.
 *
 * <p>{@link #look}, {@link #over}, {@link #left} and {@link #refused} are called by one thread, the sender's; the others by any.
 */
@ConsumerType
public interface CoverTraffic extends AutoCloseable {
    /**
     * Which personas are covered now. Called at the beginning of each round, in no transaction. Packets of a persona that is not among them
     * leave by their delay alone.
     *
     * @throws PartylineException when it is not known: all stays as it was, and no slot is opened
     */
    List<Covered> look() throws PartylineException;

    /**
     * A persona whose packets leave in slots.
     *
     * @param persona whose
     * @param network of the decoys; empty: none can be used, and nothing leaves meanwhile
     * @param next when the next slot is: at or before the time of now, and it is opened in this round
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
        /** None wanted it: a decoy may. */
        FREE,
        /** Nothing more leaves in it. */
        SPOILT
    }

    /**
     * A slot is over: plans the next one. Part of the server's transaction.
     *
     * @param slot as {@link #look} gave it
     * @return what comes now
     */
    Over over(CoverTransaction tx, Covered slot, Use use) throws StoreException;

    /**
     * The next slot, and the decoy for this one.
     *
     * @param next when the next slot is; empty: there is none, as the plan was changed meanwhile
     * @param decoy a packet that leaves in this slot, if that is free: refused, where it is not of the protocol's form, smaller than the
     *     order says, or where the persona talks to nobody
     */
    record Over(Optional<Instant> next, Optional<byte[]> decoy) {
        public Over {
            Objects.requireNonNull(next, "next");
            Objects.requireNonNull(decoy, "decoy");
        }
    }

    /** A decoy has left in its slot. Part of the server's transaction. One that could not leave is given up, and not told of. */
    void left(CoverTransaction tx, int persona) throws StoreException;

    /** The budget had no room for a packet after all, which would have cost so much. In no transaction. */
    void refused(int persona, long fee) throws StoreException;

    /** What was ordered for a persona; empty: no cover traffic. Part of the server's transaction. */
    Optional<CoverOrder> order(CoverTransaction tx, int persona) throws StoreException;

    /** A packet that says something is paid for: decoys are of the sizes of these. Part of the server's transaction. @param size in bytes */
    void sent(CoverTransaction tx, int persona, int size) throws StoreException;

    /** It is used no more: what it offers to others goes. */
    @Override
    void close();
}
