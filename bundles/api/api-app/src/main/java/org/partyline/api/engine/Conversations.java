package org.partyline.api.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.packet.PayloadTooLargeException;

/**
 * Works on conversations: marks them as read, searches, reacts, edits, forgets, mutes, and keeps drafts. A service. All
 * need an open store.
 */
@ProviderType
public interface Conversations {
    /** The maximum number of messages that one call returns. */
    int MOST = 500;

    /**
     * The address of a conversation: a channel, or a contact.
     *
     * @param persona empty: the current one
     * @param direct whether it is a conversation with a contact
     * @param name the name of the channel or contact
     */
    record Place(Optional<String> persona, boolean direct, String name) {}

    /**
     * The conversations that a reader may see.
     *
     * @param persona empty: the conversations of every persona
     * @param ids only these; empty: all of the persona's
     */
    record Selection(Optional<String> persona, Set<String> ids) {
        /** Shown instead of the name of a removed conversation or persona; nothing can have this name. */
        public static final String REMOVED = "(removed)";

        /** All conversations, and everything that belongs to none. */
        public static final Selection EVERYTHING = new Selection(Optional.empty(), Set.of());

        public Selection {
            ids = Set.copyOf(ids);
        }

        /** Whether nothing is left out. */
        public boolean isEverything() {
            return persona.isEmpty() && ids.isEmpty();
        }

        /** Whether a conversation is selected. @param of its persona @param id its {@link Conversation#id() id} */
        public boolean has(String of, String id) {
            return persona.map(of::equals).orElse(true) && (ids.isEmpty() || ids.contains(id));
        }
    }

    /**
     * The numbers of what a {@link Selection} names. They survive a rename, and are never reused.
     *
     * @param persona empty: every persona
     * @param conversations empty: all of the persona's
     */
    record Numbers(OptionalInt persona, Set<Integer> conversations) {
        public Numbers {
            conversations = Set.copyOf(conversations);
        }
    }

    /** Returns the numbers of a selection. @throws NoSuchThingException if a persona or conversation does not exist */
    Numbers numbers(Selection named) throws PartylineException;

    /**
     * Returns the present names. Whatever was removed is named {@link Selection#REMOVED}, even if its name is in use
     * again.
     */
    Selection named(Numbers numbers) throws PartylineException;

    /** Conversations of every persona, the one with the newest message first. */
    List<Conversation> list() throws PartylineException;

    /** @throws NoSuchThingException if the persona has no such channel or contact */
    Conversation get(Place place) throws PartylineException;

    /**
     * Messages of a conversation in each sender's order, newest last. Marks none of them as shown.
     *
     * @param before only messages that precede this one in that order; empty, or no longer stored: the newest
     * @param most the maximum number, 1 to {@link #MOST}
     */
    List<Message> history(Place place, OptionalLong before, int most) throws PartylineException;

    /**
     * Returns one stored message. Marks nothing as shown, and does not reveal an unread burn message.
     *
     * @throws NoSuchThingException if there is no message of that number, or it was burned or has expired
     */
    Message message(long id) throws PartylineException;

    /** Whether this server pays for a receipt when a message of a conversation is shown or marked as read. */
    boolean paysForReading(Place place) throws PartylineException;

    /** Marks all messages up to this number as read. The mark never moves back. */
    void read(Place place, long upTo) throws PartylineException;

    /** Mutes or unmutes a conversation: while it is muted, messages are kept and counted without notification. */
    void mute(Place place, boolean muted) throws PartylineException;

    /** Returns the draft; empty if there is none, or if it is older than messages are kept. */
    Optional<String> draft(Place place) throws PartylineException;

    /** Stores a draft, sealed like a message. @param text empty: deletes the draft */
    void keepDraft(Place place, String text) throws PartylineException;

    /**
     * Searches stored messages for words, newest first, ignoring case and Unicode form. Burn messages are not searched.
     * Marks none as shown.
     *
     * @throws NoSuchThingException if there are no words, or no such place
     */
    List<Message> search(Search search) throws PartylineException;

    /** The senders heard in a channel. @throws NoSuchThingException if the persona is in no such channel */
    List<Participant> participants(Place channel) throws PartylineException;

