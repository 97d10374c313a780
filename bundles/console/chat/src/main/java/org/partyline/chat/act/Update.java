package org.partyline.chat.act;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.engine.Messages;
import org.partyline.chat.model.ConversationAddress;
import org.partyline.chat.model.Editor;
import org.partyline.chat.model.History;
import org.partyline.chat.model.HistoryBuilder;
import org.partyline.chat.model.Line;
import org.partyline.chat.model.State;
import org.partyline.chat.model.StateBuilder;
import org.partyline.chat.model.Status;
import org.partyline.chat.screen.Geometry;
import org.partyline.chat.screen.Scroll;

/** Calculates the next state and effects from an event. Nothing else changes a state. */
public final class Update {
    private Update() {}

    /** Returns the state and the effects after an event. */
    public static Step of(State state, ChatEvent event) {
        if (event instanceof ChatEvent.Pressed pressed) {
            return KeyHandler.press(state, pressed.key());
        }
        if (event instanceof ChatEvent.Resized size) {
            return resized(state, size);
        }
        if (event instanceof ChatEvent.Tick tick) {
            return Step.of(expired(StateBuilder.builder(state).now(tick.now()).build()));
        }
        if (event instanceof ChatEvent.Idle) {
            return Opening.lock(state);
        }
        if (event instanceof ChatEvent.Looked looked) {
            return looked(state, looked.status());
        }
        if (event instanceof ChatEvent.Told told) {
            return Step.of(StateBuilder.builder(state).hint(told.hint()).build());
        }
        // Results that were requested before the lock are discarded.
        return state.isLocked() ? Step.of(state) : told(state, event);
    }

    private static Step told(State state, ChatEvent event) {
        if (event instanceof ChatEvent.Talks talks) {
            return talks(state, talks);
        }
        if (event instanceof ChatEvent.Order order) {
            return isHere(state, order.place()) ? order(state, order) : Step.of(state);
        }
        if (event instanceof ChatEvent.Lines lines) {
            return isHere(state, lines.place()) ? lines(state, lines) : Step.of(state);
        }
        if (event instanceof ChatEvent.Arrived arrived) {
            return arrived(state, arrived);
        }
        if (event instanceof ChatEvent.Unmuted) {
            return Step.of(state, new Effect.Ring());
        }
        if (event instanceof ChatEvent.Changed changed) {
            return isHere(state, changed.place()) && state.history().loaded().containsKey(changed.id())
                    ? Step.of(state, new Effect.Load(changed.place(), List.of(changed.id())))
                    : Step.of(state);
        }
        if (event instanceof ChatEvent.Missing missing) {
            return isHere(state, missing.place())
                    ? Step.of(state, new Effect.Reorder(missing.place()))
                    : Step.of(state);
        }
        if (event instanceof ChatEvent.Reordered now) {
            return isHere(state, now.place()) ? reordered(state, now) : Step.of(state);
        }
        if (event instanceof ChatEvent.Priced priced) {
            return Step.of(StateBuilder.builder(state).price(priced.price()).build());
        }
        return said(state, event);
    }

    private static Step said(State state, ChatEvent event) {
        if (event instanceof ChatEvent.Sent sent) {
            return Step.of(StateBuilder.builder(state).hint(sent.hint()).build());
        }
        if (event instanceof ChatEvent.Piece piece) {
            return isHere(state, piece.place()) ? Step.of(state, new Effect.Pieces(piece.place())) : Step.of(state);
        }
        if (event instanceof ChatEvent.Paused) {
            return Opening.pause(state);
        }
        if (event instanceof ChatEvent.Draft draft) {
            return Opening.priced(begun(state, draft));
        }
        if (event instanceof ChatEvent.NotSent not) {
            return Opening.priced(givenBack(state, not));
        }
        if (event instanceof ChatEvent.Opened opened) {
            return Step.of(StateBuilder.builder(state)
                    .popup(Optional.of(opened.popup()))
                    .hint("")
                    .build());
        }
        if (event instanceof ChatEvent.Pieces pieces) {
            return Step.of(
                    isHere(state, pieces.place())
                            ? StateBuilder.builder(state)
                                    .pieces(pieces.pieces())
                                    .build()
                            : state);
        }
        if (event instanceof ChatEvent.Found found) {
            return isHere(state, found.place()) ? found(state, found) : Step.of(state);
        }
        if (event instanceof ChatEvent.Burned burned && isHere(state, burned.place())) {
            return Step.of(StateBuilder.builder(state)
                    .history(Window.without(state.history(), List.copyOf(burned.ids())))
                    .build());
        }
        return Step.of(state);
    }

    private static boolean isHere(State state, ConversationAddress place) {
        return state.current().equals(Optional.of(place));
    }

