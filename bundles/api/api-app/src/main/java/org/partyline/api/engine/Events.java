package org.partyline.api.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/**
 * Reads the log of events in stored order, and keeps the position of each consumer. An event is stored in the
 * transaction that it reports, and kept as long as its message. A service. All methods need an open store.
 */
@ProviderType
public interface Events {
    /** The maximum number of events that one call returns. */
    int MOST = 500;

    /** The owner of the console's consumers. */
    String CONSOLE = "console";

    /** The type of an event. */
    enum Type {
        /** A message was received, or a notice about its conversation. */
        MESSAGE,
        /** The state of one of our messages changed; the event names the new state. */
        STATE,
        /** Someone's reaction to a message changed. */
        REACTION,
        /** A message was edited. */
        EDIT,
        /**
         * A message was erased before its time: recalled by its author, burned after it was read, or forgotten here.
         */
        ERASED,
        /** A contact was added or renamed, or its trust changed; the event says which. */
        CONTACT,
        /** The state of the session with a contact changed; the event names the new state. */
        SESSION,
        /** A node was lost, returned or is distrusted. */
        NODE,
        /** The fee rate of a network is at least twice or at most half of what was reported last. */
        FEE,
        /** The worst verdict of one of the doctor's checks changed. */
        DOCTOR,
        /** Events expired before they were read. */
        GAP,
        /** All events were read. */
        CAUGHT_UP;

        /** The word that is stored, and that programs read. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** The type of a word. @throws IllegalArgumentException if there is none */
        public static Type of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    /**
     * An event of the log.
     *
     * @param cursor its number; a reader continues after it
     * @param type what happened
     * @param time when it happened; empty for a gap and for the end
     * @param conversation its {@linkplain Conversations.Conversation#id() id}; empty: none, or one that was removed
     * @param messageId the message's number; empty if none
     * @param subject what an event of the server is about: the name of a node, a network or a check; otherwise empty
     * @param state the word for the state that it reports; empty: it reports none
     * @param message in its present form; empty: it was deleted, or the event does not show it
     * @param from for a gap, the first event that expired; otherwise empty
     */
    record Event(
            long cursor,
            Type type,
            Optional<Instant> time,
            Optional<String> conversation,
            OptionalLong messageId,
            Optional<String> subject,
            Optional<String> state,
            Optional<Messages.Message> message,
            OptionalLong from) {
        /** Does not show the contents. */
        @Override
        public String toString() {
            return "Event[" + cursor + "]";
        }
    }

    /**
     * Returns events after a number, in order. If some have expired, the result contains a gap; a reader of selected
     * conversations may see a gap although none of its own events expired. If all events were read, the last one says
     * so. Marks no message as shown, and does not reveal an unread burn message.
     *
     * @param cursor the last event that was read; 0 if none
     * @param most the maximum number, 1 to {@link #MOST}
     * @param seen the conversations whose events the reader sees
     * @return at least one
     * @throws NoSuchThingException if there is no event of that number yet
     */
    List<Event> after(long cursor, int most, Conversations.Selection seen) throws PartylineException;

    /** The number of the newest event; 0 if none yet. */
    long newest() throws PartylineException;

    /**
     * Waits until there is an event after a number.
     *
     * @param most the maximum time
     * @return whether there is one
     */
    boolean await(long cursor, Duration most) throws InterruptedException;

    /** The number of the last event that a consumer acknowledged; 0 if none. */
    long acknowledged(String owner, String consumer) throws PartylineException;

    /**
     * Records that a consumer has processed an event and all before it. The position never moves back.
     *
     * @param owner a token's id, or {@link #CONSOLE}
     * @param consumer 1 to 32 letters, digits, dots, underscores and hyphens
     * @return the position now
     * @throws NoSuchThingException if there is no event of that number yet, the name is not allowed, or the owner has
     *     too many consumers
     */
    long acknowledge(String owner, String consumer, long cursor) throws PartylineException;

    /** Removes a consumer if it exists. */
    void forget(String owner, String consumer) throws PartylineException;

    /** Removes all consumers of a removed owner. */
    void forget(String owner) throws PartylineException;

    /**
     * Adds an event about this server.
     *
     * @param type {@link Type#NODE}, {@link Type#FEE} or {@link Type#DOCTOR}
     * @param subject what it is about, at most 64 characters
     * @param state the word for its new state
     */
    void report(Type type, String subject, String state) throws PartylineException;

    /** The state that was last {@linkplain #reported reported}, by subject. Kept for 90 days. */
    Map<String, String> reported(Type type) throws PartylineException;
}
