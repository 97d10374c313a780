package org.partyline.messaging.mailbox;

import java.util.Collection;
import org.partyline.api.engine.Messages.State;

/**
 * Defines the allowed transitions between states of an outgoing message; no other class knows them. A packet's state
 * changes by {@link PacketEvent}s. From sealing on, a message's state follows from those of its packets until a {@link
 * MessageEvent} ends it; a recall or its expiry ends it only if no block contains it. An event that is impossible in a
 * state does not change it. No message is stored as {@link State#ON_HOLD}, which is only shown.
 */
final class Delivery {
    private Delivery() {}

    /** The state of a packet after an event. @param state SEALED, SENT, RELAYED, CONFIRMED or REPLACED */
    static State packet(State state, PacketEvent event) {
        return switch (event) {
            case TAKEN -> state == State.SEALED ? State.SENT : state;
            case SHOWN -> isOnItsWay(state) ? State.RELAYED : state;
            // Even one in the state REPLACED: an old version may be mined.
            case MINED -> State.CONFIRMED;
            // Other nodes had it, so it is not paid for again.
            case BLOCK_GONE -> state == State.CONFIRMED ? State.RELAYED : state;
            case TRANSACTION_GONE -> isOnItsWay(state) ? State.SEALED : state;
            // If no node showed it, it may have reached nobody.
            case SUPERSEDED -> state == State.RELAYED ? State.REPLACED : state == State.SENT ? State.SEALED : state;
            case RETIRED -> state == State.SEALED ? State.REPLACED : state;
        };
    }

    private static boolean isOnItsWay(State packet) {
        return packet == State.SEALED || packet == State.SENT || packet == State.RELAYED;
    }

    /** The state of a message after a decision about it. */
    static State message(State state, MessageEvent event) {
        return switch (event) {
            case SEALED -> state == State.QUEUED ? State.SEALED : state;
            case UNSEALED -> state == State.SEALED ? State.QUEUED : state;
            case EXPIRED -> isUnderWay(state) ? State.EXPIRED : state;
            case FAILED -> isUnderWay(state) ? State.FAILED : state;
            // In any state: everything that has left is replaced, as far as possible.
            case RECALLED -> State.RECALLED;
        };
    }

    private static boolean isUnderWay(State message) {
        return switch (message) {
            case ON_HOLD, QUEUED, SEALED, SENT, RELAYED -> true;
            case CONFIRMED, REPLACED, EXPIRED, RECALLED, FAILED -> false;
        };
    }

    /**
     * The state of a message, given its previous state and its packets' states.
     *
     * @param packets empty: not sealed yet
     * @param readable whether a reader who was absent can read it: if the opener of its chain is lost, its being in a
     *     block does not help such a reader
     */
    static State message(State state, Collection<State> packets, boolean readable) {
        State after = message(state, packets);
        return after == State.CONFIRMED && !readable ? State.REPLACED : after;
    }

    /** The same for a message that a reader who was absent can read. */
    static State message(State state, Collection<State> packets) {
        return switch (state) {
            case ON_HOLD, QUEUED, FAILED -> state;
            // A packet in a block cannot be recalled, and a block may contain one whose time to live has ended.
            case RECALLED, EXPIRED ->
                !packets.isEmpty() && packets.stream().allMatch(packet -> packet == State.CONFIRMED)
                        ? State.CONFIRMED
                        : state;
            case SEALED, SENT, RELAYED, CONFIRMED, REPLACED -> packets.isEmpty() ? state : least(packets);
        };
    }

    /** The least advanced state of the packets. If none is in flight any more, one that is not in a block counts. */
    private static State least(Collection<State> packets) {
        for (State state : new State[] {State.SEALED, State.SENT, State.RELAYED, State.REPLACED}) {
            if (packets.contains(state)) {
                return state;
            }
        }
        return State.CONFIRMED;
    }
}
