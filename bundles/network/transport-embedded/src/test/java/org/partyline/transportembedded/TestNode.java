package org.partyline.transportembedded;

import java.io.IOException;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.testkit.HandSetClock;

/** A node with its own clock and seeded randomness; blocks are created by command. */
final class TestNode implements AutoCloseable {
    static final FeeRate FLOOR = new FeeRate(100);
    static final EmbeddedSettings SETTINGS = with(100_000, 10_000);

    private final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
    private final HandSetClock clock;
    private final EmbeddedNode node;

    TestNode(Path home) throws IOException {
        this(home, SETTINGS, new HandSetClock(Instant.parse("2026-11-24T12:00:00Z")));
    }

    TestNode(Path home, EmbeddedSettings settings) throws IOException {
        this(home, settings, new HandSetClock(Instant.parse("2026-11-24T12:00:00Z")));
    }

    TestNode(Path home, EmbeddedSettings settings, HandSetClock clock) throws IOException {
        this.clock = clock;
        this.node = new EmbeddedNode("alpha", home, settings, clock, seeded(7), scheduler);
    }

    static EmbeddedSettings with(int maxScriptBytes, int maxOutputs) {
        return new EmbeddedSettings(
                Duration.ZERO, maxScriptBytes, maxOutputs, FLOOR, FLOOR, 300_000_000L, Duration.ofHours(336));
    }

    static EmbeddedSettings withMempool(long vbytes) {
        return new EmbeddedSettings(Duration.ZERO, 100_000, 10_000, FLOOR, FLOOR, vbytes, Duration.ofHours(336));
    }

    static SecureRandom seeded(long seed) {
        try {
            SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
            random.setSeed(seed);
            return random;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] payload(int length, int fill) {
        byte[] payload = new byte[length];
        java.util.Arrays.fill(payload, (byte) fill);
        return payload;
    }

    SignedTransaction pay(String account, int payloadLength, FeeRate rate) throws PartylineException {
        return wallet().pay(account, List.of(payload(payloadLength, 2)), rate);
    }

    SignedTransaction send(String account) throws PartylineException {
        SignedTransaction paid = pay(account, 80, FLOOR);
        transport().broadcast(paid.raw());
        return paid;
    }

    HandSetClock clock() {
        return clock;
    }

    EmbeddedNode node() {
        return node;
    }

    EmbeddedTransport transport() {
        return node.transport();
    }

    EmbeddedWallet wallet() {
        return node.wallet();
    }

    Ledger ledger() {
        return node.ledger();
    }

    @Override
    public void close() throws IOException {
        scheduler.shutdownNow();
        node.close();
    }
}
