package org.partyline.chat.act;

import java.util.List;
import org.partyline.chat.model.ConversationAddress;
import org.partyline.chat.model.Options;

/** An action outside the state, such as a call of a service. */
public sealed interface Effect {
    /** Lists the conversations. */
    record Talks() implements Effect {}

    /** Asks for the order of a conversation's messages. @param fresh the number of new ones, as far as the list knew */
    record Order(ConversationAddress place, int fresh) implements Effect {}

    /** Asks for the order again after a message arrived between others. */
    record Reorder(ConversationAddress place) implements Effect {}

    /** Loads messages. */
    record Load(ConversationAddress place, List<Long> ids) implements Effect {}

    /** Asks for the price of a text. */
    record Price(ConversationAddress place, String text, Options options) implements Effect {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "Price";
        }
    }

    /** Sends a message. */
    record Send(ConversationAddress place, String text, Options options) implements Effect {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "Send";
        }
    }

    /** Sends a text as several messages, one after another. */
    record SendParts(ConversationAddress place, List<String> parts, Options options) implements Effect {
        public SendParts {
            parts = List.copyOf(parts);
        }

        /** Does not show the text. */
        @Override
        public String toString() {
            return "SendParts";
        }
    }

    /** Shows one whole message, and erases it if it is a burn message. */
    record Read(ConversationAddress place, long id) implements Effect {}

    /** Cancels or recalls a message. @param left whether it was sent */
    record TakeBack(ConversationAddress place, long id, boolean left) implements Effect {}

    /** Shows all details of a message. */
    record Inspect(ConversationAddress place, long id) implements Effect {}

    /** Sends a reaction. @param reaction one character; empty to withdraw the last one */
    record React(ConversationAddress place, long id, String reaction) implements Effect {}

    /** Edits a message of ours. */
    record Edit(ConversationAddress place, long id, String text) implements Effect {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "Edit";
        }
    }

    /** Erases a message here and, if it is ours, asks its readers to erase it. */
    record Forget(ConversationAddress place, long id) implements Effect {}

    /** Saves the draft, sealed. @param text empty to delete it */
    record KeepDraft(ConversationAddress place, String text) implements Effect {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "KeepDraft";
        }
    }

    /** Asks for the draft of a conversation. */
    record Draft(ConversationAddress place) implements Effect {}

    /** Searches a conversation. */
    record Search(ConversationAddress place, String words) implements Effect {}

    /** Asks which messages are still arriving. */
    record Pieces(ConversationAddress place) implements Effect {}

    /** Asks for the senders heard in a channel. */
    record Who(ConversationAddress place) implements Effect {}

    /** Switches to another persona. */
    record Speak(String persona) implements Effect {}

    /** Asks whether a new message is to be announced. */
    record Announce(ConversationAddress place) implements Effect {}

    /** Rings the bell, or shows a notification. */
    record Ring() implements Effect {}

    /** Copies a conversation to a file from now on. @param name of the file; empty to stop */
    record Transcribe(ConversationAddress place, String name) implements Effect {}

    /** Locks the store. */
    record Lock() implements Effect {}

    /** Refreshes the status of the server. */
    record Look() implements Effect {}

    /** Repaints the whole screen. */
    record Redraw() implements Effect {}

    /** Closes the chat. */
    record Quit() implements Effect {}
}
