package org.partyline.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.SecretBytes;

/** Two parties and a network that loses, delays, reorders and repeats packets: 10,000 messages with key updates. */
class PairScheduleTest {
    private static final int MESSAGES = 10_000;
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

    private final PriorityQueue<Arrival> network = new PriorityQueue<>();
    /** Packets that the network lost. */
    private final Set<String> lost = new HashSet<>();

    private Random random;
    private PairModel alice;
    private PairModel bob;
    private Instant now = START;
    private long order;
    private int duplicates;

    private record Arrival(Instant at, long order, PairModel to, byte[] packet) implements Comparable<Arrival> {
        @Override
        public int compareTo(Arrival that) {
            int byTime = at.compareTo(that.at);
            return byTime != 0 ? byTime : Long.compare(order, that.order);
        }
    }

    /** Seeds for every kind of trouble: crossing keys, lost keys, lost answers. */
    @ParameterizedTest
    @ValueSource(longs = {2, 7, 13, 18})
    void everyMessageOpensOnceInOrderOrIsKnownToBeLost(long seed) throws Exception {
        random = new Random(seed);
        SeededRandom keys = new SeededRandom(seed);
        SecretBytes there = Bundles.draw(keys, 32);
        SecretBytes back = Bundles.draw(keys, 32);
        alice = new PairModel(keys, there.copy(), back.copy(), now);
        bob = new PairModel(keys, back.copy(), there.copy(), now);

        int number = 0;
        while (number < MESSAGES) {
            // Bursts, chatter, and an occasional day of silence.
            int kind = random.nextInt(1000);
            pass(Duration.ofSeconds(kind < 600 ? random.nextInt(20) : kind < 997 ? random.nextInt(3600) : 100_000), 4);
            PairModel speaker = random.nextInt(5) < 3 ? alice : bob;
            for (int burst = random.nextInt(20) == 0 ? 80 : 1; burst > 0 && number < MESSAGES; burst--) {
                speaker.text(number++, now);
                hand(speaker, 4);
            }
        }
        int sentInTheStorm = number;
        // The network is reliable again: whatever happened, both sides must recover.
        for (int i = 0; i < 400; i++) {
            pass(Duration.ofMinutes(30), 0);
            alice.text(number++, now);
            hand(alice, 0);
            bob.text(number++, now);
            hand(bob, 0);
        }
        pass(Duration.ofHours(7), 0);

        check(alice, bob, sentInTheStorm);
        check(bob, alice, sentInTheStorm);
        assertTrue(alice.exchanges > 50, "exchanges " + alice.exchanges);
        assertEquals(alice.exchanges, bob.exchanges);
        assertTrue(lost.size() > 250, "lost " + lost.size());
        assertTrue(duplicates > 250, "duplicates " + duplicates);
        assertTrue(alice.repeats + bob.repeats > 0, "a lost key was sent again");
        assertTrue(alice.answersRepeated + bob.answersRepeated > 0, "a lost answer was repeated");
        assertTrue(alice.crossings + bob.crossings > 10, "keys crossed");
    }

    private void check(PairModel from, PairModel to, int sentInTheStorm) {
        Map<Integer, PairModel.Opened> opened = new HashMap<>();
        for (PairModel.Opened one : to.opened) {
            assertEquals(null, opened.put(one.number(), one), "message " + one.number() + " opened twice");
        }
        int doubtful = 0;
        int tails = 0;
        Map<String, Integer> last = new HashMap<>();
        for (PairModel.Sent one : from.sent) {
            if (one.number() < 0) {
                continue;
            }
            PairModel.Opened found = opened.remove(one.number());
            boolean wasLost = lost.contains(Vectors.hex(one.packet()));
            if (found != null) {
                assertFalse(wasLost);
                assertEquals(one.chain(), found.chain());
                assertEquals(one.position(), found.position());
                // The position on the chain alone orders the messages.
                Integer before = last.put(one.chain(), one.position());
                assertTrue(before == null || before < one.position());
            } else if (from.doubtful.contains(one.chain())) {
                doubtful++;
            } else {
                assertTrue(wasLost, "message " + one.number() + " arrived and was not opened");
                boolean gap = to.used.containsKey(one.chain())
                        && to.used.get(one.chain()).lastKey() > one.position();
                tails += gap ? 0 : 1;
            }
            assertTrue(found != null || one.number() < sentInTheStorm, "message " + one.number() + " after the storm");
        }
        assertEquals(Map.of(), opened, "opened, never sent");
        assertTrue(doubtful < MESSAGES / 20, "in doubt: " + doubtful);
        // A chain has no end mark: packets lost after the last one that arrived are not noticed.
        assertTrue(tails < 10, "lost at the end of a chain: " + tails);
    }

    private void pass(Duration time, int lossPercent) throws Exception {
        Instant until = now.plus(time);
        while (!network.isEmpty() && !network.peek().at.isAfter(until)) {
            Arrival next = network.poll();
            now = next.at;
            next.to.arrive(next.packet, now);
            hand(next.to, lossPercent);
        }
        now = until;
        for (PairModel party : List.of(alice, bob)) {
            party.tick(now);
            hand(party, lossPercent);
        }
    }

    private void hand(PairModel from, int lossPercent) {
        PairModel to = from == alice ? bob : alice;
        for (byte[] packet : new ArrayList<>(from.leaving())) {
            if (random.nextInt(100) < lossPercent) {
                lost.add(Vectors.hex(packet));
                continue;
            }
            network.add(new Arrival(now.plus(delay()), order++, to, packet));
            if (random.nextInt(20) == 0) {
                duplicates++;
                network.add(new Arrival(now.plus(delay()), order++, to, packet));
            }
        }
    }

    private Duration delay() {
        int kind = random.nextInt(100);
        return Duration.ofSeconds(random.nextInt(kind < 70 ? 20 : kind < 95 ? 1800 : 20_000));
    }
}
