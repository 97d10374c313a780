package org.partyline.chat.live;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Messages;
import org.partyline.chat.act.ChatEvent;
import org.partyline.chat.act.Effect;
import org.partyline.chat.model.ConversationAddress;
import org.partyline.chat.screen.Phrases;
import org.partyline.chat.text.Words;

/** Sends replies, reactions, edits and requests to forget, and saves drafts. */
final class Remarker {
    private final Services services;
    private final Words words;
    private final Consumer<ChatEvent> events;

    Remarker(Services services, Words words, Consumer<ChatEvent> events) {
        this.services = services;
        this.words = words;
        this.events = events;
    }

    private Conversations conversations() throws PartylineException {
        return services.conversations()
                .orElseThrow(() -> new PartylineException("the message service is not running: try again shortly"));
    }

    /** Performs an effect, if it is one of these. @param persona the speaking persona */
    void perform(Effect wish, String persona) throws PartylineException {
        if (wish instanceof Effect.React react) {
            told("reaction", conversations().react(react.id(), react.reaction()));
            events.accept(new ChatEvent.Changed(react.place(), react.id()));
        } else if (wish instanceof Effect.Edit edit) {
            told("new text", conversations().edit(edit.id(), edit.text()));
            events.accept(new ChatEvent.Changed(edit.place(), edit.id()));
        } else if (wish instanceof Effect.Forget forget) {
            Conversations.Forgotten forgotten = conversations().forget(forget.id());
            events.accept(new ChatEvent.Lines(forget.place(), List.of(forget.id()), List.of()));
            events.accept(new ChatEvent.Told(words.line("erased on this server"
                    + (forgotten.asked().isPresent()
                            ? "; readers are asked to erase it, for about "
                                    + Phrases.sat(forgotten
                                            .asked()
                                            .get()
                                            .estimatedFee()
                                            .orElse(0L))
                            : forgotten.why().isEmpty() ? "" : "; " + forgotten.why()))));
        } else if (wish instanceof Effect.KeepDraft keep) {
            if (services.conversations().isPresent()) {
                keep(place(persona, keep.place()), keep.text());
            }
        } else if (wish instanceof Effect.Draft draft
                && services.conversations().isPresent()) {
            Conversations.Place place = place(persona, draft.place());
            Optional<String> text = conversations().draft(place);
            if (text.isPresent() && services.draftOwners().claim(place, this)) {
                events.accept(new ChatEvent.Draft(draft.place(), text.get()));
            }
        }
    }

    /** The text written last is saved. An empty input line does not delete another screen's draft. */
    private void keep(Conversations.Place place, String text) throws PartylineException {
        DraftOwners owners = services.draftOwners();
        if (!text.isEmpty()) {
            conversations().keepDraft(place, text);
            owners.take(place, this);
        } else if (owners.claim(place, this)) {
            conversations().keepDraft(place, text);
            owners.release(place, this);
        }
    }

    /** Releases its drafts to other screens. */
    void close() {
        services.draftOwners().release(this);
    }

    private static Conversations.Place place(String persona, ConversationAddress place) {
        return new Conversations.Place(Optional.of(persona), place.direct(), place.name());
    }

    private void told(String what, Messages.Receipt receipt) {
        events.accept(new ChatEvent.Told(words.line(what
                + (receipt.waits().isEmpty() ? " sent" : " queued")
                + receipt.estimatedFee()
                        .map(fee -> ", " + Phrases.atMost(fee, receipt.margin()))
                        .orElse(""))));
    }
}
