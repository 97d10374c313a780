package org.partyline.ratchet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Hkdf;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.ratchet.ReceiveChain.Visitor;

class ReceiveChainTest {
    private static final Instant START = Instant.parse("2026-02-04T00:16:40.5Z");
    private static final Visitor NOBODY = (position, hint) -> {
        throw new AssertionError("position " + position + " was not expected to change");
    };
    private static final Visitor ANYBODY = (position, hint) -> {};

    private final PartylineChains chains = new PartylineChains();

    @Test
    void aNewChainExpectsSixtyFourPositions() {
        ReceiveChain chain = chains.receive(key(), START);
        assertEquals(-1, chain.highest());
        assertEquals(START, chain.started());
        assertEquals(
                new ArrayList<>(range(0, 64)), new ArrayList<>(expected(chain).keySet()));
        for (int outside : new int[] {-1, 64, 65, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThrows(NoSuchElementException.class, () -> chain.secret(outside), "position " + outside);
            assertThrows(NoSuchElementException.class, () -> chain.rekeySalt(outside));
            assertThrows(NoSuchElementException.class, () -> chain.use(outside, START, NOBODY, NOBODY));
        }
        assertDoesNotThrow(() -> chain.secret(63));
    }

    /**
     * Compares a delivery in random order, with losses and delays, with a model that stores every position separately.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void anyOrderOfDeliveryLeavesExactlyTheUnusedPositions(long seed) {
        Random random = new Random(seed);
        ReceiveChain chain = chains.receive(key(), START);
        Model model = new Model();
        Instant now = START;
        for (int step = 0; step < 200; step++) {
            now = now.plusSeconds(random.nextInt(1200));
            if (random.nextInt(8) == 0) {
                Map<Integer, Long> dropped = new TreeMap<>();
                chain.expire(now, dropped::put);
                assertEquals(model.expire(now), dropped);
            }
            List<Integer> candidates = new ArrayList<>(model.expected());
            int position = random.nextInt(3) == 0
                    ? candidates.get(random.nextInt(candidates.size()))
                    : model.highest + 1 + random.nextInt(3);
            assertEquals(SecretBytes.wrap(model.secret(position)), chain.secret(position));
            assertEquals(SecretBytes.wrap(model.rekeySalt(position)), chain.rekeySalt(position));

            Map<Integer, Long> added = new TreeMap<>();
            chain.use(position, now, added::put, NOBODY);

            assertEquals(model.use(position, now), added);
            assertEquals(model.highest, chain.highest());
            assertEquals(model.hints(), expected(chain));
            ReceiveChain used = chain;
            Instant time = now;
            assertThrows(NoSuchElementException.class, () -> used.secret(position));
            assertThrows(NoSuchElementException.class, () -> used.rekeySalt(position));
            assertThrows(NoSuchElementException.class, () -> used.use(position, time, NOBODY, NOBODY));
            chain = throughTheStore(chain);
            for (int open : model.expected()) {
                if (random.nextInt(20) == 0) {
                    assertEquals(SecretBytes.wrap(model.secret(open)), chain.secret(open));
                    assertEquals(SecretBytes.wrap(model.rekeySalt(open)), chain.rekeySalt(open));
                }
            }
        }
        assertTrue(model.highest > 500, "the window moved on");
    }

    @Test
    void theFarEdgeOfTheWindowSkipsTheOthersAndOpensSixtyFourMore() {
        ReceiveChain chain = chains.receive(key(), START);
        Map<Integer, Long> added = new TreeMap<>();
        chain.use(63, START, added::put, NOBODY);
        assertEquals(range(64, 128), added.keySet());
        assertEquals(range(0, 128, 63), expected(chain).keySet());
        chain.use(0, START, NOBODY, NOBODY);
        assertThrows(NoSuchElementException.class, () -> chain.secret(0));
        assertDoesNotThrow(() -> chain.secret(1));
        assertThrows(NoSuchElementException.class, () -> chain.secret(128));
    }

    @Test
    void aSkippedSecretIsErasedOnceItIsOlderThanADay() {
        ReceiveChain chain = chains.receive(key(), START);
        chain.use(2, START, ANYBODY, NOBODY);
        Instant later = START.plus(Duration.ofHours(1));
        chain.use(4, later, ANYBODY, NOBODY);
        chain.expire(START.plus(Duration.ofHours(24)), NOBODY);
        Map<Integer, Long> before = expected(chain);

        ReceiveChain stored = throughTheStore(chain);
        Map<Integer, Long> dropped = new TreeMap<>();
        stored.expire(START.plus(Duration.ofHours(24)).plusSeconds(1), dropped::put);

        assertEquals(range(0, 2), dropped.keySet());
        assertEquals(before.get(0), dropped.get(0));
        assertThrows(NoSuchElementException.class, () -> stored.secret(0));
        assertDoesNotThrow(() -> stored.secret(3));
        stored.expire(later.plus(Duration.ofHours(24)).plusSeconds(1), dropped::put);
        assertThrows(NoSuchElementException.class, () -> stored.secret(3));
        assertEquals(range(5, 69), expected(stored).keySet());
        assertDoesNotThrow(() -> stored.secret(5));
    }

    @Test
    void theOldestGiveWayWhenAThousandAreSkipped() {
        ReceiveChain chain = chains.receive(key(), START);
        List<Integer> dropped = new ArrayList<>();
        int position = -1;
        for (int i = 0; i < 20; i++) {
            position += 64;
            chain.use(position, START, ANYBODY, (p, hint) -> dropped.add(p));
            chain = throughTheStore(chain);
        }
        // 20 times 63 positions were skipped: 260 too many.
        assertEquals(260, dropped.size());
        assertEquals(0, dropped.get(0));
        assertEquals(dropped.stream().sorted().toList(), dropped);
        assertEquals(1000 + 64, expected(chain).size());
        ReceiveChain last = chain;
        int highestDropped = dropped.get(259);
        assertThrows(NoSuchElementException.class, () -> last.secret(highestDropped));
        assertDoesNotThrow(() -> last.secret(highestDropped + 1));
    }

    /**
     * The window grows and shrinks at random while packets arrive; the expected positions are those of a model, without
     * duplicates.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aWindowOfAnySizeExpectsExactlyItsPositions(long seed) {
        Random random = new Random(seed);
        ReceiveChain chain = chains.receive(key(), START);
        Model model = new Model();
        Map<Integer, Long> expected = expected(chain);
        for (int step = 0; step < 40; step++) {
            if (random.nextInt(3) == 0) {
                model.window = random.nextBoolean() ? 64 : 64 + random.nextInt(961);
                chain.window(
                        model.window, expected::put, (position, hint) -> assertTrue(expected.remove(position, hint)));
            } else {
                List<Integer> candidates = new ArrayList<>(model.expected());
                int position = candidates.get(random.nextInt(candidates.size()));
                model.use(position, START);
                chain.use(position, START, expected::put, (gone, hint) -> expected.remove(gone, hint));
                expected.remove(position);
                while (model.skipped.size() > 1000) {
                    model.skipped.pollFirstEntry();
                }
            }
            assertEquals(model.window, chain.window());
            assertEquals(model.hints(), expected);
            assertEquals(expected, expected(chain));
            int last = model.expected().last();
            assertEquals(SecretBytes.wrap(model.secret(last)), chain.secret(last));
            if (random.nextInt(4) == 0) {
                ReceiveChain copy = chain.copy();
                chain.close();
                chain = copy;
            }
        }
        ReceiveChain usual = chains.decodeReceive(chain.encode().expose());
        assertEquals(64, usual.window(), "it is not stored");
    }

    @Test
    void aThousandPositionsThatAreSkippedAtOnceAreFoundAndTheirKeysKept() {
        ReceiveChain chain = chains.receive(key(), START);
        assertThrows(NoSuchElementException.class, () -> chain.secret(1000));
        chain.window(1024, ANYBODY, NOBODY);
        assertThrows(NoSuchElementException.class, () -> chain.secret(1024));
        chain.use(1000, START, ANYBODY, NOBODY);
        assertDoesNotThrow(() -> chain.secret(0));
        Set<Integer> skipped = new TreeSet<>();
        chain.forEachSkipped(START.plusSeconds(1), (position, hint) -> skipped.add(position));
        assertEquals(range(0, 1000), skipped);
        chain.forEachSkipped(START, NOBODY);
        List<Integer> dropped = new ArrayList<>();
        chain.use(2000, START, ANYBODY, (position, hint) -> dropped.add(position));
        assertEquals(999, dropped.size(), "no more than a thousand are kept");
    }

    @Test
    void aCopyChangesApartFromTheChainItIsOf() {
        ReceiveChain chain = chains.receive(key(), START);
        chain.window(100, ANYBODY, NOBODY);
        chain.use(3, START, ANYBODY, NOBODY);
        Map<Integer, Long> before = expected(chain);
        ReceiveChain copy = chain.copy();
        assertEquals(before, expected(copy));
        assertEquals(100, copy.window());
        copy.use(1, START, NOBODY, NOBODY);
        copy.use(50, START, ANYBODY, NOBODY);
        copy.close();
        assertEquals(before, expected(chain));
        assertDoesNotThrow(() -> chain.secret(1));
    }

    @Test
    void aWindowHasLimits() {
        ReceiveChain chain = chains.receive(key(), START);
        assertThrows(IllegalArgumentException.class, () -> chain.window(63, NOBODY, NOBODY));
        assertThrows(IllegalArgumentException.class, () -> chain.window(1025, NOBODY, NOBODY));
    }

    @Test
    void theStateHoldsNothingOfAPositionThatWasUsed() {
        List<byte[]> keys = chainKeys(10);
        ReceiveChain chain = chains.receive(key(), START);
        chain.use(3, START, ANYBODY, NOBODY);
        chain.use(1, START, NOBODY, NOBODY);
        String state = Vectors.hex(chain.encode().expose());
        for (int i = 0; i <= 3; i++) {
            assertFalse(state.contains(Vectors.hex(keys.get(i))), "chain key " + i);
        }
        assertFalse(state.contains(Vectors.hex(Hkdf.hmac(keys.get(1), new byte[] {1}))));
        assertFalse(state.contains(Vectors.hex(Hkdf.hmac(keys.get(3), new byte[] {1}))));
        assertTrue(state.contains(Vectors.hex(Hkdf.hmac(keys.get(2), new byte[] {1}))));
        // A salt is derived from the key after its position's, and nothing else can be derived from it.
        assertTrue(state.contains(Vectors.hex(Hkdf.hmac(keys.get(1), new byte[] {5}))));
        assertFalse(state.contains(Vectors.hex(Hkdf.hmac(keys.get(2), new byte[] {5}))));
        assertTrue(state.contains(Vectors.hex(Hkdf.hmac(keys.get(3), new byte[] {5}))));
        assertFalse(state.contains(Vectors.hex(Hkdf.hmac(keys.get(4), new byte[] {5}))));
    }

    @Test
    void aStateOfVersionOneIsReadAndItsSkippedPositionsHaveNoSalt() {
        ReceiveChain chain = chains.receive(key(), START);
        chain.use(2, START, ANYBODY, NOBODY);
        byte[] state = chain.encode().expose();
        byte[] old = ByteBuffer.allocate(51 + 2 * 52)
                .put(state, 0, 51)
                .put(state, 51, 52)
                .put(state, 51 + 84, 52)
                .put(0, (byte) 1)
                .array();

        ReceiveChain restored = throughTheStore(chains.decodeReceive(old));

        assertEquals(expected(chain), expected(restored));
        for (int position : new int[] {0, 1, 3, 66}) {
            assertEquals(chain.secret(position), restored.secret(position));
        }
        assertThrows(NoSuchElementException.class, () -> restored.rekeySalt(0));
        assertThrows(NoSuchElementException.class, () -> restored.rekeySalt(1));
        assertEquals(chain.rekeySalt(3), restored.rekeySalt(3));
        restored.use(4, START, ANYBODY, NOBODY);
        assertEquals(chain.rekeySalt(3), restored.rekeySalt(3));
        for (int length = 0; length < old.length; length++) {
            byte[] cut = Arrays.copyOf(old, length);
            assertThrows(IllegalArgumentException.class, () -> chains.decodeReceive(cut), "length " + length);
        }
        byte[] mixed = state.clone();
        mixed[0] = 1;
        assertThrows(IllegalArgumentException.class, () -> chains.decodeReceive(mixed));
    }

    @Test
    void aStateThatIsBrokenIsRefused() {
        ReceiveChain chain = chains.receive(key(), START);
        chain.use(2, START, ANYBODY, NOBODY);
        byte[] state = chain.encode().expose();
        for (int length = 0; length < state.length; length++) {
            byte[] cut = Arrays.copyOf(state, length);
            assertThrows(IllegalArgumentException.class, () -> chains.decodeReceive(cut), "length " + length);
        }
        byte[] longer = Arrays.copyOf(state, state.length + 1);
        assertThrows(IllegalArgumentException.class, () -> chains.decodeReceive(longer));
        assertRefused(state, 0, 0);
        assertRefused(state, 0, 3);
        assertRefused(state, 1, 0x7f);
        assertRefused(state, 9, 0x7f);
        assertRefused(state, 13, 0x80);
        byte[] atTheEnd =
                ByteBuffer.wrap(state.clone()).putInt(13, Integer.MAX_VALUE).array();
        assertThrows(IllegalArgumentException.class, () -> chains.decodeReceive(atTheEnd));
        // The first skipped position: greater than the second one; then greater than the highest used one.
        assertRefused(state, 51 + 3, 1);
        assertRefused(state, 51 + 3, 3);
        assertRefused(state, 51, 0x80);
    }

    @Test
    void aChainThatWasWipedGivesNothing() {
        SecretBytes key = key();
        ReceiveChain chain = chains.receive(key, START);
        chain.use(2, START, ANYBODY, NOBODY);
        chain.close();
        assertThrows(IllegalStateException.class, () -> chain.secret(0));
        assertThrows(IllegalStateException.class, () -> chain.rekeySalt(0));
        assertThrows(IllegalStateException.class, () -> chain.use(3, START, ANYBODY, NOBODY));
        assertThrows(IllegalStateException.class, () -> chain.forEachExpected(ANYBODY));
        assertThrows(IllegalStateException.class, () -> chain.expire(START, ANYBODY));
        assertThrows(IllegalStateException.class, chain::encode);
        assertThrows(IllegalStateException.class, chain::copy);
        assertThrows(IllegalStateException.class, () -> chain.window(65, ANYBODY, ANYBODY));
        assertThrows(IllegalStateException.class, () -> chain.forEachSkipped(START, ANYBODY));
        assertEquals(key(), key);
    }

    @Test
    void aStateOfAnotherVersionIsRefusedWhereNothingWasSkippedToo() {
        byte[] state = chains.receive(key(), START).encode().expose();
        assertEquals(-1, chains.decodeReceive(state).highest());
        for (int version : new int[] {0, 3, 0xff}) {
            assertRefused(state, 0, version);
        }
    }

    @Test
    void aStoredTimeHasFewerThanABillionNanoseconds() {
        for (int nanos : new int[] {0, 999_999_999}) {
            Instant started = START.with(ChronoField.NANO_OF_SECOND, nanos);
            assertEquals(
                    started, throughTheStore(chains.receive(key(), started)).started());
        }
        byte[] state = chains.receive(key(), START).encode().expose();
        for (int nanos : new int[] {-1, 1_000_000_000}) {
            byte[] changed = ByteBuffer.wrap(state.clone()).putInt(9, nanos).array();
            assertThrows(IllegalArgumentException.class, () -> chains.decodeReceive(changed), nanos + " ns");
        }
    }

    /** Beyond it, the window's last position would be negative, and would be looked up among the skipped ones. */
    @Test
    void aChainEndsBeforeItsWindowLeavesTheNumbersThereAre() {
        byte[] state = chains.receive(key(), START).encode().expose();
        int last = WindowedReceiveChain.MAX_HIGHEST;
        ReceiveChain chain = chains.decodeReceive(
                ByteBuffer.wrap(state.clone()).putInt(13, last - 1).array());
        chain.use(last, START, ANYBODY, NOBODY);
        assertEquals(last, throughTheStore(chain).highest());

        ReceiveChain ended = chains.decodeReceive(
                ByteBuffer.wrap(state.clone()).putInt(13, last).array());
        assertThrows(IllegalStateException.class, () -> ended.use(last + 1, START, ANYBODY, ANYBODY));
        assertEquals(last, ended.highest());
        byte[] past = ByteBuffer.wrap(state.clone()).putInt(13, last + 1).array();
        assertThrows(IllegalArgumentException.class, () -> chains.decodeReceive(past));
    }

    private void assertRefused(byte[] state, int at, int value) {
        byte[] changed = state.clone();
        changed[at] = (byte) value;
        assertThrows(IllegalArgumentException.class, () -> chains.decodeReceive(changed), "byte " + at);
    }

    private ReceiveChain throughTheStore(ReceiveChain chain) {
        byte[] state = chain.encode().expose();
        ReceiveChain restored = chains.decodeReceive(state);
        assertEquals(chain.started(), restored.started());
        assertEquals(chain.highest(), restored.highest());
        assertEquals(expected(chain), expected(restored));
        chain.close();
        return restored;
    }

    private static Map<Integer, Long> expected(ReceiveChain chain) {
        Map<Integer, Long> expected = new TreeMap<>();
        chain.forEachExpected((position, hint) -> assertEquals(null, expected.put(position, hint)));
        return expected;
    }

    private static TreeSet<Integer> range(int from, int to, int... without) {
        TreeSet<Integer> range = new TreeSet<>(IntStream.range(from, to).boxed().toList());
        Arrays.stream(without).forEach(range::remove);
        return range;
    }

    private static SecretBytes key() {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) 7);
        return SecretBytes.wrap(key);
    }

    private static List<byte[]> chainKeys(int count) {
        List<byte[]> keys = new ArrayList<>();
        byte[] key = key().expose();
        for (int i = 0; i < count; i++) {
            keys.add(key);
            key = Hkdf.hmac(key, new byte[] {3});
        }
        return keys;
    }

    /** A literal implementation of PROTOCOL 5 that stores every chain key, whatever it costs. */
    private static final class Model {
        private final List<byte[]> keys = new ArrayList<>(List.of(key().expose()));
        private final List<Long> hints = new ArrayList<>();
        private final TreeMap<Integer, Instant> skipped = new TreeMap<>();
        private int highest = -1;
        private int window = 64;

        TreeSet<Integer> expected() {
            TreeSet<Integer> expected = range(highest + 1, highest + 1 + window);
            expected.addAll(skipped.keySet());
            return expected;
        }

        byte[] secret(int position) {
            hint(position);
            return Hkdf.hmac(keys.get(position), new byte[] {1});
        }

        byte[] rekeySalt(int position) {
            hint(position);
            return Hkdf.hmac(keys.get(position + 1), new byte[] {5});
        }

        Map<Integer, Long> hints() {
            Map<Integer, Long> hints = new TreeMap<>();
            expected().forEach(position -> hints.put(position, hint(position)));
            return hints;
        }

        Map<Integer, Long> use(int position, Instant now) {
            Map<Integer, Long> added = new TreeMap<>();
            skipped.remove(position);
            while (highest < position) {
                highest++;
                if (highest < position) {
                    skipped.put(highest, now);
                }
                added.put(highest + window, hint(highest + window));
            }
            return added;
        }

        Map<Integer, Long> expire(Instant now) {
            Map<Integer, Long> dropped = new TreeMap<>();
            skipped.forEach((position, at) -> {
                if (now.getEpochSecond() - at.getEpochSecond() > 86_400) {
                    dropped.put(position, hint(position));
                }
            });
            dropped.keySet().forEach(skipped::remove);
            return dropped;
        }

        private long hint(int position) {
            while (hints.size() <= position) {
                byte[] key = keys.get(hints.size());
                hints.add(ByteBuffer.wrap(Hkdf.hmac(key, new byte[] {2})).getLong());
                keys.add(Hkdf.hmac(key, new byte[] {3}));
            }
            return hints.get(position);
        }
    }

    private static SkippedSecrets skipped(int below, int... positions) {
        ByteBuffer out = ByteBuffer.allocate(SkippedSecrets.encodedLength(positions.length, true));
        for (int position : positions) {
            SkippedSecrets one = new SkippedSecrets();
            one.add(position, 100, 0, new byte[32], new byte[32], (at, hint) -> {});
            one.write(out);
        }
        return SkippedSecrets.read(out.flip(), positions.length, below, true);
    }

    @Test
    void skippedPositionsAscendAndAreBelowTheHighest() {
        int[] found = new int[3];
        skipped(6, 0, 3, 5).forEach((position, hint) -> found[position / 2]++);
        assertArrayEquals(new int[] {1, 1, 1}, found);
        for (int[] wrong : new int[][] {{5}, {6}, {0, 3, 5}, {3, 0}, {2, 2}, {-1}}) {
            assertThrows(IllegalArgumentException.class, () -> skipped(5, wrong), Arrays.toString(wrong));
        }
    }
}
