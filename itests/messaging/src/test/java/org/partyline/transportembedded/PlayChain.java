package org.partyline.transportembedded;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;

/** An embedded node whose blocks are mined by command. */
public final class PlayChain implements AutoCloseable {
    private final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
    private final EmbeddedNode node;

    /** Starts a chain in a directory. */
    public PlayChain(Path home, Clock clock, SecureRandom random) throws IOException {
        FeeRate floor = new FeeRate(100);
        EmbeddedSettings settings =
                new EmbeddedSettings(Duration.ZERO, 100_000, 10_000, floor, floor, 300_000_000L, Duration.ofHours(336));
        node = new EmbeddedNode("play", home, settings, clock, random, scheduler);
    }

    /** Returns the node. */
    public Transport transport() {
        return node.transport();
    }

    /** Returns its wallet. */
    public Wallet wallet() {
        return node.wallet();
    }

    /** Mines all unconfirmed transactions. */
    public void mine() throws NodeUnavailableException {
        node.transport().mine();
    }

    /** Mines one transaction, in any version, and drops all other unconfirmed ones: a miner may have kept any. */
    public void mine(SignedTransaction version) throws NodeUnavailableException, TransactionRejectedException {
        mine(List.of(version));
    }

    /**
     * Mines some transactions in one block, in any version, and drops all other unconfirmed ones. @param versions at
     * least one
     *
     * @param versions one at least
     */
    public void mine(List<SignedTransaction> versions) throws NodeUnavailableException, TransactionRejectedException {
        // Servers hand over dropped transactions again: not in between.
        synchronized (node.ledger()) {
            EmbeddedSettings now = node.ledger().settings();
            // Everything unconfirmed is too old, except for new transactions.
            set(now.relayFee(), now.mempoolVbytes(), Duration.ofSeconds(-1));
            try {
                node.transport().broadcast(versions.get(0).raw());
            } finally {
                node.ledger().settings(now);
            }
            for (SignedTransaction version : versions.subList(1, versions.size())) {
                node.transport().broadcast(version.raw());
            }
            mine();
        }
    }

    /** Sets the minimum fee rate for relaying. @param satPerKvb satoshi for 1,000 virtual bytes */
    public void floor(long satPerKvb) {
        EmbeddedSettings now = node.ledger().settings();
        set(new FeeRate(satPerKvb), now.mempoolVbytes(), now.mempoolExpiry());
    }

    /**
     * If there is room for only one, a stranger's transaction pays more: unconfirmed ones are evicted, and the minimum
     * rises above it.
     */
    public void crowd(FeeRate rate) throws PartylineException {
        EmbeddedSettings now = node.ledger().settings();
        SignedTransaction stranger = node.wallet().pay("stranger", List.of(new byte[80]), rate);
        set(now.relayFee(), stranger.vsize() + 50, now.mempoolExpiry());
        try {
            node.transport().broadcast(stranger.raw());
        } finally {
            node.ledger().settings(now);
        }
    }

    private void set(FeeRate floor, long mempoolVbytes, Duration mempoolExpiry) {
        EmbeddedSettings now = node.ledger().settings();
        node.ledger()
                .settings(new EmbeddedSettings(
                        now.blockInterval(),
                        now.maxScriptBytes(),
                        now.maxOutputs(),
                        floor,
                        now.incrementalFee(),
                        mempoolVbytes,
                        mempoolExpiry));
    }

    /**
     * Leaves one coin to an account that was not used yet: a transaction that is signed and not sent reserves the
     * others.
     */
    public void leaveOneCoin(String account) throws PartylineException {
        for (int i = 1; i < EmbeddedWallet.FAUCET_COINS; i++) {
            node.wallet()
                    .pay(
                            account,
                            List.of(new byte[64]),
                            node.ledger().settings().relayFee());
        }
    }

    /** Returns the present minimum fee rate for relaying. */
    public FeeRate floor() {
        return node.transport().policy().minRelayFee();
    }

    /** Returns the number of unconfirmed transactions. */
    public int waiting() {
        return node.ledger().mempoolSize();
    }

    /** Returns the tip's height. */
    public int height() {
        return node.ledger().tip().height();
    }

    @Override
    public void close() throws IOException {
        scheduler.shutdownNow();
        node.close();
    }
}
