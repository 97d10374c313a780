package org.partyline.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.engine.mailbox.OutgoingMessage;

/** Keeps the {@link Trace} of each transaction of ours, and what an outgoing message asks of its nodes. */
final class Traces {
    /** Of a message. */
    static final String WAYS = "ways";
    /** Of a transaction. */
    static final String TRACES = "traces";

    /** Longer than a message's way can be looked at, so that a late block still finds it. */
    private static final Duration KEPT = Duration.ofDays(2);

    private Traces() {}

    /**
     * What is asked of an outgoing message's nodes.
     *
     * @param via the node that it is to go in by; empty: any
     * @param unsettled until when it is kept and handed over although its time has ended, in milliseconds: it stood in a block
     *     that is gone; 0: it does not
     * @param covered whether it left at a point of cover traffic: nothing is done with it that is not done with a decoy
     */
    record Way(String via, long unsettled, boolean covered) {
        static final Way ANY = new Way("", 0, false);

        Way {
            via = via == null ? "" : via;
        }

        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Way";
        }
    }

    static Trace find(StoreTransaction tx, byte[] transaction) throws StoreException {
        return Core.find(tx, TRACES, transaction, Trace.class).orElse(Trace.NOTHING);
    }

    /** Changes a trace; gives what is stored now. @param outgoing whose transaction it is: its trace goes after it */
    static Trace change(StoreTransaction tx, OutgoingMessage outgoing, byte[] transaction, UnaryOperator<Trace> change)
            throws StoreException {
        Trace before = find(tx, transaction);
        Trace after = change.apply(before);
        if (!after.equals(before)) {
            Instant expires = later(outgoing.expires(), way(tx, outgoing.id()).unsettled());
            tx.put(TRACES, transaction, Records.ALL, Cbor.write(after), expires.plus(KEPT));
        }
        return after;
    }

    static Way way(StoreTransaction tx, long message) throws StoreException {
        return Core.find(tx, WAYS, Records.key(message), Way.class).orElse(Way.ANY);
    }

    static void put(StoreTransaction tx, OutgoingMessage outgoing, Way way) throws StoreException {
        Instant expires = later(outgoing.expires(), way.unsettled());
        tx.put(WAYS, Records.key(outgoing.id()), Records.ALL, Cbor.write(way), expires.plus(KEPT));
    }

    /** When a message's time ends for the store: later for one whose block is gone, until it stands in another. */
    static Instant end(StoreTransaction tx, OutgoingMessage outgoing) throws StoreException {
        Optional<Way> way = outgoing.state().isSettled() || outgoing.parts().isEmpty()
                ? Optional.empty()
                : Core.find(tx, WAYS, Records.key(outgoing.id()), Way.class);
        return later(outgoing.expires(), way.map(Way::unsettled).orElse(0L));
    }

    private static Instant later(long one, long other) {
        return Instant.ofEpochMilli(Math.max(one, other));
    }
}
