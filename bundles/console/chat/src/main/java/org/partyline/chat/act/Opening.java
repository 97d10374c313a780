package org.partyline.chat.act;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.partyline.chat.model.ConversationAddress;
import org.partyline.chat.model.Editor;
import org.partyline.chat.model.History;
import org.partyline.chat.model.Options;
import org.partyline.chat.model.OptionsBuilder;
import org.partyline.chat.model.PriceTag;
import org.partyline.chat.model.State;
import org.partyline.chat.model.StateBuilder;
import org.partyline.chat.model.Talk;

/** Switches between conversations. Each draft stays in its conversation. */
final class Opening {
    private Opening() {}

    static Step open(State state, ConversationAddress place) {
        if (state.current().equals(Optional.of(place))) {
            return Step.of(StateBuilder.builder(state).popup(Optional.empty()).build());
        }
        Map<ConversationAddress, Editor> drafts = new HashMap<>(state.drafts());
        state.current().ifPresent(from -> drafts.put(from, state.editor()));
        Editor begun = drafts.getOrDefault(place, new Editor("", 0, List.of(), 0, ""));
        int fresh = state.talks().stream()
                .filter(talk -> talk.place().equals(place))
                .mapToInt(Talk::unread)
                .findFirst()
                .orElse(0);
        State there = StateBuilder.builder(state)
                .current(Optional.of(place))
                .drafts(drafts)
                .editor(begun)
                .options(OptionsBuilder.builder(state.options())
                        .answers(Optional.empty())
                        .build())
                .history(History.EMPTY)
                .pieces("")
                .price(PriceTag.NONE)
                .popup(Optional.empty())
                .hint("")
                .build();
        List<Effect> wishes = new ArrayList<>();
        keep(state).ifPresent(wishes::add);
        wishes.add(new Effect.Order(place, fresh));
        wishes.add(new Effect.Draft(place));
        price(there).ifPresent(wishes::add);
        return new Step(there, wishes);
    }

    /**
     * Switches to another persona. No conversation is open until its conversations are listed, so that nothing is sent
     * to the wrong one.
     */
    static Step speak(State state, String persona) {
        State nobody = StateBuilder.builder(state.emptied())
                .options(Options.USUAL)
                .hint("")
                .build();
        return Step.of(nobody, new Effect.Speak(persona), new Effect.Look());
    }

    /** Opens the first conversation, which the user did not choose: text that was typed before it was found is kept. */
    static Step first(State state, ConversationAddress place) {
        if (state.current().isPresent() || state.editor().text().isEmpty()) {
            return under(state, open(state, place));
        }
        Map<ConversationAddress, Editor> drafts = new HashMap<>(state.drafts());
        drafts.put(place, state.editor());
        return under(state, open(StateBuilder.builder(state).drafts(drafts).build(), place));
    }

    private static Step under(State before, Step step) {
        return new Step(StateBuilder.builder(step.state()).popup(before.popup()).build(), step.wishes());
    }

    /** Saves the draft, sealed, until it is continued. */
    private static Optional<Effect> keep(State state) {
        String text = state.editor().text();
        return state.isLocked() || state.editor().isCommand()
                ? Optional.empty()
                : state.current().map(place -> new Effect.KeepDraft(place, text));
    }

    /** Saves the draft during a pause in typing, in case the server ends now. */
    static Step pause(State state) {
        return new Step(state, keep(state).stream().toList());
    }

    /** Closes the chat. */
    static Step leave(State state) {
        return kept(state, new Effect.Quit());
    }

    /** Hides everything until someone opens the store. */
    static Step lock(State state) {
        return kept(state, new Effect.Lock());
    }

    private static Step kept(State state, Effect then) {
        List<Effect> wishes = new ArrayList<>();
        keep(state).ifPresent(wishes::add);
        wishes.add(then);
        return new Step(state, wishes);
    }

    /** Asks for the price of the text, if it is unknown. */
    static Step priced(State state) {
        return new Step(state, price(state).stream().toList());
    }

    private static Optional<Effect> price(State state) {
        String text = state.editor().text();
        return state.current().isEmpty()
                        || text.isBlank()
                        || state.editor().isCommand()
                        || state.price().text().equals(text)
                ? Optional.empty()
                : Optional.of(new Effect.Price(state.current().get(), text, state.options()));
    }

    /** Moves by this many conversations in the list, wrapping around its ends. */
    static Step next(State state, int by) {
        List<ConversationAddress> places =
                state.talks().stream().map(Talk::place).toList();
        if (places.isEmpty()) {
            return Step.of(state);
        }
        int at = state.current().map(places::indexOf).orElse(-1);
        return open(state, places.get(Math.floorMod(at < 0 ? 0 : at + by, places.size())));
    }

    /** Switches to the next conversation with unread messages. */
    static Step nextUnread(State state) {
        List<Talk> talks = state.talks();
        int at = 0;
        for (int i = 0; i < talks.size(); i++) {
            if (state.current().equals(Optional.of(talks.get(i).place()))) {
                at = i;
            }
        }
        for (int i = 1; i <= talks.size(); i++) {
            Talk talk = talks.get((at + i) % talks.size());
            if (talk.unread() > 0) {
                return open(state, talk.place());
            }
        }
        return Step.of(StateBuilder.builder(state).hint("no unread messages").build());
    }
}