    /**
     * Sends a reaction to a message, replacing our previous one.
     *
     * @param reaction one grapheme, of at most 16 bytes; empty: withdraws the previous one
     * @throws NoSuchThingException if there is no such message, or it cannot be reacted to; the message says why
     */
    Receipt react(long id, String reaction) throws PartylineException;

    /** The same, with data of the caller in the same transaction. */
    default Receipt react(long id, String reaction, Messages.Alongside alongside) throws PartylineException {
        throw new PartylineException("this engine stores nothing beside a reaction");
    }

    /**
     * Edits a message of ours: its readers see the new text from then on. Anyone who has seen the original may still
     * have it.
     *
     * @throws NoSuchThingException if there is no such message of ours, or its readers would not accept the edit; the
     *     message says why
     * @throws PayloadTooLargeException names the limit in force, in bytes
     */
    Receipt edit(long id, String text) throws PartylineException;

    /** The same, with data of the caller in the same transaction. */
    default Receipt edit(long id, String text, Messages.Alongside alongside) throws PartylineException {
        throw new PartylineException("this engine stores nothing beside an edit");
    }

    /**
     * Erases a message here at once. If it is ours and has left, its readers are asked to erase it, too, provided that
     * they would accept the request.
     *
     * @throws NoSuchThingException if there is no such message, or it has not left yet
     */
    Forgotten forget(long id) throws PartylineException;

    /**
     * The result of forgetting a message.
     *
     * @param asked the request to the readers; empty if there is none
     * @param why the reason why readers are not asked, in one line; empty if they are, and for a received message
     */
    record Forgotten(Optional<Receipt> asked, String why) {}

    /**
     * A conversation as its reader sees it.
     *
     * @param persona its name
     * @param direct whether it is with a contact
     * @param name the name of the channel or contact
     * @param unread messages that were neither shown nor marked as read
     * @param readTo the newest message that was marked as read; empty if none
     * @param mentions the number of unread messages that name the persona
     * @param muted whether incoming messages cause no notification
     * @param draft whether there is a draft
     * @param lastMessage when the last message was sent or received
     * @param missing the maximum number of missing messages, over all stored gaps ({@link Messages.Gap})
     */
    record Conversation(
            String persona,
            boolean direct,
            String name,
            int unread,
            OptionalLong readTo,
            int mentions,
            boolean muted,
            boolean draft,
            Optional<Instant> lastMessage,
            int missing) {
        /** Without missing messages. */
        public Conversation(
                String persona,
                boolean direct,
                String name,
                int unread,
                OptionalLong readTo,
                int mentions,
                boolean muted,
                boolean draft,
                Optional<Instant> lastMessage) {
            this(persona, direct, name, unread, readTo, mentions, muted, draft, lastMessage, 0);
        }

        /** The id that programs use: persona, kind and name, such as {@code me/channel:lobby}. */
        public String id() {
            return id(persona, direct, name);
        }

        /** The id that programs use for this conversation. */
        public static String id(String persona, boolean direct, String name) {
            return persona + "/" + (direct ? "contact:" : "channel:") + name;
        }

        /** Its address. */
        public Place place() {
            return new Place(Optional.of(persona), direct, name);
        }
    }

    /**
     * A search in kept messages.
     *
     * @param words all of them must be in a message, in any order
     * @param place where to search; empty for everywhere
     * @param seen the conversations whose messages may be found
     * @param most the maximum number, 1 to {@link #MOST}
     */
    record Search(String words, Optional<Place> place, Selection seen, int most) {
        /** A search without restrictions. */
        public Search(String words, Optional<Place> place, int most) {
            this(words, place, Selection.EVERYTHING, most);
        }

        /** Does not show the words. */
        @Override
        public String toString() {
            return "Search";
        }
    }

    /**
     * A sender heard in a channel: one for each contact that signed, and one for each other nickname, which anyone may
     * choose.
     *
     * @param nickname the latest; empty if none
     * @param contact who provably signed; empty if unknown
     * @param trust the trust in that contact's keys; empty without a contact
     * @param messages the number of stored messages
     * @param signed the number of these that are signed by a known key
     * @param chains the number of the sender's chains that can be read now
     * @param lastHeard when the latest stored message arrived; empty if none is stored
     */
    record Participant(
            String nickname,
            Optional<String> contact,
            Optional<Contacts.Trust> trust,
            int messages,
            int signed,
            int chains,
            Optional<Instant> lastHeard) {}
}
