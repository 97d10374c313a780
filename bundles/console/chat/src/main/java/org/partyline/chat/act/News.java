package org.partyline.chat.act;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.partyline.chat.model.Line;
import org.partyline.chat.model.Place;
import org.partyline.chat.model.Popup;
import org.partyline.chat.model.PriceTag;
import org.partyline.chat.model.Status;
import org.partyline.chat.model.Talk;

/** What happened. */
public sealed interface News {
    /** A key. */
    record Pressed(Key key) implements News {}

    /** The terminal has another size. */
    record Resized(int columns, int rows) implements News {}

    /** Nobody has pressed a key for long. */
    record Idle() implements News {}

    /** Time goes by. */
    record Tick(Instant now) implements News {}

    /** Nobody has pressed a key for a moment, and something was begun that is kept nowhere. */
    record Paused() implements News {}

    /** The conversations. @param persona who speaks, safe to paint @param wanted the name of one that is to be opened */
    record Talks(String persona, List<Talk> talks, Optional<String> wanted) implements News {}

    /** Which messages a conversation has. @param fresh how many of them had not been seen */
    record Order(Place place, List<Long> ids, int fresh) implements News {}

    /** Messages of a conversation. @param asked those that were asked for: what is not among the lines is gone */
    record Lines(Place place, List<Long> asked, List<Line> lines) implements News {
        /** Does not show the texts. */
        @Override
        public String toString() {
            return "Lines";
        }
    }

    /** A message came, or one of ours was stored. @param theirs whether someone else wrote it */
    record Arrived(Place place, long id, boolean theirs) implements News {}

    /** Something was said in a conversation that is not muted. */
    record Unmuted() implements News {}

    /** Messages are missing between others, which is known only now. */
    record Missing(Place place) implements News {}

    /** Which messages a conversation has, now that one came between others. */
    record Reordered(Place place, List<Long> ids) implements News {}

    /** Something about a message of ours is otherwise. */
    record Changed(Place place, long id) implements News {}

    /** What was begun there, and kept. */
    record Draft(Place place, String text) implements News {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "Draft";
        }
    }

    /** What a text would cost. */
    record Priced(PriceTag price) implements News {}

    /**
     * A message that was sent is stored. Both texts are safe to paint.
     *
     * @param hint what it costs and when it leaves
     * @param waits what it waits for now; empty: nothing. A screen shows that with the message, for as long as it is so
     */
    record Sent(Place place, String hint, String waits) implements News {}

    /** A message was not sent. @param text that goes back to the input line @param why safe to paint */
    record NotSent(Place place, String text, String why) implements News {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "NotSent";
        }
    }

    /** One line on what was done or refused. @param hint safe to paint */
    record Told(String hint) implements News {}

    /** Something to read. */
    record Opened(Popup popup) implements News {}

    /** How the server is. */
    record Looked(Status status) implements News {}

    /** A piece of a message that is not whole yet has come. */
    record Piece(Place place) implements News {}

    /** A message on its way to us. @param place where @param pieces safe to paint; empty: none any more */
    record Pieces(Place place, String pieces) implements News {}

    /** Where a search found something. @param ids the messages, the newest first */
    record Found(Place place, List<Long> ids, String what) implements News {}

    /** A message was burned by reading it. */
    record Burned(Place place, Set<Long> ids) implements News {}
}
