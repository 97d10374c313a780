package org.partyline.chat.act;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.engine.Messages;
import org.partyline.chat.model.ConversationAddress;
import org.partyline.chat.model.History;
import org.partyline.chat.model.HistoryBuilder;
import org.partyline.chat.model.Line;
import org.partyline.chat.model.Options;
import org.partyline.chat.model.OptionsBuilder;
import org.partyline.chat.model.State;
import org.partyline.chat.model.StateBuilder;
import org.partyline.chat.screen.Geometry;
import org.partyline.chat.screen.Scroll;

/** Performs the actions that keys and slash commands share. */
final class Commanding {
    private Commanding() {}

    /** Runs a line that begins with a slash. */
    static Step run(State before, String line) {
        String text = line.strip();
        int blank = text.indexOf(' ');
        String name = blank < 0 ? text.substring(1) : text.substring(1, blank);
        String words = blank < 0 ? "" : text.substring(blank + 1).strip();
        State state = StateBuilder.builder(before)
                .editor(before.editor().sent(line))
                .hint("")
                .build();
        return switch (name) {
            case "q", "quit", "exit" -> Opening.leave(state);
            case "help" ->
                Step.of(StateBuilder.builder(state)
                        .popup(Optional.of(HelpText.popup(state.zone())))
                        .build());
            case "list" -> list(state);
            case "go" ->
                SlashCommands.find(state, words)
                        .map(place -> Opening.open(state, place))
                        .orElseGet(() ->
                                Answers.hint(state, "no conversation has that name, or several names start like that"));
            case "burn" -> burn(state, words);
            case "sign" -> sign(state, words);
            case "ttl" -> ttl(state, words);
            case "carrier" -> carrier(state, words);
            case "recall", "cancel" -> recall(state, words);
            case "inspect" -> inspect(state, words);
            case "read" -> read(state, words);
            case "reply", "react", "edit", "forget" -> Remarking.run(state, name, words);
            case "who" ->
                state.current()
                        .map(place -> Step.of(state, new Effect.Who(place)))
                        .orElseGet(() -> Answers.hint(state, "open a channel first"));
            case "persona" ->
                words.isEmpty()
                        ? Answers.hint(state, "give the name of a persona: /persona NAME")
                        : Opening.speak(state, words);
            case "transcript" ->
                state.current()
                        .map(place -> Step.of(state, new Effect.Transcribe(place, words.equals("off") ? "" : words)))
                        .orElseGet(() -> Answers.hint(state, "choose a conversation first: F2"));
            case "search" ->
                state.current().isEmpty() || words.isEmpty()
                        ? Answers.hint(state, "give the words to search for: /search WORDS")
                        : Step.of(state, new Effect.Search(state.current().get(), words));
            default ->
                Step.of(StateBuilder.builder(before)
                        .hint("unknown command: F1 lists all; // sends a slash")
                        .build());
        };
    }

    static Step list(State state) {
        boolean shown = Geometry.of(state).list() > 0;
        return Step.of(StateBuilder.builder(state).list(Optional.of(!shown)).build());
    }

    static Step burn(State state, String words) {
        Options old = state.options();
        boolean on = words.isEmpty() ? !old.burn() : words.equals("on");
        return Answers.options(
                state,
                OptionsBuilder.builder(old).burn(on).build(),
                on ? "burn is on: each reader can read new messages once" : "burn is off");
    }

    static Step sign(State state, String words) {
        Options old = state.options();
        boolean on = words.isEmpty() ? !old.sign() : words.equals("on");
        return Answers.options(
                state,
                OptionsBuilder.builder(old).sign(on).build(),
                on ? "signing is on: readers can prove, forever, who wrote new messages" : "signing is off");
    }

    static Step ttl(State state, String words) {
        Options old = state.options();
        if (words.isEmpty() || words.equals("off")) {
            return Answers.options(
                    state,
                    OptionsBuilder.builder(old).ttl(Optional.empty()).build(),
                    "time to live: each reader's own setting");
        }
        return SlashCommands.ttl(words)
                .map(ttl -> Answers.options(
                        state,
                        OptionsBuilder.builder(old).ttl(Optional.of(ttl)).build(),
                        "time to live of new messages: " + words))
                .orElseGet(() -> Answers.hint(state, "a time to live must be 1m to 45d: /ttl 15m"));
    }

