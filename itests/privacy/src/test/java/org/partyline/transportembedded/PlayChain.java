package org.partyline.transportembedded;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.partyline.api.FeeRate;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;

/** An embedded node whose blocks come by command. */
public final class PlayChain implements AutoCloseable {
    private final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
    private final EmbeddedNode node;

    /** Starts a chain in a directory. */
    public PlayChain(Path home, Clock clock, SecureRandom random) throws IOException {
        FeeRate floor = new FeeRate(100);
        Settings settings =
                new Settings(Duration.ZERO, 100_000, 10_000, floor, floor, 300_000_000L, Duration.ofHours(336));
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

    /** Relays nothing under a rate from now on. @param satPerKvb satoshi for 1,000 virtual bytes */
    public void floor(long satPerKvb) {
        Settings now = node.ledger().settings();
        node.ledger()
                .settings(new Settings(
                        now.blockInterval(),
                        now.maxScriptBytes(),
                        now.maxOutputs(),
                        new FeeRate(satPerKvb),
                        now.incrementalFee(),
                        now.mempoolVbytes(),
                        now.mempoolExpiry()));
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
