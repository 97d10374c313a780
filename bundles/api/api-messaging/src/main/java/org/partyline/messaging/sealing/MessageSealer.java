package org.partyline.messaging.sealing;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.mailbox.CargoRecord;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.SizeRange;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.MessageWaitsException;

/**
 * Makes packets from messages to one kind of conversation. A new kind is a new sealer.
 *
 * <p>What a sealer uses up (a chain's step, a key) and the packets that it made of that are stored in one transaction, before any of them can
 * leave (PROTOCOL 5): after a crash both are there, or neither.
 */
public interface MessageSealer {
    /** Whether it is this one's kind. */
    boolean seals(Conversation conversation);

    /**
     * How a message would go; uses nothing up. Called under the state lock, while packets can be read.
     *
     * @param carrier the id of what is to carry it
     * @throws PayloadTooLargeException names the limit in force
     */
    SendPlan outlook(Conversation conversation, Draft draft, SizeRange room, String carrier) throws PartylineException;

    /**
     * How the packets would go that have to be sent before a message of a conversation; uses nothing up. Called as {@link #outlook}.
     *
     * @return empty: there are none
     */
    default Optional<SendPlan> opening(Conversation conversation) throws PartylineException {
        return Optional.empty();
    }

    /** Queues what has to go before a message that is being queued, if anything has to. Part of the caller's transaction, under the state lock. */
    SessionOpening open(StoreTransaction tx, AfterCommit after, Conversation conversation) throws PartylineException;

    /** Whether a message could be sealed now: nothing has to be heard from anyone first. Called under the state lock. */
    boolean isOpen(Conversation conversation) throws StoreException;

    /**
     * Seals a queued message. Called without the state lock: it may take a while.
     *
     * @return the sealed message, or null when it is gone, or of no use, or no longer queued
     * @throws MessageWaitsException when it has to wait; says for what
     */
    @Nullable
    OutgoingMessage seal(Conversation conversation, long id) throws MessageWaitsException, StoreException;

    /**
     * Seals something that takes the place of a decoy. Part of the caller's transaction, under the state lock.
     *
     * @param size of the packet, in bytes: as the decoy's
     * @return the packet; empty where it does not fit, or where there is nobody to read it now
     * @throws MessageWaitsException when it has to wait; nothing was changed
     */
    default Optional<byte[]> cargo(
            StoreTransaction tx, AfterCommit after, Conversation conversation, CargoRecord cargo, int size)
            throws StoreException, MessageWaitsException {
        return Optional.empty();
    }

    /** Something sealed was given up before it left. Told to every sealer, whosever it was. */
    void abandon(OutgoingMessage outgoing) throws StoreException;
}
