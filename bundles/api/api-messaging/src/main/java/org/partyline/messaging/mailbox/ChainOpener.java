package org.partyline.messaging.mailbox;

import java.time.Duration;
import java.util.Optional;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.chains.SendChainRecord;

/**
 * The state of the packet that opened a chain of ours: a reader who missed it cannot read the rest of the chain
 * (PROTOCOL 5, "Openers must last").
 */
public enum ChainOpener {
    /**
     * It was replaced, recalled or given up, or its time ended before it was in a block, or it was in a block too late.
     */
    LOST,
    /** It is in flight in a transaction that may be replaced. */
    PASSING,
    /** It is in a block, or was sent in its own transaction. */
    LASTING;

    /** How long a channel's chain is used at most. */
    public static final Duration CHAIN_LIFE = Duration.ofHours(24);

    /**
     * The state of the opener of the chain that we send on. Part of the caller's transaction. @param now in
     * milliseconds
     */
    public static ChainOpener of(StoreTransaction tx, SendChainRecord chain, long now) throws StoreException {
        Optional<OutgoingMessage> opener = OutgoingRecords.find(tx, chain.opener());
        if (opener.isEmpty()) {
            return chain.mined() ? LASTING : LOST;
        }
        // An opener that was sealed again opens another chain.
        return opener.get().opens() && opener.get().session().equals(chain.name()) ? of(opener.get(), now) : LOST;
    }

    /** The state of the first packet of a message that opens a chain. @param now in milliseconds */
    public static ChainOpener of(OutgoingMessage opener, long now) {
        if (isMined(opener)) {
            return LASTING;
        }
        return switch (opener.state()) {
            case ON_HOLD, QUEUED, REPLACED, EXPIRED, RECALLED, FAILED -> LOST;
            case SEALED, SENT, RELAYED, CONFIRMED -> onItsWay(opener, now);
        };
    }

    private static ChainOpener onItsWay(OutgoingMessage opener, long now) {
        if (opener.isLate() || opener.parts().get(0).state() == State.REPLACED || now >= opener.expires()) {
            return LOST;
        }
        return opener.carrier().equals(Carrier.CONFIRM.id()) ? LASTING : PASSING;
    }

    /** Whether the opener of the chain that we send on is in a block. Part of the caller's transaction. */
    public static boolean isMined(StoreTransaction tx, SendChainRecord chain) throws StoreException {
        return OutgoingRecords.find(tx, chain.opener())
                .map(ChainOpener::isMined)
                .orElse(chain.mined());
    }

    private static boolean isMined(OutgoingMessage opener) {
        return !opener.isLate()
                && !opener.parts().isEmpty()
                && opener.parts().get(0).state() == State.CONFIRMED;
    }

    /**
     * Whether messages with a carrier may use the chain: packets that are meant to stay in a block need an opener that
     * stays.
     *
     * @param carrier its id
     */
    public boolean carries(String carrier) {
        return this == LASTING || this == PASSING && !carrier.equals(Carrier.CONFIRM.id());
    }
}
