package org.partyline.api.carrier;

import java.time.Instant;
import java.util.Optional;
import org.partyline.api.TxId;

/**
 * A packet of an outgoing message.
 *
 * @param bytes the sealed packet
 * @param isSigned whether a transaction is stored for it
 * @param transaction that carries it, or carried it last; empty: none did
 * @param tried when it was last handed to a node; the epoch before
 * @param left when it left, whatever became of its transaction; empty: no node has shown it
 */
public record CarriedPacket(
        byte[] bytes,
        PacketState state,
        boolean isSigned,
        Optional<TxId> transaction,
        Instant tried,
        Optional<Instant> left) {
    /** Whether it waits to be paid for. */
    public boolean isWaiting() {
        return state == PacketState.SEALED && !isSigned;
    }

    /** Whether nodes took it, though it may be about to go in another transaction now. */
    public boolean isOut() {
        return state != PacketState.SEALED || left.isPresent();
    }

    /** Whether nodes showed it in a transaction that will be in no block: it is to go in another one. */
    public boolean ridesAgain() {
        return isWaiting() && left.isPresent();
    }

    /** Shows nothing of what it holds. */
    @Override
    public String toString() {
        return "CarriedPacket";
    }
}
