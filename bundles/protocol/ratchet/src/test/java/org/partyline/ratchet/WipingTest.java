package org.partyline.ratchet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.partyline.api.SecretBytes;
import org.partyline.api.ratchet.ReceiveChain.Visitor;
import org.partyline.testkit.ArrayWatch;

/** Everything from which a key could be derived is overwritten, not just dereferenced. */
class WipingTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_770_164_200);
    private static final Visitor NOBODY = (position, hint) -> {};

    private static SecretBytes secret(int fill) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        return SecretBytes.wrap(bytes);
    }

    private static Object field(Object of, String name) throws ReflectiveOperationException {
        Field field = of.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(of);
    }

    private static byte[] bytes(ChainKey key) {
        ByteBuffer out = ByteBuffer.allocate(ChainKey.LENGTH);
        key.write(out);
        return out.array();
    }

    private static void assertZero(byte[] array) {
        assertArrayEquals(new byte[array.length], array);
    }

    /** The arrays that are not part of the hashed message: the codes 1, 2, 3 and 5. */
    private static List<byte[]> keys(ArrayWatch watch) {
        List<byte[]> keys =
                watch.seen().stream().filter(array -> array.length > 1).toList();
        assertFalse(keys.isEmpty());
        return keys;
    }

    @Test
    void aStepOfAChainLeavesNothingBehind() {
        try (ChainKey key = ChainKey.of(secret(1));
                ArrayWatch watch = new ArrayWatch()) {
            key.hint();
            key.advance();
            assertEquals(2, keys(watch).size());
            keys(watch).forEach(WipingTest::assertZero);
        }
    }

    @Test
    void aChainKeyThatIsClosedIsZero() {
        ChainKey key = ChainKey.of(secret(1));
        key.close();
        assertZero(bytes(key));
    }

    @Test
    void aSendersChainWipesItsKey() throws Exception {
        SteppingSendChain chain = SteppingSendChain.start(ChainKey.of(secret(1)), NOW, false);
        ChainKey key = (ChainKey) field(chain, "key");
        chain.close();
        assertZero(bytes(key));
    }

    @Test
    void aReceiversChainWipesBothKeysAndWhatItSkipped() throws Exception {
        WindowedReceiveChain chain = WindowedReceiveChain.start(ChainKey.of(secret(1)), NOW);
        chain.use(3, NOW, NOBODY, NOBODY);
        ChainKey first = (ChainKey) field(chain, "first");
        ChainKey past = (ChainKey) field(chain, "past");
        byte[] skipped = ((ByteBuffer) field(field(chain, "skipped"), "records")).array();
        assertFalse(Arrays.equals(new byte[skipped.length], skipped));
        chain.close();
        assertZero(bytes(first));
        assertZero(bytes(past));
        assertZero(skipped);
    }

    @Test
    void whatAReceiversChainMakesOnItsWayIsWiped() {
        try (ArrayWatch watch = new ArrayWatch()) {
            WindowedReceiveChain chain = WindowedReceiveChain.start(ChainKey.of(secret(1)), NOW);
            chain.use(5, NOW, NOBODY, NOBODY);
            chain.forEachExpected(NOBODY);
            chain.secret(9).close();
            chain.secret(2).close();
            chain.window(80, NOBODY, NOBODY);
            chain.window(64, NOBODY, NOBODY);
            chain.copy().close();
            chain.rekeySalt(9).close();
            chain.rekeySalt(2).close();
            keys(watch).forEach(WipingTest::assertZero);
        }
    }

    @Test
    void skippedSecretsAreErasedWhereTheyStood() throws Exception {
        SkippedSecrets skipped = new SkippedSecrets();
        byte[] secret = secret(7).expose();
        byte[] salt = secret(8).expose();
        for (int i = 0; i < 3; i++) {
            skipped.add(i, 100 + i, i, secret, salt, NOBODY);
        }
        byte[] records = ((ByteBuffer) field(skipped, "records")).array();
        int record = SkippedSecrets.encodedLength(1, true);
        assertTrue(skipped.erase(1));
        assertZero(Arrays.copyOfRange(records, 2 * record, records.length));
        skipped.eraseBefore(101, NOBODY);
        assertZero(Arrays.copyOfRange(records, record, records.length));
        assertTrue(skipped.erase(2));
        assertZero(records);
        assertEquals(0, ((ByteBuffer) field(skipped, "records")).capacity(), "nothing is held for none");
    }

    @Test
    void theBufferThatBecameTooSmallIsErased() throws Exception {
        SkippedSecrets skipped = new SkippedSecrets();
        skipped.add(0, 100, 0, secret(7).expose(), secret(8).expose(), NOBODY);
        byte[] small = ((ByteBuffer) field(skipped, "records")).array();
        assertFalse(Arrays.equals(new byte[small.length], small));
        for (int i = 1; i <= small.length / SkippedSecrets.encodedLength(1, true); i++) {
            skipped.add(i, 100, i, secret(7).expose(), secret(8).expose(), NOBODY);
        }
        assertTrue(((ByteBuffer) field(skipped, "records")).array().length > small.length);
        assertZero(small);
    }

    @Test
    void aBeaconsMidstatesAreOverwrittenWhenItGoes() throws Exception {
        byte[] empty = MessageDigest.getInstance("SHA-256").digest();
        MidstateBeaconTable table = new MidstateBeaconTable();
        for (int id = 0; id < 3; id++) {
            table.add(id, secret(id + 1));
        }
        Set<MessageDigest> states = new HashSet<>();
        for (String which : List.of("inner", "outer")) {
            MessageDigest[] all = (MessageDigest[]) field(table, which);
            for (int i = 0; i < 3; i++) {
                assertFalse(Arrays.equals(empty, ((MessageDigest) all[i].clone()).digest()));
                states.add(all[i]);
            }
        }
        assertEquals(6, states.size());
        MessageDigest[] inner = (MessageDigest[]) field(table, "inner");
        MessageDigest[] outer = (MessageDigest[]) field(table, "outer");
        MessageDigest firstInner = inner[0];
        MessageDigest firstOuter = outer[0];
        table.remove(0);
        assertArrayEquals(empty, ((MessageDigest) firstInner.clone()).digest());
        assertArrayEquals(empty, ((MessageDigest) firstOuter.clone()).digest());
        assertNull(inner[2]);
        assertNull(outer[2]);
        table.clear();
        for (MessageDigest state : states) {
            assertArrayEquals(empty, state.digest());
        }
        for (int i = 0; i < inner.length; i++) {
            assertNull(inner[i]);
            assertNull(outer[i]);
        }
    }

    @Test
    void theBlockThatABeaconsMidstatesComeFromIsWiped() {
        try (ArrayWatch watch = new ArrayWatch()) {
            new MidstateBeaconTable().add(1, secret(1));
            assertEquals(2, watch.seen().size());
            watch.seen().forEach(WipingTest::assertZero);
        }
    }

    @Test
    void aLookAtABeaconLeavesNoHash() throws Exception {
        MidstateBeaconTable table = new MidstateBeaconTable();
        table.add(1, secret(1));
        table.match(new byte[64]);
        assertZero((byte[]) field(table, "hash"));
    }

    @Test
    void theRootsOfTheDaysBetweenAreWiped() {
        ChannelKeySchedule keys = new ChannelKeySchedule();
        SecretBytes root = secret(1);
        try (ArrayWatch watch = new ArrayWatch()) {
            keys.advance(root, 3).close();
            // The roots are passed in with 32 bytes, the label with another length plus one.
            watch.seen().stream().filter(array -> array.length == 32).forEach(WipingTest::assertZero);
        }
        assertEquals(1, root.expose()[0]);
    }
}
