package org.partyline.chat.act;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.partyline.chat.model.Editor;
import org.partyline.chat.model.History;
import org.partyline.chat.model.HistoryBuilder;
import org.partyline.chat.model.OptionsBuilder;
import org.partyline.chat.model.Popup;
import org.partyline.chat.model.PriceTag;
import org.partyline.chat.model.State;
import org.partyline.chat.model.StateBuilder;
import org.partyline.chat.screen.Geometry;
import org.partyline.chat.screen.Painter;
import org.partyline.chat.screen.Phrases;
import org.partyline.chat.screen.Scroll;
import org.partyline.chat.text.Columns;

/** Handles key presses. */
final class KeyHandler {
    private static final int WHEEL = 3;
    /** Many times the length of a message; a longer paste is a mistake. */
    private static final int MOST_TYPED = 64 * 1024;

    /** They are invisible, and not allowed in messages. */
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}&&[^\n\t]]");

    private KeyHandler() {}

    static Step press(State state, Key key) {
        switch (key.kind()) {
            case QUIT:
                return Opening.leave(state);
            case REDRAW:
                return Step.of(state, new Effect.Redraw());
            case CLOSE:
                return state.isLocked() || state.editor().text().isEmpty()
                        ? Opening.leave(state)
                        : typed(state, state.editor().delete());
            default:
                // While locked, no other keys have any effect.
                return state.isLocked() ? Step.of(state) : open(state, key);
        }
    }

    private static Step open(State state, Key key) {
        return state.popup().isPresent() ? popup(state, state.popup().get(), key) : key(quiet(state, key), key);
    }

    /** Removes the hint about the last key; only Enter accepts an offer. */
    private static State quiet(State state, Key key) {
        return StateBuilder.builder(state)
                .hint("")
                .price(
                        key.kind() == Key.Kind.ENTER
                                ? state.price()
                                : state.price().offered(false))
                .build();
    }

    private static Step popup(State state, Popup popup, Key key) {
        int page = Math.max(1, Geometry.of(state).height() - 2);
        return switch (key.kind()) {
            case UP, WHEEL_UP -> turned(state, popup, -1);
            case DOWN, WHEEL_DOWN -> turned(state, popup, 1);
            case PAGE_UP -> turned(state, popup, -page);
            case PAGE_DOWN -> turned(state, popup, page);
            case ESCAPE, ENTER, HELP, INSPECT ->
                Step.of(StateBuilder.builder(state).popup(Optional.empty()).build());
            default ->
                key(
                        StateBuilder.builder(quiet(state, key))
                                .popup(Optional.empty())
                                .build(),
                        key);
        };
    }

    private static Step turned(State state, Popup popup, int by) {
        int rows = Geometry.of(state).height() - 1;
        int lines = popup.lines().stream()
                .mapToInt(line -> Columns.wrap(
                                line, Math.max(1, Geometry.of(state).width() - 2))
                        .size())
                .sum();
        int first = Math.max(0, Math.min(popup.first() + by, lines - rows));
        return Step.of(StateBuilder.builder(state)
                .popup(Optional.of(new Popup(popup.title(), popup.lines(), first)))
                .build());
    }

    private static Step key(State state, Key key) {
        Editor editor = state.editor();
        return switch (key.kind()) {
            case TEXT -> typed(state, editor.insert(key.text()));
            case PASTE -> pasted(state, key.text());
            case NEWLINE -> typed(state, editor.insert("\n"));
            case BACKSPACE -> typed(state, editor.backspace());
            case DELETE -> typed(state, editor.delete());
            case LEFT -> typed(state, editor.left());
            case RIGHT -> typed(state, editor.right());
            case WORD_LEFT -> typed(state, editor.wordLeft());
            case WORD_RIGHT -> typed(state, editor.wordRight());
            case HOME -> typed(state, editor.home());
            case END ->
                editor.text().isEmpty() ? moved(state, Scroll.end(state.history())) : typed(state, editor.end());
            case UP -> typed(state, editor.up());
            case DOWN -> typed(state, editor.down());
            case CUT_WORD -> typed(state, editor.cutWord());
            case CLEAR -> typed(state, editor.with(""));
            case CUT_TO_END -> typed(state, editor.cutToEnd());
            case ENTER -> enter(state);
            case TAB -> Step.of(SlashCommands.complete(state));
            default -> other(state, key);
        };
    }

    private static Step other(State state, Key key) {
        int page = Math.max(1, Geometry.of(state).height() - 2);
        return switch (key.kind()) {
            case PAGE_UP -> moved(state, Scroll.up(state, page));
            case PAGE_DOWN -> moved(state, Scroll.down(state, page));
            case WHEEL_UP -> moved(state, Scroll.up(state, WHEEL));
            case WHEEL_DOWN -> moved(state, Scroll.down(state, WHEEL));
            case TOP -> moved(state, Scroll.begin(state));
            case BOTTOM -> moved(state, Scroll.end(state.history()));
            case ESCAPE -> Step.of(unselected(state));
            case SUSPEND ->
                Step.of(StateBuilder.builder(state)
                        .hint("suspending is not available: Ctrl-C leaves and keeps an unfinished text")
                        .build());
            case HELP ->
                Step.of(StateBuilder.builder(state)
                        .popup(Optional.of(HelpText.popup(state.zone())))
                        .build());
            case LIST -> Commanding.list(state);
            case SEARCH -> search(state);
            case BURN -> Commanding.burn(state, "");
            case TTL -> Commanding.nextTtl(state);
            case SIGN -> Commanding.sign(state, "");
            case CARRIER -> Commanding.nextCarrier(state);
            case RECALL -> Commanding.recall(state, "");
            case INSPECT -> Commanding.inspect(state, "");
            case NEXT -> Opening.next(state, 1);
            case PREVIOUS -> Opening.next(state, -1);
            case NEXT_UNREAD -> Opening.nextUnread(state);
            case SELECT_UP -> loading(Commanding.select(state, -1));
            case SELECT_DOWN -> loading(Commanding.select(state, 1));
            case CLICK ->
                Painter.talkAt(state, key.row(), key.column())
                        .map(place -> Opening.open(state, place))
                        .orElseGet(() -> Step.of(state));
            default -> Step.of(state);
        };
    }

    private static State unselected(State state) {
        return StateBuilder.builder(state)
                .history(HistoryBuilder.builder(state.history())
                        .selected(Optional.empty())
                        .build())
                .build();
    }

    private static Step search(State state) {
        Optional<String> last = state.editor().sent().stream()
                .filter(line -> line.startsWith("/search "))
                .reduce((one, next) -> next);
        if (state.editor().text().isEmpty() && state.history().selected().isPresent() && last.isPresent()) {
            return Commanding.run(state, last.get());
        }
        return typed(state, state.editor().with("/search "));
    }

    private static Step moved(State state, History history) {
        return loading(StateBuilder.builder(state).history(history).build());
    }

    private static Step loading(State state) {
        return Window.missing(state).map(wish -> Step.of(state, wish)).orElseGet(() -> Step.of(state));
    }

    private static Step pasted(State state, String text) {
        String lines =
                CONTROL.matcher(text.replace("\r\n", "\n").replace('\r', '\n')).replaceAll("");
        if (lines.length() > MOST_TYPED) {
            return Step.of(StateBuilder.builder(state)
                    .hint("the pasted text is too long for a message and was not inserted")
                    .build());
        }
        return typed(state, state.editor().insert(lines));
    }

    private static Step typed(State state, Editor editor) {
        if (editor.text().length() > MOST_TYPED) {
            return Step.of(state);
        }
        State changed = StateBuilder.builder(state).editor(editor).build();
        return Opening.priced(changed);
    }

    private static Step enter(State state) {
        String text = state.editor().text();
        if (text.isBlank()) {
            return state.history().selected().isPresent() ? Commanding.read(state, "") : Step.of(state);
        }
        if (state.editor().isCommand()) {
            return Commanding.run(state, text);
        }
        if (state.current().isEmpty()) {
            return Step.of(StateBuilder.builder(state)
                    .hint("choose a conversation first: F2")
                    .build());
        }
        if (state.price().text().equals(text) && !state.price().refusal().isEmpty()) {
            return Step.of(
                    StateBuilder.builder(state).hint(state.price().refusal()).build());
        }
        boolean several =
                state.price().text().equals(text) && !state.price().parts().isEmpty();
        if (several && !state.price().offered()) {
            return Step.of(StateBuilder.builder(state)
                    .price(state.price().offered(true))
                    .hint(Phrases.offer(state.price()))
                    .build());
        }
        String words = text.startsWith("//") ? text.substring(1) : text;
        State sending = StateBuilder.builder(state)
                .editor(state.editor().sent(text))
                .price(PriceTag.NONE)
                .options(OptionsBuilder.builder(state.options())
                        .answers(Optional.empty())
                        .build())
                .hint("…")
                .history(Scroll.end(state.history()))
                .build();
        List<Effect> wishes = new ArrayList<>(List.of(
                several
                        ? new Effect.SendParts(
                                state.current().get(), state.price().parts(), state.options())
                        : new Effect.Send(state.current().get(), words, state.options())));
        Window.missing(sending).ifPresent(wishes::add);
        return new Step(sending, wishes);
    }
}
