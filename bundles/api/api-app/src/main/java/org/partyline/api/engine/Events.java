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
 * Reads the log of events in stored order, and keeps the position of each consumer. An event is stored together with
 * what it reports, and kept as long as its message. A service. All need an open store.
 */
@ProviderType
public interface Events {
    /** Most events that one call gives. */
    int MOST = 500;

    /** The owner of the consumers of the console. */
    String CONSOLE = "console";

    /** The type of an event. */
    enum Type {
        /** A message was received, or a notice of its conversation. */
        MESSAGE,
        /** One of our messages is in another state: the one that the event names. */
        STATE,
        /** Someone's reaction to a message is another. */
        REACTION,
        /** A message has other words. */
        EDIT,
        /** A message was erased before its time: recalled by its author, burned after it was read, or forgotten here. */
        ERASED,
        /** A contact was added, renamed, or its trust is another: the event names what. */
        CONTACT,
        /** The session with a contact is in another state: the one that the event names. */
        SESSION,
        /** A node was lost, returned or is distrusted. */
        NODE,
        /** The fee rate of a network is at least twice or at most half of what was reported last. */
        FEE,
        /** The worst verdict of one of the doctor's checks is another. */
        DOCTOR,
        /** Events expired before they were read. */
        GAP,
        /** All there is was read. */
        CAUGHT_UP;

        /** As it is stored, and as programs read it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** The type of that word. @throws IllegalArgumentException when there is none */
        public static Type of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    /**
     * An event of the log.
     *
     * @param cursor its number; a reader goes on after it
     * @param type what happened
     * @param time when; empty of a gap, and of the end
     * @param conversation its {@linkplain Conversations.Conversation#id() id}; empty: it is about none, or about one that is gone
     * @param messageId the message's number; empty: it is about none
     * @param subject what an event of the server is about: the name of a node, a network or a check; otherwise empty
     * @param state the word for the state that it reports; empty: it reports none
     * @param message as it is kept now; empty: it is there no more, or the event does not show it
     * @param from of a gap: the first event that expired; otherwise empty
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
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Event[" + cursor + "]";
        }
    }

    /**
     * Events after a number, in their order. Where some have expired a gap says so, which a reader of some conversations may be told of although it
     * missed none of theirs. Where all there is was read, the last one says so. Marks no message as shown, and shows nothing of an unread burn message.
     *
     * @param cursor of the last event that was read; 0: none was
     * @param most how many at the most, 1 to {@link #MOST}
     * @param seen the conversations whose events the reader sees
     * @return at least one
     * @throws NoSuchThingException when there is no event of that number yet
     */
    List<Event> after(long cursor, int most, Conversations.Selection seen) throws PartylineException;

    /** The number of the newest event; 0: there was none yet. */
    long newest() throws PartylineException;

    /**
     * Waits until there is an event after a number.
     *
     * @param most how long
     * @return whether there is one
     */
    boolean await(long cursor, Duration most) throws InterruptedException;

    /** The number of the last event that a consumer acknowledged; 0: none. */
    long acknowledged(String owner, String consumer) throws PartylineException;

    /**
     * A consumer has dealt with an event and all before it. Never goes back.
     *
     * @param owner a token's id, or {@link #CONSOLE}
     * @param consumer 1 to 32 letters, digits, dots, underscores and hyphens
     * @return the number of the last event that it acknowledged
     * @throws NoSuchThingException when there is no event of that number yet, the name is not allowed, or the owner has too many
     */
    long acknowledge(String owner, String consumer, long cursor) throws PartylineException;

    /** Removes a consumer, if there is one. */
    void forget(String owner, String consumer) throws PartylineException;

    /** Removes all consumers of an owner that is no more. */
    void forget(String owner) throws PartylineException;

    /**
     * Adds an event about this server.
     *
     * @param type {@link Type#NODE}, {@link Type#FEE} or {@link Type#DOCTOR}
     * @param subject what it is about, at most 64 characters
     * @param state the word for its state now
     */
    void report(Type type, String subject, String state) throws PartylineException;

    /** The state that was {@linkplain #report reported} last, by subject. Known for 90 days. */
    Map<String, String> reported(Type type) throws PartylineException;
}
