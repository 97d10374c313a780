package org.partyline.engine.delivery;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.api.transport.Wallet;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.store.Cbor;
import org.partyline.engine.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transactions of carriers' records. Their coins are reserved, and their change is spent by nobody: what is built on one goes with it
 * when another takes its place.
 */
public final class KeptTransactions {
    public static final String TABLE = "kept-transactions";

    private static final Logger LOG = LoggerFactory.getLogger(KeptTransactions.class);

    private final Core core;

    public KeptTransactions(Core core) {
        this.core = core;
    }

    private static byte[] group(String carrier) {
        return carrier.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] key(String carrier, byte[] record) {
        byte[] id = group(carrier);
        return ByteBuffer.allocate(id.length + 1 + record.length)
                .put(id)
                .put((byte) 0)
                .put(record)
                .array();
    }

    public static void put(StoreTransaction tx, KeptTransaction kept) throws StoreException {
        tx.put(TABLE, key(kept.carrier(), kept.key()), group(kept.carrier()), Cbor.write(kept), null);
    }

    static Optional<KeptTransaction> find(StoreTransaction tx, String carrier, byte[] record) throws StoreException {
        return Tables.find(tx, TABLE, key(carrier, record), KeptTransaction.class);
    }

    public static void delete(StoreTransaction tx, KeptTransaction kept) throws StoreException {
        tx.delete(TABLE, key(kept.carrier(), kept.key()));
    }

    public static List<KeptTransaction> all(StoreTransaction tx) throws StoreException {
        return Tables.all(tx, TABLE, KeptTransaction.class);
    }

    /** What goes of a message goes as another one's from now on, the same parts of it. Part of the caller's transaction. */
    static void rename(StoreTransaction tx, long message, long other) throws StoreException {
        for (KeptTransaction kept : all(tx)) {
            if (kept.packets().stream().anyMatch(packet -> packet.message() == message)) {
                put(tx, kept.renamed(message, other));
            }
        }
    }

    Optional<KeptTransaction> find(String carrier, byte[] record) throws StoreException {
        return core.open(memory -> core.store.transact(tx -> find(tx, carrier, record)));
    }

    /** Keeps the change of a transaction from being spent, or lets it be spent again. Asks a wallet. */
    void hold(KeptTransaction kept, boolean held) {
        hold(kept, kept.signed(), held);
    }

    /** Lets the change of the one before be spent again. */
    void letGoReplaced(KeptTransaction kept) {
        if (kept.replaced() != null) {
            hold(
                    kept,
                    new SignedTransaction(
                            TransactionScanner.id(kept.replaced()), kept.replaced(), kept.vsize(), kept.fee()),
                    false);
        }
    }

    private void hold(KeptTransaction kept, SignedTransaction transaction, boolean held) {
        Optional<Wallet> wallet = core.nodes.wallet(kept.wallet());
        if (wallet.isEmpty()) {
            return;
        }
        try {
            wallet.get().hold(kept.account(), transaction, held);
        } catch (NodeUnavailableException e) {
            LOG.info("the change of a shared transaction is told of later: {}", e.getMessage());
        }
    }

    /** Frees the coins of one that no node had. */
    void release(KeptTransaction kept) {
        Optional<Wallet> wallet = core.nodes.wallet(kept.wallet());
        if (wallet.isPresent()) {
            try {
                wallet.get().release(kept.account(), kept.signed());
            } catch (NodeUnavailableException e) {
                LOG.info("coins stay reserved until the wallet's restart: {}", e.getMessage());
            }
        }
    }

    /** After a start: wallets are told again which coins are reserved, and which change is held; whether or not carriers are here. */
    void reserveAll() throws StoreException {
        for (KeptTransaction kept : core.open(memory -> core.store.transact(KeptTransactions::all))) {
            Optional<Wallet> wallet = core.nodes.wallet(kept.wallet());
            if (wallet.isPresent()) {
                try {
                    wallet.get().reserve(kept.account(), kept.signed());
                    wallet.get().hold(kept.account(), kept.signed(), true);
                } catch (NodeUnavailableException e) {
                    LOG.debug("a shared transaction is told of later: {}", e.getMessage());
                }
            }
        }
    }
}
