package org.partyline.messaging.mailbox;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.transport.BlockRef;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;

/**
 * Stores outgoing messages and their states; no other class writes these. Each step is stored before it is acted on.
 */
@ProviderType
public interface Outbox {
    /**
     * How long everything that left at a point of cover traffic is tracked, decoys like messages: if it depended on a
     * message's time to live, rebroadcasts would distinguish messages from decoys.
     */
    Duration COVERED_LIFE = Duration.ofHours(24);

    /** Changes an outgoing message. */
    @FunctionalInterface
    interface Change {
        /** @return the changed message, or the same one for no change */
        OutgoingMessage apply(OutgoingMessage now);
    }

    /**
     * Changes a message in one transaction and announces it; returns the stored message, or null if it no longer
     * exists.
     */
    @Nullable
    OutgoingMessage change(long id, Change change) throws StoreException;

    /**
     * Changes a packet of a message that is still being sent.
     *
     * @return the stored message; null if it, or that packet, no longer exists because the message is to be sealed
     *     again
     */
    @Nullable
    OutgoingMessage changePart(long id, int index, UnaryOperator<OutgoingPart> change) throws StoreException;

    /**
     * Records that the transaction of a packet is about to be handed to a node, which may have it from then on.
     *
     * @param node its name
     * @return the stored message; null if it or that packet no longer exists
     */
    @Nullable
    OutgoingMessage attempt(long id, int index, String node) throws StoreException;

    /**
     * Stores a change and its consequences. Part of the caller's transaction.
     *
     * @return the stored message
     */
    OutgoingMessage update(StoreTransaction tx, OutgoingMessage before, OutgoingMessage changed) throws StoreException;

    /**
     * Whether a message that someone wrote waits in a conversation to be sealed. Decrypts none of them.
     *
     * @param carrier accepts the ids of the carriers in question
     */
    boolean isQueued(int conversation, Predicate<String> carrier) throws StoreException;

    /**
     * Ends a message that has not left completely. Its chain ends, too: later messages must not use a chain whose first
     * packet nobody has.
     */
    @Nullable
    OutgoingMessage giveUp(long id, MessageEvent end, String reason) throws StoreException;

    /** The same for everything that a conversation has sent which is about to be erased. */
    List<OutgoingMessage> asDecoys(StoreTransaction tx, Conversation conversation) throws StoreException;

    /** Lets the packets of sealed messages, and of decoys that were messages, be recognised from now on. */
    void remember(List<OutgoingMessage> messages);

    /**
     * Returns a sealed message of which nothing has left to the queue, because its packets are too old to be read. Its
     * chain ends.
     */
    @Nullable
    OutgoingMessage unseal(long id, String reason) throws StoreException;

    void notify(OutgoingMessage outgoing);

    /** Called when a node reports one of our packets, in its mempool or in a block. */
    void sighting(PacketId id, Candidate candidate) throws StoreException;

    /**
     * Records that a block contains some or all packets of a message, possibly too late for readers who were absent.
     */
    void recordBlock(long id, BlockRef block) throws StoreException;
}
