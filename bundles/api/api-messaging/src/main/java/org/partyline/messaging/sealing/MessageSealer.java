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
 * <p>What a sealer uses up (a chain's step, a key) and the resulting packets are stored in one transaction, before any
 * of them can leave (PROTOCOL 5): after a crash both are stored, or neither is.
 */
public interface MessageSealer {
    /** Whether it seals messages of this kind of conversation. */
    boolean seals(Conversation conversation);

    /**
     * Returns how a message would be sent; uses up nothing. Called under the state lock, while packets can be read.
     *
     * @param carrier the id of its carrier
     * @throws PayloadTooLargeException names the limit
     */
    SendPlan outlook(Conversation conversation, Draft draft, SizeRange room, String carrier) throws PartylineException;

    /**
     * Returns the packets that must be sent before a message of a conversation; uses up nothing. Called like {@link
     * #outlook}.
     *
     * @return empty: there are none
     */
    default Optional<SendPlan> opening(Conversation conversation) throws PartylineException {
        return Optional.empty();
    }

    /**
     * Queues the packets that must be sent before a message that is being queued, if any. Part of the caller's
     * transaction, under the state lock.
     */
    SessionOpening open(StoreTransaction tx, AfterCommit after, Conversation conversation) throws PartylineException;

    /** Whether a message could be sealed now, without waiting for an answer first. Called under the state lock. */
    boolean isOpen(Conversation conversation) throws StoreException;

    /**
     * Seals a queued message. Called without the state lock: it may take a while.
     *
     * @return the sealed message, or null if it was deleted, is useless, or is no longer queued
     * @throws MessageWaitsException if it must wait; says for what
     */
    @Nullable
    OutgoingMessage seal(Conversation conversation, long id) throws MessageWaitsException, StoreException;

    /**
     * Seals a packet that replaces a decoy. Part of the caller's transaction, under the state lock.
     *
     * @param size the size of the packet in bytes, like the decoy's
     * @return the packet; empty if it does not fit, or nobody can read it now
     * @throws MessageWaitsException if it must wait; nothing was changed
     */
    default Optional<byte[]> cargo(
            StoreTransaction tx, AfterCommit after, Conversation conversation, CargoRecord cargo, int size)
            throws StoreException, MessageWaitsException {
        return Optional.empty();
    }

    /** Called on every sealer when a sealed message was given up before it left. */
    void abandon(OutgoingMessage outgoing) throws StoreException;
}
