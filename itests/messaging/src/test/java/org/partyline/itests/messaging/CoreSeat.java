package org.partyline.itests.messaging;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.FeeRule;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.api.transport.WalletException;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.transportrpc.OpenNode;

/** A server's real node and wallet, which record all calls. */
final class CoreSeat implements TalkNetwork.Seat, Transport, Wallet {
    private final RegtestNode process;
    private final OpenNode node;
    private final int outputs;
    private final List<byte[]> handed;
    private final Map<TxId, SignedTransaction> signed = new ConcurrentHashMap<>();
    private volatile Told told = new Told();
    private volatile boolean watched;
    private volatile boolean cut;

    /** The reports to one watcher. */
    private static final class Told {
        final Set<TxId> transactions = ConcurrentHashMap.newKeySet();
        volatile Optional<TxId> tip = Optional.empty();
    }

    /**
     * @param outputs number of OP_RETURN outputs that it claims to allow in a transaction
     * @param handed receives each transaction that it is handed
     */
    CoreSeat(RegtestNode process, OpenNode node, int outputs, List<byte[]> handed) {
        this.process = process;
        this.node = node;
        this.outputs = outputs;
        this.handed = handed;
    }

    @Override
    public Transport transport() {
        return this;
    }

    @Override
    public Wallet wallet() {
        return this;
    }

    @Override
    public void cut() {
        cut = true;
    }

    @Override
    public int watched() {
        return watched ? 1 : 0;
    }

    /** Returns what the node has and has not reported to its watcher, if it has one; empty if nothing. */
    String untold() {
        Told now = told;
        if (!watched) {
            return "";
        }
        String tip = process.bestBlock();
        if (!now.tip.map(TxId::toString).equals(Optional.of(tip))) {
            return "block " + tip + " (the last one told is " + now.tip + ")";
        }
        return process.mempool().stream()
                .filter(id -> !now.transactions.contains(TxId.of(id)))
                .findAny()
                .map(id -> "transaction " + id)
                .orElse("");
    }

    /** Returns the signed transactions. */
    Map<TxId, SignedTransaction> signed() {
        return signed;
    }

    @Override
    public void close() {
        watched = false;
        node.close();
    }

    @Override
    public Subscription watch(TransactionListener listener, Optional<BlockRef> since) {
        Told fresh = new Told();
        // A watcher that is already at the tip receives no block.
        fresh.tip = since.map(BlockRef::hash);
        told = fresh;
        watched = true;
        Subscription subscription = node.transport()
                .watch(
                        new TransactionListener() {
                            @Override
                            public void transaction(byte[] raw, Optional<BlockRef> block) {
                                listener.transaction(raw, block);
                                fresh.transactions.add(TransactionScanner.id(raw));
                            }

                            @Override
                            public void blockConnected(BlockRef block) {
                                listener.blockConnected(block);
                                fresh.tip = Optional.of(block.hash());
                            }

                            @Override
                            public void blockDisconnected(BlockRef block) {
                                listener.blockDisconnected(block);
                            }

                            @Override
                            public void removed(TxId id) {
                                listener.removed(id);
                            }
                        },
                        since);
        return () -> {
            watched = false;
            subscription.close();
        };
    }

    @Override
    public void broadcast(byte[] raw) throws NodeUnavailableException, TransactionRejectedException {
        if (cut) {
            throw new NodeUnavailableException("node '" + name() + "' does not answer");
        }
        handed.add(raw);
        node.transport().broadcast(raw);
    }

    @Override
    public RelayPolicy policy() {
        RelayPolicy all = node.transport().policy();
        return new RelayPolicy(
                all.maxPayload(),
                Math.min(outputs, all.maxOutputs()),
                all.maxScriptBytes(),
                all.minRelayFee(),
                all.incrementalFee());
    }

    @Override
    public SignedTransaction pay(String account, List<byte[]> payloads, FeeRate rate)
            throws InsufficientFundsException, NodeUnavailableException, WalletException {
        return noted(node.wallet().pay(account, payloads, rate));
    }

    @Override
    public SignedTransaction replace(String account, SignedTransaction previous, List<byte[]> payloads, FeeRule rule)
            throws InsufficientFundsException, NodeUnavailableException, WalletException {
        return noted(node.wallet().replace(account, previous, payloads, rule));
    }

    private SignedTransaction noted(SignedTransaction transaction) {
        signed.put(transaction.id(), transaction);
        return transaction;
    }

    @Override
    public String name() {
        return node.transport().name();
    }

    @Override
    public String type() {
        return node.transport().type();
    }

    @Override
    public Network network() {
        return node.transport().network();
    }

    @Override
    public NodeStatus status() {
        return node.transport().status();
    }

    @Override
    public Optional<FeeRate> estimateFee(int blocks) throws NodeUnavailableException {
        return node.transport().estimateFee(blocks);
    }

    @Override
    public TransactionPlace locate(TxId id) throws NodeUnavailableException {
        return node.transport().locate(id);
    }

    @Override
    public Optional<byte[]> fetch(TxId id) throws NodeUnavailableException {
        return node.transport().fetch(id);
    }

    @Override
    public Optional<BlockRef> blockAt(int height) throws NodeUnavailableException {
        return node.transport().blockAt(height);
    }

    @Override
    public OptionalInt version() {
        return node.transport().version();
    }

    @Override
    public void hold(String account, SignedTransaction transaction, boolean held) throws NodeUnavailableException {
        node.wallet().hold(account, transaction, held);
    }

    @Override
    public void reserve(String account, SignedTransaction transaction) throws NodeUnavailableException {
        node.wallet().reserve(account, transaction);
    }

    @Override
    public void release(String account, SignedTransaction transaction) throws NodeUnavailableException {
        node.wallet().release(account, transaction);
    }

    @Override
    public void discard(String account, SignedTransaction transaction) throws NodeUnavailableException {
        node.wallet().discard(account, transaction);
    }

    @Override
    public String freshAddress(String account) throws NodeUnavailableException, WalletException {
        return node.wallet().freshAddress(account);
    }

    @Override
    public AccountStatus status(String account) throws NodeUnavailableException, WalletException {
        return node.wallet().status(account);
    }
}
