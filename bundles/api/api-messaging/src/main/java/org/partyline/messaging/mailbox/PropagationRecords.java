package org.partyline.messaging.mailbox;

import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Keeps the {@link PropagationRecord} of each of our transactions, and the delivery options of messages. */
public final class PropagationRecords {
    /** The table of messages. */
    public static final String WAYS = "ways";
    /** The table of transactions. */
    public static final String TRACES = "traces";

    /** Longer than a message's delivery can be displayed, so that a late block still finds it. */
    private static final Duration KEPT = Duration.ofDays(2);
    /** How long after its time to live the fate of a message can still be reported. */
    private static final Duration UNREPORTED = Duration.ofDays(30);

    private PropagationRecords() {}

    /**
     * How an outgoing message is tracked.
     *
     * @param unsettled until when it is kept and handed over although its time has ended, in milliseconds: its block
     *     was disconnected; 0 if it is not
     * @param covered whether it left at a point of cover traffic: it is treated exactly like a decoy
     * @param delivered whether a receipt came for it
     */
    public record DeliveryOptions(long unsettled, boolean covered, boolean delivered) {
        static final DeliveryOptions ANY = new DeliveryOptions(0, false, false);

        /** Without a receipt. */
        public DeliveryOptions(long unsettled, boolean covered) {
            this(unsettled, covered, false);
        }

        /** Returns a copy for a message that is handed over until this time. @param time in milliseconds */
        public DeliveryOptions until(long time) {
            return new DeliveryOptions(time, covered, delivered);
        }

        /** Does not show the contents. */
        @Override
        public String toString() {
            return "DeliveryOptions";
        }
    }

    public static PropagationRecord find(StoreTransaction tx, byte[] transaction) throws StoreException {
        return Tables.find(tx, TRACES, transaction, PropagationRecord.class).orElse(PropagationRecord.NOTHING);
    }

    /**
     * Changes the record of a transaction; returns the stored one. @param outgoing the transaction's message: the
     * record is deleted after it
     */
    public static PropagationRecord change(
            StoreTransaction tx, OutgoingMessage outgoing, byte[] transaction, UnaryOperator<PropagationRecord> change)
            throws StoreException {
        PropagationRecord before = find(tx, transaction);
        PropagationRecord after = change.apply(before);
        if (!after.equals(before)) {
            Instant expires = later(outgoing.expires(), way(tx, outgoing.id()).unsettled());
            tx.put(TRACES, transaction, Keys.ALL, Cbor.write(after), expires.plus(KEPT));
        }
        return after;
    }

    public static DeliveryOptions way(StoreTransaction tx, long message) throws StoreException {
        return Tables.find(tx, WAYS, Keys.of(message), DeliveryOptions.class).orElse(DeliveryOptions.ANY);
    }

    public static void put(StoreTransaction tx, OutgoingMessage outgoing, DeliveryOptions way) throws StoreException {
        Instant expires = later(outgoing.expires(), way.unsettled());
        tx.put(
                WAYS,
                Keys.of(outgoing.id()),
                Keys.ALL,
                Cbor.write(way),
                expires.plus(KEPT).plus(UNREPORTED));
    }

    /**
     * When a message's record expires in the store: later for one whose block was disconnected, until it is in another,
     * and for one whose sender has yet to see what became of it, for example because the store is locked.
     */
    static Instant end(StoreTransaction tx, OutgoingMessage outgoing) throws StoreException {
        DeliveryOptions way = outgoing.state().isSettled() || outgoing.parts().isEmpty()
                ? DeliveryOptions.ANY
                : way(tx, outgoing.id());
        Instant end = later(outgoing.expires(), way.unsettled());
        return outgoing.isOpen() && !way.delivered() ? end.plus(UNREPORTED) : end;
    }

    private static Instant later(long one, long other) {
        return Instant.ofEpochMilli(Math.max(one, other));
    }
}
