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
 * @param persona who speaks, safe to paint
 * @param talks the conversations
 * @param current the one that is open
 * @param history of that
 * @param pieces of a message that is on its way to us there, safe to paint; empty
 * @param editor what is being typed
 * @param drafts what was begun in others
 * @param options of what is sent next
 * @param price of what is being typed
 * @param status of the server
 * @param popup before the history
 * @param hint one line on what was done or refused, safe to paint; empty
 * @param list whether the list is shown; empty: where there is room
 * @param zone of the times that are shown
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

    /** Before anything is known. */
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

    /** The same, with nothing in it of anyone: the store is locked, and may be another one when it is opened. */
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

    /** Whether there is nothing that may be shown. */
    public boolean isLocked() {
        return status.store() == Status.Store.LOCKED || status.store() == Status.Store.NONE;
    }

    /** The conversation that is open, as the list has it. */
    public Optional<Talk> talk() {
        return talks.stream()
                .filter(talk -> current.equals(Optional.of(talk.place())))
                .findFirst();
    }

    /** Does not show what was said. */
    @Override
    public String toString() {
        return "State";
    }
}
