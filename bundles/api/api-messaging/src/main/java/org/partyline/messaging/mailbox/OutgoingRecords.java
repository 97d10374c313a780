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
 * Reads and writes stored outgoing messages. What changes one is the {@link Outbox}. Each method is part of the
 * caller's transaction.
 */
public final class OutgoingRecords {
    /** The table of the store. */
    public static final String TABLE = ChangedMessages.OUTGOING;

    /** How long after its end the way of a message, without its words, can still be looked at. */
    private static final Duration AFTERLIFE = Duration.ofHours(1);

    private OutgoingRecords() {}

    /** Stores a message: a new one, or what an {@link Outbox} has made of one. */
    public static void put(StoreTransaction tx, OutgoingMessage outgoing) throws StoreException {
        tx.put(
                TABLE,
                Keys.of(outgoing.id()),
                Keys.of(outgoing.membership()),
                Cbor.write(outgoing),
                PropagationRecords.end(tx, outgoing).plus(AFTERLIFE));
    }

    /** One of them, if it is still there. */
    public static Optional<OutgoingMessage> find(StoreTransaction tx, long id) throws StoreException {
        return Tables.find(tx, TABLE, Keys.of(id), OutgoingMessage.class);
    }

    /** A packet is about to be handed to a node, which may have its transaction from then on. @param time now, in milliseconds */
    public static OutgoingMessage attempted(StoreTransaction tx, OutgoingMessage now, int index, String node, long time)
            throws StoreException {
        if (now.state().isSettled() || index >= now.parts().size()) {
            return now;
        }
        OutgoingPart part = now.parts().get(index);
        PropagationRecords.change(tx, now, part.requireTransaction(), trace -> trace.entering(node));
        return now.with(index, part.attempt(node, time));
    }

    /** Tells listeners where one stands. */
    public static void notify(EventHub events, People people, OutgoingMessage outgoing) {
        events.publish(new Messages.Event(Optional.empty(), Optional.of(new Views(people).outgoing(outgoing))));
    }

    /** All of them. */
    public static List<OutgoingMessage> all(StoreTransaction tx) throws StoreException {
        return Tables.all(tx, TABLE, OutgoingMessage.class);
    }

    /** Gives all of them, one after another. */
    public static void forEach(StoreTransaction tx, Tables.Reader<OutgoingMessage> reader) throws StoreException {
        Tables.forEach(tx, TABLE, OutgoingMessage.class, reader);
    }

    /** Those of a channel's place, a contact or cover traffic. @param conversation its number */
    public static List<OutgoingMessage> of(StoreTransaction tx, int conversation) throws StoreException {
        return Tables.read(tx.list(TABLE, Keys.of(conversation)), OutgoingMessage.class);
    }
}
