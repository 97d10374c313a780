package org.partyline.api.sending;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.Part;
import org.partyline.api.engine.Messages.Recalled;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.json.Json;
import org.partyline.api.json.RecallView;
import org.partyline.api.store.Store;

/** Recalls a message once for each key, although a recall takes more than one transaction of the store. */
public final class RecallOnce {
    private final Messages messages;
    private final Store store;
    private final SendOnce once;

    public RecallOnce(Messages messages, Store store, SendOnce once) {
        this.messages = messages;
        this.store = store;
        this.once = once;
    }

    /**
     * The answer to a call.
     *
     * @param recalled empty: the call repeats another, and nothing was done
     * @param document the first answer, as {@code recall --json} prints it
     */
    public record Answer(Optional<Recalled> recalled, String document) {}

    /**
     * Recalls a message, or repeats the earlier answer.
     *
     * @param cancels whether a message that has not left is cancelled; otherwise the call is refused
     * @throws KeyUsedException if the key was used for something else
     */
    public Answer recall(SendOnce.Call call, Outgoing outgoing, boolean cancels) throws PartylineException {
        SendOnce.Begun begun = once.begin(store, call, outgoing.fee());
        if (begun.answer().isPresent()) {
            return new Answer(Optional.empty(), begun.answer().get());
        }
        Recalled recalled;
        try {
            recalled = recalled(outgoing, begun.noted(), cancels);
        } catch (PartylineException e) {
            if (outgoing.state() == State.RECALLED
                    || messages.outgoing(outgoing.id()).state() != State.RECALLED) {
                once.drop(store, call);
            }
            throw e;
        }
        String document = Json.write(RecallView.of(recalled));
        once.finish(store, call, document);
        return new Answer(Optional.of(recalled), document);
    }

    /** @param paid what the message had cost before the same call began without being answered; empty: it begins now */
    private Recalled recalled(Outgoing outgoing, OptionalLong paid, boolean cancels) throws PartylineException {
        if (cancels && outgoing.state().isWaiting()) {
            try {
                return new Recalled(messages.cancel(outgoing.id()), 0, 0, 0);
            } catch (NoSuchThingException e) {
                // Unless it has left meanwhile.
                if (messages.outgoing(outgoing.id()).state().isWaiting()) {
                    throw e;
                }
            }
        }
        if (outgoing.state() == State.RECALLED && paid.isPresent()) {
            // This part was done before the server was killed; the rest continues by itself.
            List<Part> sent = outgoing.parts().stream()
                    .filter(part -> part.transaction().isPresent())
                    .toList();
            int mined = (int) sent.stream()
                    .filter(part -> part.state() == State.CONFIRMED)
                    .count();
            return new Recalled(outgoing, sent.size() - mined, mined, outgoing.fee() - paid.getAsLong());
        }
        return messages.recall(outgoing.id());
    }
}
