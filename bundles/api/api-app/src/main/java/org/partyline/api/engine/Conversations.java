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
    /** Most messages that one call gives. */
    int MOST = 500;

    /**
     * The address of a conversation: a channel, or a contact.
     *
     * @param persona whose; empty: the current one
     * @param direct whether it is a contact
     * @param name the channel's or the contact's
     */
    record Place(Optional<String> persona, boolean direct, String name) {}

    /**
     * The conversations that a reader may see.
     *
     * @param persona whose; empty: those of every persona
     * @param ids of these only; empty: all of the persona
     */
    record Selection(Optional<String> persona, Set<String> ids) {
        /** Instead of the name of what is gone; nothing is ever called that. */
        public static final String REMOVED = "(removed)";

        /** All of them, and what belongs to none. */
        public static final Selection EVERYTHING = new Selection(Optional.empty(), Set.of());

        public Selection {
            ids = Set.copyOf(ids);
        }

        /** Whether it leaves nothing out. */
        public boolean isEverything() {
            return persona.isEmpty() && ids.isEmpty();
        }

        /** Whether it has a conversation. @param of its persona @param id its {@link Conversation#id() id} */
        public boolean has(String of, String id) {
            return persona.map(of::equals).orElse(true) && (ids.isEmpty() || ids.contains(id));
        }
    }

    /**
     * The numbers of what a {@link Selection} names. They stay when it is renamed, and nothing else is ever given them.
     *
     * @param persona empty: every persona
     * @param conversations empty: all of the persona
     */
    record Numbers(OptionalInt persona, Set<Integer> conversations) {
        public Numbers {
            conversations = Set.copyOf(conversations);
        }
    }

    /** The numbers of what is named. @throws NoSuchThingException when there is no such persona or conversation */
    Numbers numbers(Selection named) throws PartylineException;

    /** Returns the present names. Whatever was removed is named {@link Selection#REMOVED}, even if its name is in use again. */
    Selection named(Numbers numbers) throws PartylineException;

    /** Conversations of every persona, the one with the newest message first. */
    List<Conversation> list() throws PartylineException;

    /** @throws NoSuchThingException when the persona has no such channel or contact */
    Conversation get(Place place) throws PartylineException;

    /**
     * Messages of a conversation in each sender's order, newest last. Marks none as shown.
     *
     * @param before only those that come before this one in that order; empty: the newest. Where that message is there no more, the newest
     * @param most how many at the most, 1 to {@link #MOST}
     */
    List<Message> history(Place place, OptionalLong before, int most) throws PartylineException;

    /**
     * One message as it is kept. Marks nothing as shown, and shows nothing of an unread burn message.
     *
     * @throws NoSuchThingException when there is none of that number, or it was burned or has expired
     */
    Message message(long id) throws PartylineException;

    /** All up to this message was read, in the order of their numbers. Never goes back. */
    void read(Place place, long upTo) throws PartylineException;

    /** Whether the conversation is muted: messages are kept and counted, without a notice. */
    void mute(Place place, boolean muted) throws PartylineException;

    /** What was begun to be written and not sent; empty where nothing was, and where that is longer ago than messages are kept. */
    Optional<String> draft(Place place) throws PartylineException;

    /** Keeps what was begun to be written, sealed as messages are. @param text empty: nothing is kept any more */
    void keepDraft(Place place, String text) throws PartylineException;

    /**
     * Looks for words in what is kept, newest first: in any case, in whatever form their letters were written. Burn messages are not looked
     * at. Marks none as shown.
     *
     * @throws NoSuchThingException when there is nothing to look for, or no such place
     */
    List<Message> search(Search search) throws PartylineException;

    /** The senders heard in a channel. @throws NoSuchThingException when the persona is in no such channel */
    List<Participant> participants(Place channel) throws PartylineException;

    /**
     * Sends a reaction to a message, replacing our previous one.
     *
     * @param reaction one grapheme, of at most 16 bytes; empty: the last one is taken back
     * @throws NoSuchThingException when there is no such message, or it takes none; says why
     */
    Receipt react(long id, String reaction) throws PartylineException;

    /** The same, with something of the caller's in its transaction. */
    default Receipt react(long id, String reaction, Messages.Alongside alongside) throws PartylineException {
        throw new PartylineException("this engine stores nothing beside a reaction");
    }

    /**
     * Sends other words for a message of ours, which is what its readers see from then on; those who have seen the first ones have them.
     *
     * @throws NoSuchThingException when there is no such message of ours, or its readers would not believe it; says why
     * @throws PayloadTooLargeException names the limit in force, in bytes
     */
    Receipt edit(long id, String text) throws PartylineException;

    /** The same, with something of the caller's in its transaction. */
    default Receipt edit(long id, String text, Messages.Alongside alongside) throws PartylineException {
        throw new PartylineException("this engine stores nothing beside an edit");
    }

    /**
     * Erases a message here at once. Of one of ours that has left, its readers are asked to do the same, where they would believe it.
     *
     * @throws NoSuchThingException when there is no such message, or it has not left yet
     */
    Forgotten forget(long id) throws PartylineException;

    /**
     * The result of forgetting a message.
     *
     * @param asked what asks the readers; empty: nobody is asked
     * @param why nobody is asked, in one line; empty where someone is, and for a message that was received
     */
    record Forgotten(Optional<Receipt> asked, String why) {}

    /**
     * A conversation as its reader sees it.
     *
     * @param persona whose
     * @param direct whether it is with a contact
     * @param name the channel's or the contact's
     * @param unread messages that were not shown and not marked as read
     * @param readTo the newest message that was marked as read; empty: none
     * @param mentions how many of the unread ones name the persona
     * @param muted whether nothing is told of what comes
     * @param draft whether something was begun to be written
     * @param lastMessage when the last one came or went
     * @param missing how many messages are missing at the most, of all gaps that are kept ({@link Messages.Gap})
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
        /** One in which none are missing. */
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

        /** What programs call it: its persona, its kind and its name, such as {@code me/channel:lobby}. */
        public String id() {
            return id(persona, direct, name);
        }

        /** What programs call the conversation of these. */
        public static String id(String persona, boolean direct, String name) {
            return persona + "/" + (direct ? "contact:" : "channel:") + name;
        }

        /** By what it is named. */
        public Place place() {
            return new Place(Optional.of(persona), direct, name);
        }
    }

    /**
     * A search in kept messages.
     *
     * @param words all of them have to be in a message, in any order
     * @param place where to look; empty: everywhere
     * @param seen the conversations whose messages may be found
     * @param most how many at the most, 1 to {@link #MOST}
     */
    record Search(String words, Optional<Place> place, Selection seen, int most) {
        /** By somebody who may see everything. */
        public Search(String words, Optional<Place> place, int most) {
            this(words, place, Selection.EVERYTHING, most);
        }

        /** Does not show what is looked for. */
        @Override
        public String toString() {
            return "Search";
        }
    }

    /**
     * A sender heard in a channel: one for each contact that signed, and one for each other nickname, which anyone may
     * choose.
     *
     * @param nickname as given last; empty: none
     * @param contact who provably signed; empty: nobody can tell
     * @param trust how far that contact's keys are trusted; empty where there is none
     * @param messages how many are kept
     * @param signed how many of these are signed by a known key
     * @param chains how many of theirs are read now
     * @param lastHeard when the last message came, of those that are kept; empty: none is kept
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
