package org.partyline.messaging.mailbox;

import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.AfterCommit;

/** Stores incoming messages, and fragments until a message is complete. */
@ProviderType
public interface Inbox {
    /** The maximum number of incomplete messages of a channel (PROTOCOL 7). */
    int MOST_INCOMPLETE = 64;

    /**
     * An opened packet and its origin.
     *
     * @param conversation its conversation
     * @param chain the chain's number, or -1
     * @param chainOpened when the chain began, by the sender's clock
     * @param sequence position on the chain, or -1
     * @param view its JSON view
     * @param signer as in a {@link MessageRecord}
     * @param session the id of the chain that it is on or opens, 16 hex digits; empty if none
     */
    record Source(
            Conversation conversation,
            Candidate candidate,
            PacketId id,
            String sender,
            int chain,
            long chainOpened,
            int sequence,
            String view,
            int signer,
            String session) {
        /** A packet without a chain. */
        public Source(
                Conversation conversation,
                Candidate candidate,
                PacketId id,
                String sender,
                int chain,
                long chainOpened,
                int sequence,
                String view,
                int signer) {
            this(conversation, candidate, id, sender, chain, chainOpened, sequence, view, signer, "");
        }
    }

    /**
     * The outcome of adding a packet.
     *
     * @param message a text that is complete now
     * @param other a complete message for the session, not a text
     * @param change a change of a stored message
     * @param piece whether it is a fragment of an incomplete message
     */
    record Arrival(
            Optional<MessageRecord> message, Optional<Other> other, Optional<MessageChange> change, boolean piece) {
        public static final Arrival NOTHING = new Arrival(Optional.empty(), Optional.empty());
        /** A fragment of an incomplete message. */
        public static final Arrival PIECE = new Arrival(Optional.empty(), Optional.empty(), Optional.empty(), true);

        public Arrival(Optional<MessageRecord> message, Optional<Other> other, Optional<MessageChange> change) {
            this(message, other, change, false);
        }

        public Arrival(Optional<MessageRecord> message, Optional<Other> other) {
            this(message, other, Optional.empty());
        }

        public static Arrival of(Optional<MessageRecord> message) {
            return new Arrival(message, Optional.empty());
        }
    }

    /** A complete message that is not a text. @param whole whether it arrived in one packet */
    record Other(PacketType type, long timestamp, byte[] body, boolean whole) {
        /** Whether it is the last message on a session that another one replaced. */
        public boolean isFarewell() {
            return type == PacketType.CONTROL
                    && body.length > 1
                    && body[0] == ControlCodes.CLOSE
                    && body[1] == ControlCodes.CLOSE_REPLACED;
        }

        /** Does not show the body. */
        @Override
        public String toString() {
            return "Other[" + type + "]";
        }
    }

    /**
     * The state of skipped positions of a chain.
     *
     * @param missing newly missing positions
     * @param arrived positions that arrived after all
     * @param expected positions whose keys are still kept: they can be read if they arrive
     */
    record Skipped(Set<Integer> missing, Set<Integer> arrived, Set<Integer> expected) {}

    /** Stores the content of a packet; returns what is complete now, if anything. Part of the caller's transaction. */
    Arrival accept(StoreTransaction tx, Source source, Content content) throws StoreException;

    /** Adds a notice about a conversation to its messages. Part of the caller's transaction. */
    MessageRecord notice(StoreTransaction tx, Conversation conversation, String text) throws StoreException;

    /**
     * Updates the gaps of a chain: what is missing is shown between the messages around it (PROTOCOL 5). Part of the
     * caller's transaction; listeners are called after it.
     */
    void gaps(StoreTransaction tx, AfterCommit after, ReceiveChainRecord chain, Skipped skipped) throws StoreException;

    /** Stores a version-1 message. */
    Optional<MessageRecord> legacy(StoreTransaction tx, Source source, String text, long timestamp)
            throws StoreException;

    /** Called after the commit: remembers the message's packets and notifies listeners. */
    default void arrived(Source source, Optional<MessageRecord> message) {
        arrived(source, Arrival.of(message));
    }

    /** The same for all results of a packet. */
    void arrived(Source source, Arrival arrival);

    /** Records that a packet of messages of ours is in a block. */
    void sighting(PacketId id, Candidate candidate) throws StoreException;
}
