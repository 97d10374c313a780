package org.partyline.chat.act;

import java.util.List;
import org.partyline.chat.model.Options;
import org.partyline.chat.model.Place;

/** What is to be done, outside of the state. */
public sealed interface Wish {
    /** List the conversations. */
    record Talks() implements Wish {}

    /** Which messages does it have? @param fresh how many of them are new, as far as the list knew */
    record Order(Place place, int fresh) implements Wish {}

    /** Which messages does it have now that one came between others? */
    record Reorder(Place place) implements Wish {}

    /** Load messages. */
    record Load(Place place, List<Long> ids) implements Wish {}

    /** What would it cost? */
    record Price(Place place, String text, Options options) implements Wish {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "Price";
        }
    }

    /** Send it. */
    record Send(Place place, String text, Options options) implements Wish {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "Send";
        }
    }

    /** Send a text as several messages, one after the other. */
    record SendParts(Place place, List<String> parts, Options options) implements Wish {
        public SendParts {
            parts = List.copyOf(parts);
        }

        /** Does not show the text. */
        @Override
        public String toString() {
            return "SendParts";
        }
    }

    /** Show one message whole; burn it, where it is to be burned. */
    record Read(Place place, long id) implements Wish {}

    /** Take one back: before it left, or after. @param left whether it has left */
    record TakeBack(Place place, long id, boolean left) implements Wish {}

    /** Say all that is known of one. */
    record Inspect(Place place, long id) implements Wish {}

    /** Send a reaction. @param reaction one character; empty: take the last one back */
    record React(Place place, long id, String reaction) implements Wish {}

    /** Put other words in the place of ours. */
    record Edit(Place place, long id, String text) implements Wish {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "Edit";
        }
    }

    /** Erase a message here, and ask its readers to do so, where it is ours. */
    record Forget(Place place, long id) implements Wish {}

    /** Keep what was begun, sealed. @param text empty: nothing */
    record KeepDraft(Place place, String text) implements Wish {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "KeepDraft";
        }
    }

    /** What was begun there? */
    record Draft(Place place) implements Wish {}

    /** Find words in a conversation. */
    record Search(Place place, String words) implements Wish {}

    /** Which messages are on their way to us there? */
    record Pieces(Place place) implements Wish {}

    /** Lock the store. */
    record Lock() implements Wish {}

    /** Look at the server. */
    record Look() implements Wish {}

    /** Paint all of it anew. */
    record Redraw() implements Wish {}

    /** Leave. */
    record Quit() implements Wish {}
}
