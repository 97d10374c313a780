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

    /** No key was pressed for the time set by {@code lock-after}. */
    record Idle() implements ChatEvent {}

    /** Time has passed. */
    record Tick(Instant now) implements ChatEvent {}

    /** No key was pressed for a moment, and the draft is not saved yet. */
    record Paused() implements ChatEvent {}

    /**
     * The list of conversations.
     *
     * @param persona the speaking persona, safe to paint
     * @param wanted the name of the conversation to open
     * @param left the address of the conversation that was open when the store was locked
     */
    record Talks(String persona, List<Talk> talks, Optional<String> wanted, Optional<ConversationAddress> left)
            implements ChatEvent {}

    /** The order of a conversation's messages. @param fresh the number of unseen ones */
    record Order(ConversationAddress place, List<Long> ids, int fresh) implements ChatEvent {}

    /** Messages that were loaded. @param asked those that were requested: one that is not among the lines is gone */
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

    /** A text was priced. */
    record Priced(PriceTag price) implements ChatEvent {}

    /**
     * A message was stored for sending. Both texts are safe to paint.
     *
     * @param hint its cost and when it is sent
     * @param waits what it waits for now; empty if it does not. The screen shows this with the message for as long as
     *     it applies
     */
    record Sent(ConversationAddress place, String hint, String waits) implements ChatEvent {}

    /** A message was not sent. @param text to put back into the input line @param why safe to paint */
    record NotSent(ConversationAddress place, String text, String why) implements ChatEvent {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "NotSent";
        }
    }

    /** One line about an action that was performed or rejected. @param hint safe to paint */
    record Told(String hint) implements ChatEvent {}

    /** A text was opened for reading. */
    record Opened(Popup popup) implements ChatEvent {}

    /** The status of the server was refreshed. */
    record Looked(Status status) implements ChatEvent {}

    /** A fragment of an incomplete message arrived. */
    record Piece(ConversationAddress place) implements ChatEvent {}

    /** The messages that are still arriving. @param pieces safe to paint; empty if there are none any more */
    record Pieces(ConversationAddress place, String pieces) implements ChatEvent {}

    /** The result of a search. @param ids the messages, newest first */
    record Found(ConversationAddress place, List<Long> ids, String what) implements ChatEvent {}

    /** A message was burned by reading it. */
    record Burned(ConversationAddress place, Set<Long> ids) implements ChatEvent {}
}
