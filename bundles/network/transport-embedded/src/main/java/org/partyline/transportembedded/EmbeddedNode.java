package org.partyline.transportembedded;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.partyline.api.transport.NodeUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An embedded node: its chain, transport and wallet, and the timer that creates its blocks. */
final class EmbeddedNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedNode.class);

    private final Ledger ledger;
    private final EmbeddedTransport transport;
    private final EmbeddedWallet wallet;
    private final ScheduledExecutorService scheduler;
    private @Nullable ScheduledFuture<?> timer;

    /**
     * Opens or starts the node's chain in {@code home/embedded-NAME}.
     *
     * @throws IOException if the directory cannot be used; the message says why
     */
    EmbeddedNode(
            String name,
            Path home,
            EmbeddedSettings settings,
            Clock clock,
            SecureRandom random,
            ScheduledExecutorService scheduler)
            throws IOException {
        this.scheduler = scheduler;
        this.ledger = new Ledger(name, home.resolve("embedded-" + name).resolve("chain.log"), settings, clock, random);
        this.transport = new EmbeddedTransport(name, ledger);
        this.wallet = new EmbeddedWallet(name, ledger, random);
        schedule(settings);
    }

    EmbeddedTransport transport() {
        return transport;
    }

    EmbeddedWallet wallet() {
        return wallet;
    }

    Ledger ledger() {
        return ledger;
    }

    /** Applies other settings from now on; the mempool is kept. */
    synchronized void change(EmbeddedSettings settings) {
        boolean sameTimer = settings.blockInterval().equals(ledger.settings().blockInterval());
        ledger.settings(settings);
        if (!sameTimer) {
            stopTimer();
            schedule(settings);
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private synchronized void schedule(EmbeddedSettings settings) {
        long millis = settings.blockInterval().toMillis();
        if (millis > 0) {
            // A timer that throws is never called again.
            timer = scheduler.scheduleAtFixedRate(
                    () -> transport.faults().survive(this::tick), millis, millis, TimeUnit.MILLISECONDS);
        }
    }

    private void tick() {
        try {
            transport.mine();
        } catch (NodeUnavailableException e) {
            LOG.error("No block was created: {}", e.getMessage());
        }
    }

    @Override
    public synchronized void close() throws IOException {
        stopTimer();
        ledger.close();
    }
}
