package org.partyline.chat.act;

import java.util.List;
import org.partyline.chat.model.Options;
import org.partyline.chat.model.Place;

/** What is to be done, outside of the state. */
public sealed interface Effect {
    /** List the conversations. */
    record Talks() implements Effect {}

    /** Which messages does it have? @param fresh how many of them are new, as far as the list knew */
    record Order(Place place, int fresh) implements Effect {}

    /** Which messages does it have now that one came between others? */
    record Reorder(Place place) implements Effect {}

    /** Load messages. */
    record Load(Place place, List<Long> ids) implements Effect {}

    /** What would it cost? */
    record Price(Place place, String text, Options options) implements Effect {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "Price";
        }
    }

    /** Send it. */
    record Send(Place place, String text, Options options) implements Effect {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "Send";
        }
    }

    /** Send a text as several messages, one after the other. */
    record SendParts(Place place, List<String> parts, Options options) implements Effect {
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
    record Read(Place place, long id) implements Effect {}

    /** Take one back: before it left, or after. @param left whether it has left */
    record TakeBack(Place place, long id, boolean left) implements Effect {}

    /** Say all that is known of one. */
    record Inspect(Place place, long id) implements Effect {}

    /** Send a reaction. @param reaction one character; empty: take the last one back */
    record React(Place place, long id, String reaction) implements Effect {}

    /** Put other words in the place of ours. */
    record Edit(Place place, long id, String text) implements Effect {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "Edit";
        }
    }

    /** Erase a message here, and ask its readers to do so, where it is ours. */
    record Forget(Place place, long id) implements Effect {}

    /** Keep what was begun, sealed. @param text empty: nothing */
    record KeepDraft(Place place, String text) implements Effect {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "KeepDraft";
        }
    }

    /** What was begun there? */
    record Draft(Place place) implements Effect {}

    /** Find words in a conversation. */
    record Search(Place place, String words) implements Effect {}

    /** Which messages are on their way to us there? */
    record Pieces(Place place) implements Effect {}

    /** Who was heard in a channel? */
    record Who(Place place) implements Effect {}

    /** Speak as another persona from now on. */
    record Speak(String persona) implements Effect {}

    /** Something was said there: does its reader want to be told? */
    record Announce(Place place) implements Effect {}

    /** Ring, or show a notification. */
    record Ring() implements Effect {}

    /** Lock the store. */
    record Lock() implements Effect {}

    /** Look at the server. */
    record Look() implements Effect {}

    /** Paint all of it anew. */
    record Redraw() implements Effect {}

    /** Leave. */
    record Quit() implements Effect {}
}
