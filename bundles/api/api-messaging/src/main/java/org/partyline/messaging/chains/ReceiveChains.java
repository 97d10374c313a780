package org.partyline.messaging.chains;

import java.time.Duration;
import java.time.Instant;
import org.partyline.api.SecretBytes;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Reads and writes the stored chains of other senders. */
public final class ReceiveChains {
    /** How long an unmatched packet, or one that waits for a suite, is kept (PROTOCOL 5). */
    public static final Duration PATIENCE = Duration.ofHours(24);

    private ReceiveChains() {}

    /** Stores a chain in its current state. */
    public static void putChain(StoreTransaction tx, ReceiveChainRecord entry, ReceiveChain chain)
            throws StoreException {
        try (SecretBytes state = chain.encode()) {
            Tables.putSecret(
                    tx,
                    ReceiveChainRecord.TABLE,
                    Keys.of(entry.number()),
                    Keys.of(entry.membership()),
                    entry.withChain(state.expose()));
        }
    }

    /** Whether no more packets can arrive on a chain. */
    public static boolean isOver(ReceiveChainState chain, Instant now) {
        if (chain.entry.kind() != ChainKind.CHANNEL) {
            return chain.entry.retires() > 0 && now.toEpochMilli() > chain.entry.retires();
        }
        return now.isAfter(chain.chain.started().plus(PATIENCE).plus(PATIENCE))
                || chain.chain.highest() >= Chains.MAX_MESSAGES - 1
                        && now.isAfter(chain.chain.started().plus(PATIENCE));
    }
}
