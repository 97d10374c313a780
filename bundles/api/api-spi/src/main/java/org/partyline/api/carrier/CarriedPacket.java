package org.partyline.api.carrier;

import java.time.Instant;
import java.util.Optional;
import org.partyline.api.TxId;

/**
 * A packet of an outgoing message.
 *
 * @param bytes the sealed packet
 * @param isSigned whether a signed transaction is stored for it
 * @param transaction the latest transaction that carries or carried it; empty if none
 * @param tried when it was last handed to a node; otherwise the epoch
 * @param left when a node first showed it, whatever happened to its transaction later; empty: no node has
 */
public record CarriedPacket(
        byte[] bytes,
        PacketState state,
        boolean isSigned,
        Optional<TxId> transaction,
        Instant tried,
        Optional<Instant> left) {
    /** Whether it has not been paid for yet. */
    public boolean isWaiting() {
        return state == PacketState.SEALED && !isSigned;
    }

    /** Whether nodes have accepted it, although it may be about to move to another transaction. */
    public boolean isOut() {
        return state != PacketState.SEALED || left.isPresent();
    }

    /** Whether nodes showed it in a transaction that cannot be mined: it must be sent in another one. */
    public boolean ridesAgain() {
        return isWaiting() && left.isPresent();
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "CarriedPacket";
    }
}
