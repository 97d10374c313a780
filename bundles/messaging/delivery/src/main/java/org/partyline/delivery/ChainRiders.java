package org.partyline.delivery;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.mailbox.ChainOpener;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.state.StateGuard;

/**
 * Records at each message whether the packet that opened its chain is lost (PROTOCOL 5, "Openers must last"). It checks
 * the stored state in each round, so it does not matter how an opener was lost, whether it came back, or whether the
 * server was killed meanwhile.
 */
final class ChainRiders {
    private final StateGuard guard;
    private final Clock clock;
    private final Outbox outbox;

    ChainRiders(StateGuard guard, Clock clock, Outbox outbox) {
        this.guard = guard;
        this.clock = clock;
        this.outbox = outbox;
    }

    /** A chain of ours. */
    private record Chain(int conversation, String session) {
        static Chain of(OutgoingMessage outgoing) {
            return new Chain(outgoing.membership(), outgoing.session());
        }
    }

    /** Returns all messages in their state after that. */
    List<OutgoingMessage> settle(List<OutgoingMessage> all) throws StoreException {
        Map<Chain, OutgoingMessage> openers = new HashMap<>();
        for (OutgoingMessage outgoing : all) {
            if (outgoing.opens() && !outgoing.session().isEmpty()) {
                // A session's key may have been repeated.
                openers.merge(Chain.of(outgoing), outgoing, (one, other) -> isLost(one) ? other : one);
            }
        }
        List<OutgoingMessage> settled = new ArrayList<>(all.size());
        for (OutgoingMessage outgoing : all) {
            OutgoingMessage opener = openers.get(Chain.of(outgoing));
            OutgoingMessage now = opener == null || outgoing.opens() ? outgoing : settle(outgoing, opener);
            if (now != null) {
                settled.add(now);
            }
        }
        return settled;
    }

    private @Nullable OutgoingMessage settle(OutgoingMessage outgoing, OutgoingMessage opener) throws StoreException {
        long lostOpener = isLost(opener) ? opener.id() : 0;
        if (outgoing.isLate()) {
            return outgoing;
        }
        return lostOpener == outgoing.lostOpener() || !rides(outgoing)
                ? outgoing
                : outbox.change(
                        outgoing.id(),
                        now -> rides(now) && !now.isLate() && now.session().equals(outgoing.session())
                                ? now.openedBy(lostOpener)
                                : now);
    }

    private boolean isLost(OutgoingMessage opener) {
        return ChainOpener.of(opener, clock.instant().toEpochMilli()) == ChainOpener.LOST;
    }

    /** Whether a message has packets on a chain, and was not ended otherwise. */
    private static boolean rides(OutgoingMessage outgoing) {
        State state = outgoing.state();
        return !outgoing.parts().isEmpty()
                && state != State.EXPIRED
                && state != State.RECALLED
                && state != State.FAILED;
    }

    /**
     * Whether a message must be sealed on another chain: the opener of its own is lost, and nobody can have a packet of
     * it.
     */
    boolean isCutOff(OutgoingMessage outgoing) throws StoreException {
        return outgoing.lostOpener() != 0
                && !guard.open(() -> guard.transact(tx -> KeptTransactionRecords.mayHaveLeft(tx, outgoing)));
    }
}
