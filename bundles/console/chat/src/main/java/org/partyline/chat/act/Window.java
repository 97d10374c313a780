package org.partyline.chat.act;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.partyline.chat.model.History;
import org.partyline.chat.model.HistoryBuilder;
import org.partyline.chat.model.Line;
import org.partyline.chat.model.State;
import org.partyline.chat.screen.Geometry;
import org.partyline.chat.screen.Scroll;

/** Keeps only the messages around the visible part in memory. */
final class Window {
    /** The minimum number of messages beyond each edge. */
    private static final int AROUND = 60;
    /** The maximum number of messages in memory. */
    private static final int MOST = 500;

    private static final int MOST_NEWS = 50;

    private Window() {}

    /** Returns the messages that must be loaded for the visible part, if any. */
    static Optional<Effect> missing(State state) {
        History history = state.history();
        if (state.current().isEmpty() || history.ids().isEmpty()) {
            return Optional.empty();
        }
        int height = Geometry.of(state).height();
        // A message has at least one row.
        int first = Math.max(0, history.bottom() - height - AROUND);
        int last = Math.min(history.ids().size(), history.bottom() + AROUND);
        List<Long> wanted = new ArrayList<>();
        boolean seen = false;
        for (int i = first; i < last; i++) {
            long id = history.ids().get(i);
            if (!history.loaded().containsKey(id)) {
                wanted.add(id);
                seen |= i >= history.bottom() - height - AROUND / 2 && i < history.bottom() + AROUND / 2;
            }
        }
        return seen ? Optional.of(new Effect.Load(state.current().get(), wanted)) : Optional.empty();
    }

    /** Adds these messages, and drops those that are far away. */
    static History with(History history, List<Long> asked, List<Line> lines) {
        Map<Long, Line> loaded = new HashMap<>(history.loaded());
        List<Long> gone = new ArrayList<>(asked);
        for (Line line : lines) {
            loaded.put(line.id(), line);
            gone.remove(line.id());
        }
        History all = without(HistoryBuilder.builder(history).loaded(loaded).build(), gone);
        return all.loaded().size() > MOST ? trimmed(all) : all;
    }

    private static History trimmed(History history) {
        Map<Long, Line> kept = new HashMap<>();
        int first = Math.max(0, history.bottom() - MOST / 2 - AROUND);
        int last = Math.min(history.ids().size(), history.bottom() + MOST / 2 - AROUND);
        for (int i = first; i < last; i++) {
            long id = history.ids().get(i);
            if (history.loaded().containsKey(id)) {
                kept.put(id, history.loaded().get(id));
            }
        }
        // Notices of this screen are not stored anywhere else.
        history.loaded().forEach((id, line) -> {
            if (id < 0) {
                kept.put(id, line);
            }
        });
        return HistoryBuilder.builder(history).loaded(kept).build();
    }

    /** Removes messages that are gone. */
    static History without(History history, List<Long> gone) {
        if (gone.isEmpty()) {
            return history;
        }
        List<Long> ids = new ArrayList<>();
        int bottom = history.bottom();
        for (int i = 0; i < history.ids().size(); i++) {
            long id = history.ids().get(i);
            if (!gone.contains(id)) {
                ids.add(id);
            } else if (i < history.bottom()) {
                bottom--;
            }
        }
        Map<Long, Line> loaded = new HashMap<>(history.loaded());
        gone.forEach(loaded::remove);
        return HistoryBuilder.builder(history)
                .ids(ids)
                .loaded(loaded)
                .bottom(bottom)
                .selected(history.selected().filter(id -> !gone.contains(id)))
                .build();
    }

    /**
     * Puts these messages into this order. The visible part stays where it is; notices of this screen stay behind the
     * messages that they followed.
     */
    static History ordered(History history, List<Long> ids) {
        List<Long> all = new ArrayList<>(ids);
        for (int i = 0; i < history.ids().size(); i++) {
            long id = history.ids().get(i);
            if (id < 0) {
                int after = i == 0 ? 0 : all.indexOf(history.ids().get(i - 1)) + 1;
                all.add(i > 0 && after == 0 ? all.size() : after, id);
            }
        }
        int edge = history.bottom();
        while (edge > 0 && !all.contains(history.ids().get(edge - 1))) {
            edge--;
        }
        int bottom = history.atEnd() || edge == 0
                ? all.size()
                : all.indexOf(history.ids().get(edge - 1)) + 1;
        Map<Long, Line> loaded = new HashMap<>(history.loaded());
        loaded.keySet().retainAll(all);
        return HistoryBuilder.builder(history)
                .ids(all)
                .loaded(loaded)
                .bottom(bottom)
                .selected(history.selected().filter(all::contains))
                .build();
    }

    /** Appends one message; it is visible if the end was. */
    static History appended(History history, long id) {
        if (Scroll.position(history, id).isPresent()) {
            return history;
        }
        List<Long> ids = new ArrayList<>(history.ids());
        ids.add(id);
        boolean end = history.atEnd();
        return HistoryBuilder.builder(history)
                .ids(ids)
                .bottom(end ? ids.size() : history.bottom())
                .fresh(end ? 0 : history.fresh() + 1)
                .build();
    }

    /** Appends a notice of this screen. */
    static History told(State state, String words) {
        History history = state.history();
        long id = -1;
        List<Long> old = new ArrayList<>();
        for (long known : history.ids()) {
            if (known < 0) {
                id = Math.min(id, known - 1);
                old.add(known);
            }
        }
        History room = old.size() < MOST_NEWS ? history : without(history, old.subList(0, old.size() - MOST_NEWS + 1));
        Map<Long, Line> loaded = new HashMap<>(room.loaded());
        loaded.put(id, Line.notice(id, state.now(), words));
        return appended(HistoryBuilder.builder(room).loaded(loaded).build(), id);
    }
}
