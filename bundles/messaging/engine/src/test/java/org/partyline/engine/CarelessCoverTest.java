package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.cover.CoverContext;
import org.partyline.api.cover.CoverFactory;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.cover.CoverTransaction;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;

/** Cover traffic that another bundle brings: it is used, and what it leaves out breaks no promise. */
class CarelessCoverTest extends CarrierStage {
    private final Foreign foreign = new Foreign();

    /** A slot is due whenever it is asked, with whatever bytes the test says. */
    private class Foreign implements CoverTraffic {
        CoverContext context;
        Network network = Network.REGTEST;
        long budget = 100_000;
        byte[] decoy = packet(1);
        int left;
        int closed;
        RuntimeException fails;
        RuntimeException failsToEnd;
        Instant next = clock.instant().plusSeconds(60);
        final List<Use> uses = new ArrayList<>();

        @Override
        public List<Covered> look() {
            if (fails != null) {
                throw fails;
            }
            return List.of(new Covered(1, Optional.of(network), next));
        }

        @Override
        public Over over(CoverTransaction tx, Covered slot, Use use) {
            if (failsToEnd != null) {
                throw failsToEnd;
            }
            uses.add(use);
            next = clock.instant().plusSeconds(60);
            return new Over(Optional.of(next), Optional.of(decoy));
        }

        @Override
        public void left(CoverTransaction tx, int persona) {
            left++;
        }

        @Override
        public void refused(int persona, long fee) {}

        @Override
        public Optional<CoverOrder> order(CoverTransaction tx, int persona) {
            return persona == 1 ? Optional.of(new CoverOrder(Duration.ofMinutes(1), budget, 80)) : Optional.empty();
        }

        @Override
        public void sent(CoverTransaction tx, int persona, int size) {}

        @Override
        public void close() {
            closed++;
        }
    }

    /** In the form of a packet. */
    private static byte[] packet(int seed) {
        byte[] packet = new byte[80];
        new java.util.Random(seed).nextBytes(packet);
        packet[0] = 2;
        return packet;
    }

    @BeforeEach
    void useIt() {
        alice.stop(CoverFactory.class);
        alice.start(CoverFactory.class, (CoverFactory) context -> {
            foreign.context = context;
            return foreign;
        });
    }

    /** Time for the next slot; gives how many transactions left in it. */
    private int slot() throws Exception {
        int before = network.handed().size();
        clock.pass(Duration.ofSeconds(61));
        alice.round();
        return network.handed().size() - before;
    }

    @Test
    void itsDecoysLeave() throws Exception {
        assertEquals(1, slot());
        assertEquals(1, foreign.left);
        foreign.decoy = packet(2);
        assertEquals(1, slot());
    }

    @Test
    void aDecoyThatIsNoneIsRefusedAndItsSlotPassesUnused() throws Exception {
        byte[] otherVersion = packet(1);
        otherVersion[0] = 3;
        byte[] small = java.util.Arrays.copyOf(packet(1), 64);
        byte[] odd = java.util.Arrays.copyOf(packet(1), 81);
        byte[] large = java.util.Arrays.copyOf(packet(1), 128);
        for (byte[] wrong : List.of(otherVersion, small, odd, large, new byte[0])) {
            foreign.decoy = wrong;
            assertEquals(0, slot(), () -> wrong.length + " bytes");
        }
        foreign.decoy = packet(1);
        foreign.network = Network.SIGNET;
        assertEquals(0, slot(), "where nobody of the persona talks");
        foreign.network = Network.REGTEST;
        assertEquals(1, slot());
        assertEquals(1, foreign.left);
    }

    @Test
    void theSameBytesDoNotLeaveTwice() throws Exception {
        assertEquals(1, slot());
        assertEquals(0, slot());
    }

    @Test
    void nothingIsPaidBeyondItsBudgetAndTheCaps() throws Exception {
        foreign.budget = 0;
        assertEquals(0, slot(), "no budget");
        foreign.budget = 100_000;
        foreign.decoy = packet(2);
        alice.settings.set("fee-cap-day", "1sat");
        assertEquals(0, slot(), "a cap");
        alice.settings.set("fee-cap-day", "100000sat");
        foreign.decoy = packet(3);
        assertEquals(1, slot());
    }

    @Test
    void whileItFailsWhatIsCoveredWaitsAndWhenItsBundleStopsItLeaves() throws Exception {
        slot();
        foreign.fails = new IllegalStateException("broken");
        long id = alice.send("lobby", "hello");
        assertEquals(0, slot());
        assertTrue(alice.messages().outgoing(id).reason().contains("a point of the cover traffic"));
        alice.stop(CoverFactory.class);
        TestServer.await("it leaves", () -> {
            alice.round();
            return bob.received().equals(List.of("hello"));
        });
        assertEquals(1, foreign.closed);
    }

    @Test
    void aSlotThatItFailsToEndIsNotOpenedAgain() throws Exception {
        foreign.failsToEnd = new IllegalStateException("broken");
        long first = alice.send("lobby", "first");
        slot();
        TestServer.await("it leaves in the slot", () -> {
            alice.round();
            return alice.state(first).compareTo(State.BROADCAST) >= 0;
        });
        long second = alice.send("lobby", "second");
        assertEquals(0, slot());
        assertEquals(0, slot());
        assertNotEquals(State.BROADCAST, alice.state(second));
    }

    @Test
    void whoeverStillHasItsContextCanDoNothingWithIt() throws Exception {
        CoverContext context = foreign.context;
        assertEquals(1, (int) context.<Integer, StoreException>transact(tx -> 1));
        alice.stop(CoverFactory.class);
        StoreException refused =
                assertThrows(StoreException.class, () -> context.<Integer, StoreException>transact(tx -> 1));
        assertTrue(refused.getMessage().contains("cover traffic was closed"), refused.getMessage());
    }

    @Test
    void oneThatCannotBeOpenedLeavesMessagesToTheirDelay() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        alice.stop(CoverFactory.class);
        alice.start(CoverFactory.class, (CoverFactory) context -> {
            tries.incrementAndGet();
            throw new IllegalStateException("broken");
        });
        assertEquals(1, tries.get());
        alice.send("lobby", "hello");
        TestServer.await("it leaves", () -> {
            alice.round();
            return bob.received().equals(List.of("hello"));
        });
    }
}
