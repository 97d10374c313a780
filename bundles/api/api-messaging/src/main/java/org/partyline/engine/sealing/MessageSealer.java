package org.partyline.engine.sealing;

import org.partyline.api.PartylineException;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.engine.conversation.Conversation;
import org.partyline.engine.kernel.AfterCommit;
import org.partyline.engine.kernel.Unlocked;
import org.partyline.engine.kernel.WaitsException;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.SizeRange;

/**
 * Makes packets of what is sent to one kind of conversation. A new kind is a new sealer.
 *
 * <p>What a sealer uses up (a chain's step, a key) and the packets that it made of that are stored in one transaction, before any of them can
 * leave (PROTOCOL 5): after a crash both are there, or neither.
 */
public interface MessageSealer {
    /** Whether it is this one's kind. */
    boolean seals(Conversation conversation);

    /**
     * How a message would go; uses nothing up. Called under the engine's lock, while packets can be read.
     *
     * @throws PayloadTooLargeException names the limit in force
     */
    Outlook outlook(Unlocked memory, Conversation conversation, Draft draft, SizeRange room) throws PartylineException;

    /** Queues what has to go before a message that is being queued, if anything has to. Part of the caller's transaction, under the engine's lock. */
    Opening open(StoreTransaction tx, Unlocked memory, AfterCommit after, Conversation conversation)
            throws PartylineException;

    /** Whether a message could be sealed now: nothing has to be heard from anybody first. Called under the engine's lock. */
    boolean isOpen(Conversation conversation) throws StoreException;

    /**
     * Seals a queued message. Called without the engine's lock: it may take a while.
     *
     * @return the sealed message, or null when it is gone, or of no use, or no longer queued
     * @throws WaitsException when it has to wait; says for what
     */
    OutgoingMessage seal(Conversation conversation, long id) throws WaitsException, StoreException;

    /** Something sealed was given up before it left. Told to every sealer, whosever it was. */
    void abandon(OutgoingMessage outgoing) throws StoreException;
}
