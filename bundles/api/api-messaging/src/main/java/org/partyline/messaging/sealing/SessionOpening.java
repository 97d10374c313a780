package org.partyline.messaging.sealing;

import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.messaging.mailbox.OutgoingMessage;

/**
 * What a conversation begins with, for a message that is written to it.
 *
 * @param first what was queued to be sent before it; empty: nothing is
 * @param waits what the message waits for because of that, in one line; empty
 */
public record SessionOpening(Optional<First> first, String waits) {
    public static final SessionOpening NOTHING = new SessionOpening(Optional.empty(), "");

    /** What was queued, and how it will go. */
    public record First(OutgoingMessage outgoing, Later outlook) {}

    /** Found out once the transaction is done. */
    @FunctionalInterface
    public interface Later {
        SendPlan get() throws PartylineException;
    }
}
