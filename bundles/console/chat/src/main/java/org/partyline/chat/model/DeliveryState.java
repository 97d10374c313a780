package org.partyline.chat.model;

import java.time.Instant;
import java.util.OptionalInt;
import org.partyline.api.engine.Messages.Doubt;
import org.partyline.api.engine.Messages.State;

/**
 * The delivery state of a message of ours.
 *
 * @param state the engine's state
 * @param reason why it waits or failed, safe to paint; empty
 * @param queued when it was stored
 * @param done number of packets that have left
 * @param packets its number of packets; 0 if not known yet
 * @param nodes how many nodes report all of it
 * @param block the one it is in
 * @param confirmations number of blocks from that one on
 * @param fee satoshi that it cost
 * @param carrier its carrier
 * @param reached what receipts have reported
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
        /** No receipt has arrived. */
        UNKNOWN,
        /** Its reader's server has it. */
        DELIVERED,
        /** Its reader has seen it. */
        READ
    }
}
