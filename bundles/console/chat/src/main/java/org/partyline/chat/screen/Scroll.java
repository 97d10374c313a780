package org.partyline.chat.screen;

import java.util.Optional;
import org.partyline.chat.model.History;
import org.partyline.chat.model.HistoryBuilder;
import org.partyline.chat.model.State;

/** Scrolls the history. */
public final class Scroll {
    private Scroll() {}

    /** Scrolls up by this many rows, if there are any. */
    public static History up(State state, int rows) {
        History history = state.history();
        Geometry geometry = Geometry.of(state);
        MessageRows messages = new MessageRows(state);
        int bottom = history.bottom();
        int skip = history.skip() + rows;
        while (bottom > 0 && skip >= messages.at(bottom - 1).size()) {
            skip -= messages.at(bottom - 1).size();
            bottom--;
        }
        return settle(history, messages, geometry.height() - 1, bottom, bottom == 0 ? 0 : skip);
    }

    /** Does not scroll above the first row. @param height without the row that says that there is more below */
    private static History settle(History history, MessageRows messages, int height, int bottom, int skip) {
        int above = -skip;
        for (int position = bottom - 1; position >= 0 && above < height; position--) {
            above += messages.at(position).size();
        }
        int lower = bottom;
        int hidden = skip;
        int missing = height - above;
        while (missing > 0 && (lower < history.ids().size() || hidden > 0)) {
            if (hidden == 0) {
                hidden = messages.at(lower).size();
                lower++;
            }
            int step = Math.min(missing, hidden);
            hidden -= step;
            missing -= step;
        }
        return HistoryBuilder.builder(history).bottom(lower).skip(hidden).build();
    }

    /** Scrolls down by this many rows. */
    public static History down(State state, int rows) {
        History history = state.history();
        MessageRows messages = new MessageRows(state);
        int bottom = history.bottom();
        int skip = history.skip() - rows;
        while (skip < 0 && bottom < history.ids().size()) {
            skip += messages.at(bottom).size();
            bottom++;
        }
        History moved = HistoryBuilder.builder(history)
                .bottom(bottom)
                .skip(Math.max(0, skip))
                .build();
        return moved.atEnd() ? end(moved) : moved;
    }

    /** Scrolls to the newest message. */
    public static History end(History history) {
        return HistoryBuilder.builder(history)
                .bottom(history.ids().size())
                .skip(0)
                .fresh(0)
                .build();
    }

    /** Scrolls to the oldest message. */
    public static History begin(State state) {
        return fromTop(state, 0);
    }

    /** Scrolls so that the message at that position is at the top. */
    private static History fromTop(State state, int top) {
        History history = state.history();
        Geometry geometry = Geometry.of(state);
        MessageRows messages = new MessageRows(state);
        int height = geometry.height() - 1;
        int rows = 0;
        int position = top;
        while (position < history.ids().size() && rows < height) {
            rows += messages.at(position).size();
            position++;
        }
        History there = HistoryBuilder.builder(history)
                .bottom(position)
                .skip(Math.max(0, rows - height))
                .build();
        return there.atEnd() ? end(there) : there;
    }

    /** If gaps in the visible part were filled, keeps the uppermost message where it is. */
    public static History filled(State before, State after) {
        int top = first(before);
        History old = before.history();
        boolean gaps = false;
        for (int position = top; position < old.bottom(); position++) {
            gaps |= old.at(position).isEmpty();
        }
        if (!gaps || old.atEnd()) {
            return after.history();
        }
        return position(after.history(), old.ids().get(top))
                .map(position -> fromTop(after, position))
                .orElse(after.history());
    }

    /** Scrolls so that the message at that position is visible. */
    public static History show(State state, int position) {
        History history = state.history();
        if (position >= first(state) && position < history.bottom()) {
            return history;
        }
        History at = HistoryBuilder.builder(history)
                .bottom(Math.min(history.ids().size(), position + 1))
                .skip(0)
                .build();
        Geometry geometry = Geometry.of(state);
        return settle(at, new MessageRows(state), geometry.height() - 1, at.bottom(), at.skip());
    }

    /** Returns the position of the uppermost message that is at least partly visible. */
    public static int first(State state) {
        Geometry geometry = Geometry.of(state);
        MessageRows messages = new MessageRows(state);
        int left = geometry.height() + state.history().skip();
        int position = state.history().bottom();
        while (position > 0 && left > 0) {
            position--;
            left -= messages.at(position).size();
        }
        return position;
    }

    /** Returns the position of a message by its number. */
    public static Optional<Integer> position(History history, long id) {
        int at = history.ids().lastIndexOf(id);
        return at < 0 ? Optional.empty() : Optional.of(at);
    }
}
