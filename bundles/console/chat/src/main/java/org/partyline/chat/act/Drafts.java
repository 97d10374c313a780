package org.partyline.chat.act;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.partyline.chat.model.ConversationAddress;
import org.partyline.chat.model.State;
import org.partyline.chat.model.Status;

/**
 * Tracks whether the draft of the open conversation is saved. It is saved shortly after the last key press, so that a
 * crash does not lose it. A draft that was sent is deleted at once, so that nobody finds it and sends it twice.
 */
public final class Drafts {
    private static final Duration MOMENT = Duration.ofSeconds(3);

    private Optional<ConversationAddress> place = Optional.empty();
    private String kept = "";

    /** Records the draft in the store, as far as it is known here. */
    public void note(Effect wish) {
        if (wish instanceof Effect.KeepDraft keep) {
            place = Optional.of(keep.place());
            kept = keep.text();
        } else if (wish instanceof Effect.Speak) {
            place = Optional.empty();
            kept = "";
        }
    }

    /** Records the draft in the store, as far as it is known here. */
    public void note(ChatEvent event) {
        if (event instanceof ChatEvent.Draft draft) {
            place = Optional.of(draft.place());
            kept = draft.text();
        }
    }

    /**
     * Returns when the draft must be saved; empty if it is saved, or there is none. @param pressed the time of the last
     * key press
     */
    public Optional<Instant> due(State state, Instant pressed) {
        String text = state.editor().text();
        return isOpen(state)
                        && state.current().isPresent()
                        && !text.isEmpty()
                        && !state.editor().isCommand()
                        && !(state.current().equals(place) && text.equals(kept))
                ? Optional.of(pressed.plus(MOMENT))
                : Optional.empty();
    }

    /** Returns the draft to delete after a key press because it was sent or erased. */
    public Optional<Effect> gone(State before, State after) {
        boolean emptied = isOpen(after)
                && Objects.equals(before.current(), after.current())
                && after.current().equals(place)
                && !kept.isEmpty()
                && !before.editor().text().isEmpty()
                && after.editor().text().isEmpty();
        return emptied ? place.map(here -> new Effect.KeepDraft(here, "")) : Optional.empty();
    }

    private static boolean isOpen(State state) {
        return state.status().store() == Status.Store.OPEN && !state.isLocked();
    }

    /** Does not show the draft. */
    @Override
    public String toString() {
        return "Drafts";
    }
}
