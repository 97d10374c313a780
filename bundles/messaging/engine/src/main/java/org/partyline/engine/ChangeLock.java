package org.partyline.engine;

import java.util.Optional;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.api.transport.Wallet;
import org.partyline.engine.kernel.Core;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the change of running rolls from being spent: what is built on a version goes with it when the next one takes its place. */
final class ChangeLock {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeLock.class);

    private final Core core;
    private final Batches rolls;

    ChangeLock(Core core, Batches rolls) {
        this.core = core;
        this.rolls = rolls;
    }

    /** Keeps the change of the current version from being spent, or lets it be spent again. */
    void hold(ReplaceableBatch roll, boolean held) {
        hold(roll, roll.raw(), held);
    }

    /** The same of another version. */
    void hold(ReplaceableBatch roll, byte[] version, boolean held) {
        Optional<Wallet> wallet = core.nodes.wallet(roll.wallet());
        if (wallet.isEmpty()) {
            return;
        }
        try {
            SignedTransaction transaction =
                    new SignedTransaction(TransactionScanner.id(version), version, roll.vsize(), roll.fee());
            wallet.get().hold(Batches.account(roll.persona()), transaction, held);
        } catch (NodeUnavailableException e) {
            LOG.info("the rolling transaction's change is told of later: {}", e.getMessage());
        }
    }

    /** After a start: wallets are told again which change is held. */
    void reserveAll() throws StoreException {
        for (ReplaceableBatch roll : rolls.all()) {
            Optional<Wallet> wallet = core.nodes.wallet(roll.wallet());
            if (wallet.isPresent()) {
                try {
                    wallet.get().reserve(Batches.account(roll.persona()), Batches.signed(roll));
                    wallet.get().hold(Batches.account(roll.persona()), Batches.signed(roll), true);
                } catch (NodeUnavailableException e) {
                    LOG.debug("a rolling transaction is told of later: {}", e.getMessage());
                }
            }
        }
    }
}
