package org.partyline.chat.act;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.partyline.chat.model.ConversationAddress;
import org.partyline.chat.model.Line;
import org.partyline.chat.model.Popup;
import org.partyline.chat.model.PriceTag;
import org.partyline.chat.model.Status;
import org.partyline.chat.model.Talk;

/** An event for the chat's state. */
public sealed interface ChatEvent {
    /** A key was pressed. */
    record Pressed(Key key) implements ChatEvent {}

    /** The terminal was resized. */
    record Resized(int columns, int rows) implements ChatEvent {}

    /** No key was pressed for the time of {@code lock-after}. */
    record Idle() implements ChatEvent {}

    /** Time has passed. */
    record Tick(Instant now) implements ChatEvent {}

    /** No key was pressed for a moment, and the draft is not saved yet. */
    record Paused() implements ChatEvent {}

    /**
     * The list of conversations.
     *
     * @param persona who speaks, safe to paint
     * @param wanted the name of one that is to be opened
     * @param left one of them that was open when the store was locked
     */
    record Talks(String persona, List<Talk> talks, Optional<String> wanted, Optional<ConversationAddress> left)
            implements ChatEvent {}

    /** The order of a conversation's messages. @param fresh how many of them had not been seen */
    record Order(ConversationAddress place, List<Long> ids, int fresh) implements ChatEvent {}

    /** Messages that were loaded. @param asked those that were asked for: what is not among the lines is gone */
    record Lines(ConversationAddress place, List<Long> asked, List<Line> lines) implements ChatEvent {
        /** Does not show the texts. */
        @Override
        public String toString() {
            return "Lines";
        }
    }

    /** A message arrived, or one of ours was stored. @param theirs whether someone else wrote it */
    record Arrived(ConversationAddress place, long id, boolean theirs) implements ChatEvent {}

    /** A message arrived in a conversation that is not muted. */
    record Unmuted() implements ChatEvent {}

    /** A gap was found between earlier messages. */
    record Missing(ConversationAddress place) implements ChatEvent {}

    /** The order of a conversation's messages, after one arrived between others. */
    record Reordered(ConversationAddress place, List<Long> ids) implements ChatEvent {}

    /** A message of ours changed. */
    record Changed(ConversationAddress place, long id) implements ChatEvent {}

    /** The saved draft of a conversation. */
    record Draft(ConversationAddress place, String text) implements ChatEvent {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "Draft";
        }
    }

    /** The price of a text. */
    record Priced(PriceTag price) implements ChatEvent {}

    /**
     * A message was stored to be sent. Both texts are safe to paint.
     *
     * @param hint what it costs and when it leaves
     * @param waits what it waits for now; empty: nothing. A screen shows that with the message, for as long as it is so
     */
    record Sent(ConversationAddress place, String hint, String waits) implements ChatEvent {}

    /** A message was not sent. @param text that goes back to the input line @param why safe to paint */
    record NotSent(ConversationAddress place, String text, String why) implements ChatEvent {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "NotSent";
        }
    }

    /** One line about what was done or refused. @param hint safe to paint */
    record Told(String hint) implements ChatEvent {}

    /** A text to read. */
    record Opened(Popup popup) implements ChatEvent {}

    /** The status of the server. */
    record Looked(Status status) implements ChatEvent {}

    /** A fragment of an incomplete message arrived. */
    record Piece(ConversationAddress place) implements ChatEvent {}

    /** The messages that are still arriving. @param place where @param pieces safe to paint; empty: none any more */
    record Pieces(ConversationAddress place, String pieces) implements ChatEvent {}

    /** The result of a search. @param ids the messages, the newest first */
    record Found(ConversationAddress place, List<Long> ids, String what) implements ChatEvent {}

    /** A message was burned by reading it. */
    record Burned(ConversationAddress place, Set<Long> ids) implements ChatEvent {}
}