    private static Step resized(State state, ChatEvent.Resized size) {
        State other = StateBuilder.builder(state)
                .columns(Math.max(1, size.columns()))
                .rows(Math.max(1, size.rows()))
                .build();
        // Messages cut by the edge may have another number of rows now.
        State settled = StateBuilder.builder(other)
                .history(
                        state.history().atEnd()
                                ? other.history()
                                : HistoryBuilder.builder(other.history())
                                        .skip(0)
                                        .build())
                .build();
        return Window.missing(settled)
                .map(wish -> Step.of(settled, wish, new Effect.Redraw()))
                .orElseGet(() -> Step.of(settled, new Effect.Redraw()));
    }

    /** Returns the state without messages that have expired. */
    private static State expired(State state) {
        List<Long> gone = state.history().loaded().values().stream()
                .filter(line ->
                        line.expires().filter(end -> !end.isAfter(state.now())).isPresent())
                .map(Line::id)
                .toList();
        return gone.isEmpty()
                ? state
                : StateBuilder.builder(state)
                        .history(Window.without(state.history(), gone))
                        .build();
    }

    private static Step looked(State state, Status status) {
        Status before = state.status();
        State now = StateBuilder.builder(state).status(status).build();
        if (now.isLocked()) {
            return Step.of(state.isLocked() ? now : now.emptied(), new Effect.Redraw());
        }
        if (before.store() != Status.Store.OPEN) {
            return Step.of(StateBuilder.builder(now).hint("").build(), new Effect.Talks());
        }
        State told = now;
        for (String words : differences(before, status)) {
            told = StateBuilder.builder(told).history(Window.told(told, words)).build();
        }
        State last = told;
        List<Long> deeper = before.height() == status.height() ? List.of() : inBlocks(last);
        return last.current()
                .map(place -> deeper.isEmpty()
                        ? Step.of(last, new Effect.Pieces(place))
                        : Step.of(last, new Effect.Pieces(place), new Effect.Load(place, deeper)))
                .orElseGet(() -> Step.of(last));
    }

