package org.partyline.messaging.mailbox;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.partyline.api.engine.Messages;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.state.ChangedMessages;
import org.partyline.messaging.state.EventHub;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Reads and writes stored outgoing messages. Only the {@link Outbox} changes them. Each method is part of the caller's
 * transaction.
 */
public final class OutgoingRecords {
    /** The table of the store. */
    public static final String TABLE = ChangedMessages.OUTGOING;

    /** How long after its end the delivery of a message, without its text, can still be displayed. */
    private static final Duration AFTERLIFE = Duration.ofHours(1);

    private OutgoingRecords() {}

    /** Stores a message: a new one, or one that an {@link Outbox} changed. */
    public static void put(StoreTransaction tx, OutgoingMessage outgoing) throws StoreException {
        tx.put(
                TABLE,
                Keys.of(outgoing.id()),
                Keys.of(outgoing.membership()),
                Cbor.write(outgoing),
                PropagationRecords.end(tx, outgoing).plus(AFTERLIFE));
    }

    /** A stored message; empty if it was deleted. */
    public static Optional<OutgoingMessage> find(StoreTransaction tx, long id) throws StoreException {
        return Tables.find(tx, TABLE, Keys.of(id), OutgoingMessage.class);
    }

    /**
     * Records that a packet is about to be handed to a node, which may have its transaction from then on.
     *
     * @param time the present time in milliseconds
     */
    public static OutgoingMessage attempted(StoreTransaction tx, OutgoingMessage now, int index, String node, long time)
            throws StoreException {
        if (now.state().isSettled() || index >= now.parts().size()) {
            return now;
        }
        OutgoingPart part = now.parts().get(index);
        PropagationRecords.change(tx, now, part.requireTransaction(), trace -> trace.entering(node));
        return now.with(index, part.attempt(node, time));
    }

    /** Records that a receipt came for a message: nothing more has to be reported about it. */
    public static void delivered(StoreTransaction tx, long message) throws StoreException {
        Optional<OutgoingMessage> outgoing = find(tx, message);
        if (outgoing.isPresent()) {
            PropagationRecords.DeliveryOptions way = PropagationRecords.way(tx, message);
            PropagationRecords.put(
                    tx, outgoing.get(), new PropagationRecords.DeliveryOptions(way.unsettled(), way.covered(), true));
            put(tx, outgoing.get());
        }
    }

    /** Notifies listeners of the state of a message. */
    public static void notify(EventHub events, People people, OutgoingMessage outgoing) {
        events.publish(new Messages.Event(Optional.empty(), Optional.of(new Views(people).outgoing(outgoing))));
    }

    /** All outgoing messages. */
    public static List<OutgoingMessage> all(StoreTransaction tx) throws StoreException {
        return Tables.all(tx, TABLE, OutgoingMessage.class);
    }

    /** Passes on all of them, one after another. */
    public static void forEach(StoreTransaction tx, Tables.Reader<OutgoingMessage> reader) throws StoreException {
        Tables.forEach(tx, TABLE, OutgoingMessage.class, reader);
    }

    /** Those of a membership, a contact or cover traffic. @param conversation its number */
    public static List<OutgoingMessage> of(StoreTransaction tx, int conversation) throws StoreException {
        return Tables.read(tx.list(TABLE, Keys.of(conversation)), OutgoingMessage.class);
    }
}
