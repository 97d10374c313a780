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

/** An embedded node whose blocks come by command. */
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

    /** The node. */
    public Transport transport() {
        return node.transport();
    }

    /** Its wallet. */
    public Wallet wallet() {
        return node.wallet();
    }

    /** Puts what waits into a block. */
    public void mine() throws NodeUnavailableException {
        node.transport().mine();
    }

    /**
     * Puts one transaction into a block, of whichever version, and drops all else that waits: a miner may have kept
     * any.
     */
    public void mine(SignedTransaction version) throws NodeUnavailableException, TransactionRejectedException {
        mine(List.of(version));
    }

    /**
     * Puts some transactions into one block, of whichever version, and drops all else that waits.
     *
     * @param versions one at least
     */
    public void mine(List<SignedTransaction> versions) throws NodeUnavailableException, TransactionRejectedException {
        // Servers hand over again what is dropped: not in the middle.
        synchronized (node.ledger()) {
            EmbeddedSettings now = node.ledger().settings();
            // Everything that waits is too old, but what comes now.
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

    /** Relays nothing under a rate from now on. @param satPerKvb satoshi for 1,000 virtual bytes */
    public void floor(long satPerKvb) {
        EmbeddedSettings now = node.ledger().settings();
        set(new FeeRate(satPerKvb), now.mempoolVbytes(), now.mempoolExpiry());
    }

    /**
     * A stranger's transaction pays more where there is room for one: what waits is thrown out, and the floor rises
     * above it.
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

    /** Leaves an account that was not used yet one coin: what is signed and not sent is kept for that. */
    public void leaveOneCoin(String account) throws PartylineException {
        for (int i = 1; i < EmbeddedWallet.FAUCET_COINS; i++) {
            node.wallet()
                    .pay(
                            account,
                            List.of(new byte[64]),
                            node.ledger().settings().relayFee());
        }
    }

    /** What a transaction must pay now to be relayed. */
    public FeeRate floor() {
        return node.transport().policy().minRelayFee();
    }

    /** How many transactions wait. */
    public int waiting() {
        return node.ledger().mempoolSize();
    }

    /** The tip's height. */
    public int height() {
        return node.ledger().tip().height();
    }

    @Override
    public void close() throws IOException {
        scheduler.shutdownNow();
        node.close();
    }
}
