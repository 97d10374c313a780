package org.partyline.messaging.sealing;

import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.messaging.mailbox.OutgoingMessage;

/**
 * The packets that open a conversation before a message.
 *
 * @param first what was queued to be sent before it; empty: nothing is
 * @param waits what the message waits for because of that, in one line; empty
 */
public record SessionOpening(Optional<First> first, String waits) {
    public static final SessionOpening NOTHING = new SessionOpening(Optional.empty(), "");

    /** The queued packets, and how they will be sent. */
    public record First(OutgoingMessage outgoing, Later outlook) {}

    /** Calculated once the transaction is committed. */
    @FunctionalInterface
    public interface Later {
        SendPlan get() throws PartylineException;
    }
}
