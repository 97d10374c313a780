package org.partyline.engine;

import java.util.Optional;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Wallet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the change of running rolls from being spent: what is built on a version goes with it when the next one takes its place. */
final class HeldChange {
    private static final Logger LOG = LoggerFactory.getLogger(HeldChange.class);

    private final Core core;
    private final Rolls rolls;

    HeldChange(Core core, Rolls rolls) {
        this.core = core;
        this.rolls = rolls;
    }

    /** Keeps the change of the current version from being spent, or lets it be spent again. */
    void hold(Roll roll, boolean held) {
        hold(roll, roll.raw(), held);
    }

    /** The same of another version. */
    void hold(Roll roll, byte[] version, boolean held) {
        Optional<Wallet> wallet = core.nodes.wallet(roll.wallet());
        if (wallet.isEmpty()) {
            return;
        }
        try {
            SignedTransaction transaction =
                    new SignedTransaction(TransactionScanner.id(version), version, roll.vsize(), roll.fee());
            wallet.get().hold(Rolls.account(roll.persona()), transaction, held);
        } catch (NodeUnavailableException e) {
            LOG.info("the rolling transaction's change is told of later: {}", e.getMessage());
        }
    }

    /** After a start: wallets are told again which change is held. */
    void reserveAll() throws StoreException {
        for (Roll roll : rolls.all()) {
            Optional<Wallet> wallet = core.nodes.wallet(roll.wallet());
            if (wallet.isPresent()) {
                try {
                    wallet.get().reserve(Rolls.account(roll.persona()), Rolls.signed(roll));
                    wallet.get().hold(Rolls.account(roll.persona()), Rolls.signed(roll), true);
                } catch (NodeUnavailableException e) {
                    LOG.debug("a rolling transaction is told of later: {}", e.getMessage());
                }
            }
        }
    }
}
