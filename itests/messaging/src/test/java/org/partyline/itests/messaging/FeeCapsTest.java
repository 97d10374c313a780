package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.FeeRate;
import org.partyline.api.TxId;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Tests the amounts paid when fees rise: never more than the caps, and nothing is lost. */
class FeeCapsTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node node = network.node("a");
    private TestServer alice;

    /** An amount paid, and when. */
    private record Paid(Instant at, long fee) {}

    private final List<Paid> paid = new ArrayList<>();
    private final Set<TxId> handed = new HashSet<>();

    @BeforeEach
    void oneServer() throws Exception {
        alice = TestServer.fresh(clock, node);
        alice.settings.set("fee-band", "0");
        alice.settings.set("fee-cap-hour", "50000sat");
        alice.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        alice.close();
    }

    /** Runs the sender on everything, and records what it paid. */
    private void look() throws Exception {
        alice.kick();
        alice.round();
        for (byte[] raw : network.broadcasts()) {
            // Evicted transactions are handed over again; they are paid once.
            if (handed.add(TransactionScanner.id(raw))) {
                paid.add(new Paid(
                        clock.instant(),
                        network.paid(TransactionScanner.id(raw)).fee()));
            }
        }
    }

    private long paidIn(Duration time) {
        Instant from = clock.instant().minus(time);
        return paid.stream()
                .filter(one -> one.at().isAfter(from))
                .mapToLong(Paid::fee)
                .sum();
    }

    private String reason(long id) throws Exception {
        return alice.messages().outgoing(id).reason();
    }

    private static Supplier<Optional<FeeRate>> says(String rate) {
        return () -> Optional.of(FeeRate.parse(rate));
    }

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling"})
    void aFeeSpikeIsSatOutUnderTheCapsAndNothingIsLost(String carrier) throws Exception {
        alice.settings.set("carrier", carrier);
        alice.settings.set("roll-spacing", "0s");
        node.estimate = says("1");
        List<Long> ids = new ArrayList<>();
        for (int minute = 0; minute < 240; minute++) {
            if (minute == 30) {
                // The mempool is full: the minimum and the estimate rise, and earlier versions are gone.
                node.estimate = says("45");
                network.floor = 40_000;
                network.evictAll();
            }
            if (minute == 90) {
                node.estimate = says("1");
                network.floor = 100;
            }
            if (minute % 5 == 0 && minute < 90) {
                ids.add(alice.send("lobby", "number " + minute));
            }
            look();
            // The fee of a roll's version includes that of all earlier ones.
            assertTrue(carrier.equals("rolling") || paidIn(Duration.ofHours(1)) <= 50_000, paid::toString);
            assertTrue(alice.fees().limits().hourSpent() <= 50_000);
            if (minute == 85 && carrier.equals("confirm")) {
                long waiting = ids.stream().filter(id -> !isOut(id)).count();
                assertTrue(waiting > 0, "not all of it could be paid for");
                assertTrue(
                        ids.stream().anyMatch(id -> says(id).contains("fee-cap-hour=50000sat")),
                        () -> ids.stream().map(this::says).toList().toString());
            }
            clock.pass(Duration.ofMinutes(1));
        }
        for (long id : ids) {
            assertTrue(isOut(id), says(id));
        }
    }

    private boolean isOut(long id) {
        try {
            // No block has them before their time to live ends.
            List<Messages.Part> parts = alice.messages().outgoing(id).parts();
            return !parts.isEmpty() && parts.stream().noneMatch(part -> part.state() == State.SEALED);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private String says(long id) {
        try {
            return reason(id);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