    static Step carrier(State state, String words) {
        Options old = state.options();
        if (words.isEmpty()) {
            return Answers.options(
                    state,
                    OptionsBuilder.builder(old).carrier(Optional.empty()).build(),
                    "carrier: the default setting");
        }
        return state.status().carriers().contains(words)
                ? Answers.options(
                        state,
                        OptionsBuilder.builder(old).carrier(Optional.of(words)).build(),
                        "carrier of new messages: " + words)
                : Answers.hint(
                        state,
                        "the carriers are " + String.join(", ", state.status().carriers()));
    }

    /** Switches to the next carrier; after the last one, to none. */
    static Step nextCarrier(State state) {
        List<String> all = new ArrayList<>(state.status().carriers());
        int next = state.options().carrier().map(all::indexOf).orElse(-1) + 1;
        return carrier(state, next < all.size() ? all.get(next) : "");
    }

    /** Switches to the next of a few times to live; after the last one, to none. */
    static Step nextTtl(State state) {
        List<String> all = List.of("15m", "1h", "1d", "7d");
        int next = 0;
        for (int i = 0; i < all.size(); i++) {
            if (state.options().ttl().equals(SlashCommands.ttl(all.get(i)))) {
                next = i + 1;
            }
        }
        return ttl(state, next < all.size() ? all.get(next) : "off");
    }

    /** Returns the message that is named, otherwise the selected one. */
    private static Optional<Long> number(State state, String words) {
        if (words.isEmpty()) {
            return state.history().selected();
        }
        return words.matches("[0-9]{1,15}") ? Optional.of(Long.parseLong(words)) : Optional.empty();
    }

    static Step recall(State state, String words) {
        History history = state.history();
        Optional<Long> wanted = number(state, words);
        if (wanted.isEmpty() && words.isEmpty()) {
            wanted = lastOfOurs(history);
        }
        Optional<Line> line = wanted.map(history.loaded()::get);
        if (state.current().isEmpty() || line.isEmpty() || line.get().delivery().isEmpty()) {
            return Answers.hint(state, "choose one of your messages with Ctrl-↑, or give its number");
        }
        Messages.State stands = line.get().delivery().get().state();
        boolean left = !stands.isWaiting();
        return Step.of(state, new Effect.TakeBack(state.current().get(), wanted.get(), left));
    }

    static Optional<Long> lastOfOurs(History history) {
        for (int i = history.ids().size() - 1; i >= 0; i--) {
            Optional<Line> line = history.at(i);
            if (line.filter(each ->
                            each.kind() == Line.Kind.OURS && each.delivery().isPresent())
                    .isPresent()) {
                return Optional.of(history.ids().get(i));
            }
        }
        return Optional.empty();
    }

    static Step inspect(State state, String words) {
        Optional<Long> wanted = number(state, words);
        if (wanted.isEmpty() && words.isEmpty() && !state.history().ids().isEmpty()) {
            wanted = Optional.of(state.history().ids().get(state.history().ids().size() - 1));
        }
        if (state.current().isEmpty() || wanted.filter(id -> id > 0).isEmpty()) {
            return Answers.hint(state, "choose a message with Ctrl-↑, or give its number");
        }
        return Step.of(state, new Effect.Inspect(state.current().get(), wanted.get()));
    }

    static Step read(State state, String words) {
        Optional<ConversationAddress> place = state.current();
        Optional<Long> wanted = number(state, words).filter(id -> id > 0);
        return place.isEmpty() || wanted.isEmpty()
                ? Answers.hint(state, "choose a message with Ctrl-↑, or give its number")
                : Step.of(state, new Effect.Read(place.get(), wanted.get()));
    }

    /** Selects the next message up or down. */
    static State select(State state, int by) {
        History history = state.history();
        if (history.ids().isEmpty()) {
            return state;
        }
        int at = history.selected()
                .flatMap(id -> Scroll.position(history, id))
                .map(position -> position + by)
                .orElse(by < 0 ? history.bottom() - 1 : history.ids().size());
        if (at >= history.ids().size()) {
            return StateBuilder.builder(state)
                    .history(HistoryBuilder.builder(history)
                            .selected(Optional.empty())
                            .build())
                    .build();
        }
        int place = Math.max(0, at);
        State chosen = StateBuilder.builder(state)
                .history(HistoryBuilder.builder(history)
                        .selected(Optional.of(history.ids().get(place)))
                        .build())
                .build();
        return StateBuilder.builder(chosen)
                .history(Scroll.show(chosen, place))
                .hint("message " + history.ids().get(place) + ": F8 recalls, F9 inspects, Enter reads, /reply answers")
                .build();
    }
}
