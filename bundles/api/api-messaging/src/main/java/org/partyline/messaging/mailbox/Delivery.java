package org.partyline.messaging.mailbox;

import java.util.Collection;
import org.partyline.api.engine.Messages.State;

/**
 * Defines the allowed transitions between states of an outgoing message; no other class knows them. A packet moves by
 * {@link PacketEvent}s. A message is where its packets are, from when it is sealed until it is ended by a
 * {@link MessageEvent}; a recall ends it only as far as no block has it. An event that cannot happen in a state leaves
 * it. No message is stored as {@link State#ON_HOLD}: that is how one is shown.
 */
final class Delivery {
    private Delivery() {}

    /** The state of a packet after an event. @param state SEALED, SENT, RELAYED, CONFIRMED or REPLACED */
    static State packet(State state, PacketEvent event) {
        return switch (event) {
            case TAKEN -> state == State.SEALED ? State.SENT : state;
            case SHOWN -> isOnItsWay(state) ? State.RELAYED : state;
            // Also one that had its time: an old version may be the one that is mined.
            case MINED -> State.CONFIRMED;
            // Others had it, so it is not paid for anew.
            case BLOCK_GONE -> state == State.CONFIRMED ? State.RELAYED : state;
            case TRANSACTION_GONE -> isOnItsWay(state) ? State.SEALED : state;
            // What no node showed may have reached nobody.
            case SUPERSEDED -> state == State.RELAYED ? State.REPLACED : state == State.SENT ? State.SEALED : state;
            case RETIRED -> state == State.SEALED ? State.REPLACED : state;
        };
    }

    private static boolean isOnItsWay(State packet) {
        return packet == State.SEALED || packet == State.SENT || packet == State.RELAYED;
    }

    /** The state of a message after what was decided of it. */
    static State message(State state, MessageEvent event) {
        return switch (event) {
            case SEALED -> state == State.QUEUED ? State.SEALED : state;
            case UNSEALED -> state == State.SEALED ? State.QUEUED : state;
            case EXPIRED -> isUnderWay(state) ? State.EXPIRED : state;
            case FAILED -> isUnderWay(state) ? State.FAILED : state;
            // Whatever had become of it: all that has left is replaced, as far as that goes.
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
     * The state of a message that is in a state, and whose packets are.
     *
     * @param packets none: they are not made yet
     * @param readable whether who comes later can read it: where the packet is lost that opens its chain, a block that has it is of no use
     */
    static State message(State state, Collection<State> packets, boolean readable) {
        State after = message(state, packets);
        return after == State.CONFIRMED && !readable ? State.REPLACED : after;
    }

    /** The same of one that who comes later can read. */
    static State message(State state, Collection<State> packets) {
        return switch (state) {
            case ON_HOLD, QUEUED, EXPIRED, FAILED -> state;
            // A packet in a block cannot be recalled.
            case RECALLED ->
                !packets.isEmpty() && packets.stream().allMatch(packet -> packet == State.CONFIRMED)
                        ? State.CONFIRMED
                        : State.RECALLED;
            case SEALED, SENT, RELAYED, CONFIRMED, REPLACED -> packets.isEmpty() ? state : least(packets);
        };
    }

    /** As far as the last of them. Where nothing is on its way any more, one that is in no block counts. */
    private static State least(Collection<State> packets) {
        for (State state : new State[] {State.SEALED, State.SENT, State.RELAYED, State.REPLACED}) {
            if (packets.contains(state)) {
                return state;
            }
        }
        return State.CONFIRMED;
    }
}
