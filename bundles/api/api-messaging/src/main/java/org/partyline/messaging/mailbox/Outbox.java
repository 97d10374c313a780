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

/** Keeps outgoing messages and their states; the only writer of these. Each step is stored before it is acted on. */
@ProviderType
public interface Outbox {
    /**
     * How long everything that left at a point of cover traffic is looked after, decoys as messages: were it for its own time to
     * live, what is handed over again after nodes lost it would tell a message from a decoy.
     */
    Duration COVERED_LIFE = Duration.ofHours(24);

    /** Changes an outgoing message. */
    @FunctionalInterface
    interface Change {
        /** @return the changed message, or the same one when nothing changes */
        OutgoingMessage apply(OutgoingMessage now);
    }

    /**
     * Changes a message in one transaction and announces it; returns the stored message, or null if it no longer
     * exists.
     */
    @Nullable
    OutgoingMessage change(long id, Change change) throws StoreException;

    /**
     * Changes a packet of a message whose way is not over.
     *
     * @return what is stored now; null when it is gone, or that packet is, as the message is to be sealed again
     */
    @Nullable
    OutgoingMessage changePart(long id, int index, UnaryOperator<OutgoingPart> change) throws StoreException;

    /**
     * Writes down that the transaction of a packet is about to be handed to a node, which may have it from then on.
     *
     * @param node its name
     * @return what is stored now; null when it is gone, or that packet is
     */
    @Nullable
    OutgoingMessage attempt(long id, int index, String node) throws StoreException;

    /**
     * Stores a change, with all that follows from it. Part of the caller's transaction.
     *
     * @return what is stored
     */
    OutgoingMessage update(StoreTransaction tx, OutgoingMessage before, OutgoingMessage changed) throws StoreException;

    /**
     * Whether a message of a conversation waits to be sealed that someone wrote. Opens none of them.
     *
     * @param carrier by which ones: takes their ids
     */
    boolean isQueued(int conversation, Predicate<String> carrier) throws StoreException;

    /**
     * Ends a message that has not left, or not all of it. Its chain ends with it: what comes next must not ride on a chain
     * whose first packet nobody has.
     */
    @Nullable
    OutgoingMessage giveUp(long id, MessageEvent end, String reason) throws StoreException;

    /** The same of all that a conversation which is about to be erased has sent. */
    List<OutgoingMessage> asDecoys(StoreTransaction tx, Conversation conversation) throws StoreException;

    /** Sealed messages, and decoys that were messages, are known by their packets from now on. */
    void remember(List<OutgoingMessage> messages);

    /**
     * Puts a sealed message of which nothing has left back into the queue, because its packets are too old to be read. Its
     * chain ends.
     */
    @Nullable
    OutgoingMessage unseal(long id, String reason) throws StoreException;

    void notify(OutgoingMessage outgoing);

    /** A node reports one of our packets: the part is seen, or it is in a block. */
    void sighting(PacketId id, Candidate candidate) throws StoreException;

    /** Writes down that a block has a packet of a message, or all; it may have it too late for readers who were absent. */
    void recordBlock(long id, BlockRef block) throws StoreException;
}