    /** Returns the messages shown with a number of confirmations, which the next block changes. */
    private static List<Long> inBlocks(State state) {
        return state.history().loaded().entrySet().stream()
                .filter(line -> line.getValue()
                        .delivery()
                        .filter(delivery -> delivery.state() == Messages.State.CONFIRMED)
                        .isPresent())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** The contents of the status line that matter to the user. */
    private static List<String> differences(Status before, Status now) {
        List<String> words = new ArrayList<>();
        Set<String> lost = new HashSet<>(before.ready());
        lost.removeAll(now.ready());
        Set<String> found = new HashSet<>(now.ready());
        found.removeAll(before.ready());
        lost.stream()
                .sorted()
                .forEach(node -> words.add("node " + node + " is disconnected: "
                        + (now.ready().isEmpty()
                                ? "messages wait for a node"
                                : now.ready().size() + " left")));
        found.stream().sorted().forEach(node -> words.add("node " + node + " is ready"));
        if (!before.cipher().equals(now.cipher())) {
            words.add(
                    now.cipher().isEmpty()
                            ? "no cipher can seal: messages wait for one"
                            : "messages are now sealed with " + now.cipher()
                                    + (before.cipher().isEmpty() ? "" : ", no longer " + before.cipher()));
        }
        for (String away : now.away()) {
            if (!before.away().contains(away)) {
                words.add(away);
            }
        }
        if (!before.away().isEmpty() && now.away().isEmpty()) {
            words.add("all services are available again");
        }
        return words;
    }

    private static Step talks(State state, ChatEvent.Talks talks) {
        State listed = StateBuilder.builder(state)
                .persona(talks.persona())
                .talks(talks.talks())
                .build();
        Optional<ConversationAddress> wanted =
                talks.wanted().flatMap(name -> SlashCommands.find(listed, name)).or(talks::left);
        if (wanted.isPresent()) {
            return itself(state, listed, wanted.get());
        }
        if (state.current().isPresent() && talks.talks().stream().noneMatch(talk -> isHere(state, talk.place()))) {
            return Step.of(StateBuilder.builder(listed)
                    .current(Optional.empty())
                    .history(History.EMPTY)
                    .hint("this conversation no longer exists")
                    .build());
        }
        return state.current().isEmpty() && !talks.talks().isEmpty()
                ? itself(state, listed, talks.talks().get(0).place())
                : Step.of(listed);
    }

    private static Step itself(State before, State listed, ConversationAddress place) {
        // Later it is no longer the first one: a draft for a conversation that is gone does not belong to another.
        boolean first = before.talks().isEmpty() && before.persona().isEmpty();
        return first ? Opening.first(listed, place) : Opening.open(listed, place);
    }

    private static Step order(State state, ChatEvent.Order order) {
        List<Long> ids = new ArrayList<>(order.ids());
        Map<Long, Line> kept = new HashMap<>();
        for (long id : state.history().ids()) {
            if (id < 0) {
                ids.add(id);
                kept.put(id, state.history().loaded().get(id));
            }
        }
        Optional<Long> unread =
                order.fresh() > 0 && order.fresh() <= order.ids().size()
                        ? Optional.of(order.ids().get(order.ids().size() - order.fresh()))
                        : state.history().unread();
        State ordered = StateBuilder.builder(state)
                .history(new History(ids, kept, ids.size(), 0, 0, unread, Optional.empty()))
                .build();
        return Window.missing(ordered).map(wish -> Step.of(ordered, wish)).orElseGet(() -> Step.of(ordered));
    }

    private static Step reordered(State state, ChatEvent.Reordered now) {
        State ordered = StateBuilder.builder(state)
                .history(Window.ordered(state.history(), now.ids()))
                .build();
        return Window.missing(ordered).map(wish -> Step.of(ordered, wish)).orElseGet(() -> Step.of(ordered));
    }

    private static Step lines(State state, ChatEvent.Lines lines) {
        State with = StateBuilder.builder(state)
                .history(Window.with(state.history(), lines.asked(), lines.lines()))
                .build();
        State loaded =
                StateBuilder.builder(with).history(Scroll.filled(state, with)).build();
        // Loaded messages count as shown, so the list must be refreshed.
        boolean unread = loaded.talk().filter(talk -> talk.unread() > 0).isPresent();
        return unread ? Step.of(loaded, new Effect.Talks()) : Step.of(loaded);
    }

    private static Step arrived(State state, ChatEvent.Arrived arrived) {
        Step step = listed(state, arrived);
        if (!arrived.theirs()) {
            return step;
        }
        List<Effect> wishes = new ArrayList<>(step.wishes());
        wishes.add(new Effect.Announce(arrived.place()));
        return new Step(step.state(), wishes);
    }

    private static Step listed(State state, ChatEvent.Arrived arrived) {
        if (!isHere(state, arrived.place())) {
            return Step.of(state, new Effect.Talks());
        }
        State longer = StateBuilder.builder(state)
                .history(Window.appended(state.history(), arrived.id()))
                .build();
        List<Effect> wishes = new ArrayList<>(List.of(new Effect.Talks()));
        if (state.history().atEnd()) {
            // Messages that arrive below the edge are not read, and do not count as shown.
            wishes.add(0, new Effect.Load(arrived.place(), List.of(arrived.id())));
        }
        if (!state.pieces().isEmpty()) {
            // It may be the one that was arriving.
            wishes.add(new Effect.Pieces(arrived.place()));
        }
        return new Step(longer, wishes);
    }

    /** Restores the draft from before this screen was opened, unless one was begun here. */
    private static State begun(State state, ChatEvent.Draft draft) {
        return isHere(state, draft.place())
                        && !draft.text().isEmpty()
                        && state.editor().text().isEmpty()
                        && state.editor().sent().isEmpty()
                ? StateBuilder.builder(state)
                        .editor(state.editor().with(draft.text()))
                        .build()
                : state;
    }

    private static State givenBack(State state, ChatEvent.NotSent not) {
        State told = StateBuilder.builder(state).hint(not.why()).build();
        if (isHere(state, not.place())) {
            return state.editor().text().isEmpty()
                    ? StateBuilder.builder(told)
                            .editor(state.editor().with(not.text()))
                            .build()
                    : told;
        }
        Map<ConversationAddress, Editor> drafts = new HashMap<>(state.drafts());
        Editor there = drafts.getOrDefault(not.place(), Editor.EMPTY);
        if (there.text().isEmpty()) {
            drafts.put(not.place(), there.with(not.text()));
        }
        return StateBuilder.builder(told).drafts(drafts).build();
    }

    /** Selects the newest match above the selected message, otherwise the newest one. */
    private static Step found(State state, ChatEvent.Found found) {
        int below = state.history()
                .selected()
                .flatMap(id -> Scroll.position(state.history(), id))
                .orElse(Integer.MAX_VALUE);
        Optional<Integer> place = Optional.empty();
        for (long id : found.ids()) {
            Optional<Integer> position = Scroll.position(state.history(), id);
            if (position.isPresent() && position.get() < below) {
                place = position;
                break;
            }
        }
        if (place.isEmpty()) {
            return Step.of(StateBuilder.builder(state)
                    .hint(found.ids().isEmpty() ? found.what() + " was not found" : "no earlier match")
                    .build());
        }
        State chosen = StateBuilder.builder(state)
                .history(HistoryBuilder.builder(state.history())
                        .selected(Optional.of(state.history().ids().get(place.get())))
                        .build())
                .hint(found.ids().size() + " found; F3: previous match")
                .build();
        int half = Geometry.of(state).height() / 2;
        State shown = StateBuilder.builder(chosen)
                .history(Scroll.show(chosen, place.get()))
                .build();
        State middle = StateBuilder.builder(shown)
                .history(place.get() == shown.history().bottom() - 1 ? Scroll.down(shown, half) : shown.history())
                .build();
        return Window.missing(middle).map(wish -> Step.of(middle, wish)).orElseGet(() -> Step.of(middle));
    }
}
