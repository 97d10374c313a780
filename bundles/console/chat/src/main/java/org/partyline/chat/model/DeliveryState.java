package org.partyline.chat.model;

import java.time.Instant;
import java.util.OptionalInt;
import org.partyline.api.engine.Messages.Doubt;
import org.partyline.api.engine.Messages.State;

/**
 * The delivery state of a message of ours.
 *
 * @param state as the engine has it
 * @param reason why it waits or failed, safe to paint; empty
 * @param queued when it was stored
 * @param done packets that have left
 * @param packets that it has; 0: not known yet
 * @param nodes how many nodes show all of it
 * @param block the one it is in
 * @param confirmations how many blocks have it or build on it
 * @param fee satoshi that it cost
 * @param carrier how it travels
 * @param reached what a receipt told of it
 * @param doubt whether it may not have been read
 */
public record DeliveryState(
        State state,
        String reason,
        Instant queued,
        int done,
        int packets,
        int nodes,
        OptionalInt block,
        OptionalInt confirmations,
        long fee,
        String carrier,
        Reached reached,
        Doubt doubt) {
    /** How far a message is known to have travelled. */
    public enum Reached {
        /** No receipt came. */
        UNKNOWN,
        /** Its reader's server has it. */
        DELIVERED,
        /** Its reader was shown it. */
        READ
    }
}
