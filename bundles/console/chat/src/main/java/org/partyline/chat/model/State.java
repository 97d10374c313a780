package org.partyline.chat.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that the screen shows.
 *
 * @param columns of the terminal
 * @param rows of the terminal
 * @param now the time
 * @param persona the speaking persona, safe to paint
 * @param talks the conversations
 * @param current the open one
 * @param history of the open conversation
 * @param pieces of messages that are arriving there, safe to paint; empty if there are none
 * @param editor what is being typed
 * @param drafts unfinished texts in other conversations
 * @param options of the next message
 * @param price of the text that is being typed
 * @param status of the server
 * @param popup shown over the history
 * @param hint one line about an action that was performed or rejected, safe to paint; empty if there is none
 * @param list whether the list is shown; empty if only when there is room
 * @param zone of the times shown
 */
@RecordBuilder
public record State(
        int columns,
        int rows,
        Instant now,
        String persona,
        List<Talk> talks,
        Optional<ConversationAddress> current,
        History history,
        String pieces,
        Editor editor,
        Map<ConversationAddress, Editor> drafts,
        Options options,
        PriceTag price,
        Status status,
        Optional<Popup> popup,
        String hint,
        Optional<Boolean> list,
        ZoneId zone) {
    public State {
        talks = List.copyOf(talks);
        drafts = Map.copyOf(drafts);
    }

    /** Returns the state before anything is known. */
    public static State empty(int columns, int rows, Instant now) {
        return new State(
                columns,
                rows,
                now,
                "",
                List.of(),
                Optional.empty(),
                History.EMPTY,
                "",
                Editor.EMPTY,
                Map.of(),
                Options.USUAL,
                PriceTag.NONE,
                Status.UNKNOWN,
                Optional.empty(),
                "",
                Optional.empty(),
                ZoneOffset.UTC);
    }

    /** Returns the state without any content: the store is locked, and may be another one when it is opened. */
    public State emptied() {
        State empty = empty(columns, rows, now);
        return new State(
                columns,
                rows,
                now,
                "",
                empty.talks(),
                empty.current(),
                empty.history(),
                "",
                empty.editor(),
                empty.drafts(),
                options,
                empty.price(),
                status,
                empty.popup(),
                "",
                list,
                zone);
    }

    /** Returns whether no content may be shown. */
    public boolean isLocked() {
        return status.store() == Status.Store.LOCKED || status.store() == Status.Store.NONE;
    }

    /** Returns the open conversation, as listed. */
    public Optional<Talk> talk() {
        return talks.stream()
                .filter(talk -> current.equals(Optional.of(talk.place())))
                .findFirst();
    }

    /** Does not show the content. */
    @Override
    public String toString() {
        return "State";
    }
}
