package org.partyline.messages;

import java.util.Optional;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.References;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Finds messages by number for remarks, and explains why a remark is impossible (PROTOCOL 6.1). */
final class Targets {
    private Targets() {}

    /** Returns a stored message. @param now in milliseconds */
    static MessageRecord kept(StoreTransaction tx, long id, long now) throws StoreException, NoSuchThingException {
        return Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                .filter(message -> message.expires() > now)
                .orElseThrow(() -> new NoSuchThingException("there is no message " + id
                        + ": it was burned, erased, has expired, or never existed (partyline:messages)"));
    }

    /**
     * Rejects a message of another conversation like one that does not exist: a program that may only write to this
     * conversation learns nothing about the others.
     */
    static void requireIn(StoreTransaction tx, long id, long now, Conversation conversation)
            throws StoreException, NoSuchThingException {
        boolean there = Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                .filter(message -> message.expires() > now && message.membership() == conversation.id())
                .isPresent();
        if (!there) {
            throw new NoSuchThingException("there is no message " + id + " in the conversation '" + conversation.name()
                    + "': it is in another one, or was burned or erased, has expired, or never"
                    + " existed (partyline:messages)");
        }
    }

    /** Returns a message that others know by its locator. */
    static MessageRecord named(StoreTransaction tx, long id, long now) throws StoreException, NoSuchThingException {
        MessageRecord message = kept(tx, id, now);
        if (message.notice()) {
            throw new NoSuchThingException(
                    "message " + id + " is an event of the conversation, not a message from a person");
        }
        if (message.burn()) {
            throw new NoSuchThingException(
                    "message " + id + " is a burn message: it is shown once and cannot be referred to");
        }
        requireLeft(tx, message);
        if (message.locator().isEmpty()) {
            throw new NoSuchThingException("message " + id
                    + (message.outgoing()
                            ? " was never sent, so nobody else knows it"
                            : " arrived in a packet form that does not support this"));
        }
        return message;
    }

    /**
     * Rejects a message of ours that still waits, since it can be cancelled, and one that was cancelled before it was
     * sent, since nobody else has seen it.
     */
    static void requireLeft(StoreTransaction tx, MessageRecord message) throws StoreException, NoSuchThingException {
        Optional<OutgoingMessage> way = OutgoingRecords.find(tx, message.id());
        if (message.outgoing()
                && way.isPresent()
                && !way.get().state().isSettled()
                && !KeptTransactionRecords.mayHaveLeft(tx, way.get())) {
            throw new NoSuchThingException("message " + message.id()
                    + " has not been sent: cancel it with partyline:cancel " + message.id() + ", and write it again");
        }
    }

    /** Returns a message that four bytes of its locator identify among all stored ones. */
    static MessageRecord clear(StoreTransaction tx, long id, long now, References kept)
            throws StoreException, NoSuchThingException {
        MessageRecord message = named(tx, id, now);
        if (kept.find(message.membership(), new Locator(message.locator()).shortened())
                .isEmpty()) {
            throw new NoSuchThingException(
                    "message " + id
                            + " cannot be distinguished by its readers from another one of this conversation: their packets start alike");
        }
        return message;
    }
}
