package org.partyline.chat.act;

import java.util.Optional;
import org.partyline.chat.model.History;
import org.partyline.chat.model.Line;
import org.partyline.chat.model.OptionsBuilder;
import org.partyline.chat.model.State;

/**
 * Handles replies, reactions, edits and requests to forget. They apply to the selected message, otherwise to the last
 * one.
 */
final class Remarking {
    private Remarking() {}

    static Step run(State state, String name, String words) {
        if (state.current().isEmpty()) {
            return Answers.hint(state, "choose a conversation first: F2");
        }
        return switch (name) {
            case "reply" -> reply(state);
            case "react" -> react(state, words);
            case "edit" -> edit(state, words);
            default -> forget(state);
        };
    }

    /** Makes the next message answer this one; a second call cancels that. */
    static Step reply(State state) {
        if (state.options().answers().isPresent()) {
            return Answers.options(
                    state,
                    OptionsBuilder.builder(state.options())
                            .answers(Optional.empty())
                            .build(),
                    "the next message is not a reply");
        }
        return chosen(state, Line.Kind.THEIRS)
                .map(id -> Answers.options(
                        state,
                        OptionsBuilder.builder(state.options())
                                .answers(Optional.of(id))
                                .build(),
                        "the next message replies to message " + id))
                .orElseGet(() -> Answers.hint(state, "choose a message with Ctrl-↑"));
    }

    private static Step react(State state, String words) {
        return chosen(state, Line.Kind.THEIRS)
                .map(id -> Step.of(state, new Effect.React(state.current().get(), id, words)))
                .orElseGet(() -> Answers.hint(state, "choose a message with Ctrl-↑, then /react and one character"));
    }

    private static Step edit(State state, String words) {
        Optional<Long> id = chosen(state, Line.Kind.OURS);
        return id.isEmpty() || words.isEmpty()
                ? Answers.hint(state, "choose one of your messages with Ctrl-↑, then /edit and the new text")
                : Step.of(state, new Effect.Edit(state.current().get(), id.get(), words));
    }

    private static Step forget(State state) {
        // Nothing is erased by a guess.
        return state.history()
                .selected()
                .filter(id -> id > 0)
                .map(id -> Step.of(state, new Effect.Forget(state.current().get(), id)))
                .orElseGet(() -> Answers.hint(state, "choose a message with Ctrl-↑, then /forget"));
    }

    /** Returns the selected message, otherwise the last one of a kind. */
    private static Optional<Long> chosen(State state, Line.Kind kind) {
        History history = state.history();
        if (history.selected().isPresent()) {
            return history.selected().filter(id -> id > 0);
        }
        for (int i = history.ids().size() - 1; i >= 0; i--) {
            if (history.at(i).filter(line -> line.kind() == kind).isPresent()) {
                return Optional.of(history.ids().get(i));
            }
        }
        return Optional.empty();
    }
}
