package org.partyline.ratchet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Hkdf;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.ratchet.SendChain;

class SendChainTest {
    private static final Instant START = Instant.parse("2026-02-04T00:16:40.123456789Z");

    private final PartylineChains chains = new PartylineChains();

    @Test
    void aHundredStepsAreAllDifferentAndThenTheChainEnds() {
        SendChain chain = chains.send(key(), START);
        Set<Long> hints = new HashSet<>();
        Set<String> secrets = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            assertEquals(i, chain.position());
            SendChain.Step step = chain.step();
            assertEquals(i, step.position());
            assertArrayEquals(ByteBuffer.allocate(8).putLong(step.hint()).array(), step.locator());
            hints.add(step.hint());
            secrets.add(Vectors.hex(step.secret().expose()));
        }
        assertEquals(100, hints.size());
        assertEquals(100, secrets.size());
        assertThrows(IllegalStateException.class, chain::step);
        assertThrows(
                IllegalStateException.class, chains.decodeSend(chain.encode().expose())::step);
    }

    @Test
    void aSessionsChainGoesOnPastAHundredAndPastWhatOneByteHolds() {
        SendChain kept = chains.sendSession(key(), START);
        SendChain channel = chains.send(key(), START);
        for (int i = 0; i < 100; i++) {
            assertEquals(channel.step(), kept.step());
        }
        for (int i = 100; i < 300; i++) {
            kept = chains.decodeSend(kept.encode().expose());
            assertEquals(i, kept.position());
            assertEquals(START, kept.started());
            assertEquals(i, kept.step().position());
        }
        ReceiveChain receiver = chains.receive(key(), START);
        for (int i = 0; i < 300; i++) {
            receiver.use(i, START, (position, hint) -> {}, (position, hint) -> {});
        }
        assertEquals(receiver.secret(300), kept.step().secret());
    }

    @Test
    void aSessionsChainEndsWhereNoReceiverFollows() {
        byte[] state = chains.sendSession(key(), START).encode().expose();
        int end = WindowedReceiveChain.MAX_HIGHEST + 1;
        SendChain last = chains.decodeSend(
                ByteBuffer.wrap(state.clone()).putInt(2, end - 1).array());
        assertEquals(end - 1, last.step().position());
        assertThrows(IllegalStateException.class, last::step);
        byte[] over = ByteBuffer.wrap(state.clone()).putInt(2, end + 1).array();
        assertThrows(IllegalArgumentException.class, () -> chains.decodeSend(over));
    }

    @Test
    void theRekeySaltIsThatOfTheNextChainKey() {
        SendChain chain = chains.sendSession(key(), START);
        chain.step();
        byte[] next = Hkdf.hmac(key().expose(), new byte[] {3});
        SecretBytes expected = SecretBytes.wrap(Hkdf.hmac(next, new byte[] {5}));
        assertEquals(expected, chain.rekeySalt());
        assertEquals(expected, chain.rekeySalt());
        chain.step();
        assertNotEquals(expected, chain.rekeySalt());
    }

    @Test
    void aStateOfVersionOneIsAChannelsChain() {
        SendChain kept = chains.send(key(), START);
        for (int i = 0; i < 7; i++) {
            kept.step();
        }
        SendChain old = chains.decodeSend(versionOne(7, kept));
        assertEquals(7, old.position());
        assertEquals(START, old.started());
        assertEquals(kept.step(), old.step());
        assertArrayEquals(kept.encode().expose(), old.encode().expose());
        byte[] ended = versionOne(100, kept);
        assertThrows(IllegalStateException.class, chains.decodeSend(ended)::step);
        byte[] over = versionOne(101, kept);
        assertThrows(IllegalArgumentException.class, () -> chains.decodeSend(over));
    }

    @Test
    void aChainThatWasStoredGoesOnWhereItStood() {
        SendChain kept = chains.send(key(), START);
        SendChain stored = chains.send(key(), START);
        for (int i = 0; i < 100; i++) {
            stored = chains.decodeSend(stored.encode().expose());
            assertEquals(START, stored.started());
            assertEquals(kept.position(), stored.position());
            assertEquals(kept.step(), stored.step());
        }
    }

    @Test
    void theStateAfterAStepDoesNotLeadBack() {
        SendChain chain = chains.send(key(), START);
        String before = Vectors.hex(chain.encode().expose()).substring(36);
        SendChain.Step step = chain.step();
        String after = Vectors.hex(chain.encode().expose());
        assertFalse(after.contains(before));
        assertFalse(after.contains(Vectors.hex(step.secret().expose())));
    }

    @Test
    void aChainThatWasWipedGivesNothing() {
        SecretBytes key = key();
        SendChain chain = chains.send(key, START);
        chain.close();
        assertThrows(IllegalStateException.class, chain::step);
        assertThrows(IllegalStateException.class, chain::encode);
        assertThrows(IllegalStateException.class, chain::rekeySalt);
        assertEquals(key(), key);
    }

    @Test
    void aStateThatIsBrokenIsRefused() {
        byte[] state = chains.send(key(), START).encode().expose();
        for (int length = 0; length < state.length; length++) {
            byte[] cut = Arrays.copyOf(state, length);
            assertThrows(IllegalArgumentException.class, () -> chains.decodeSend(cut));
        }
        assertThrows(IllegalArgumentException.class, () -> chains.decodeSend(Arrays.copyOf(state, state.length + 1)));
        assertRefused(state, 0, 1);
        assertRefused(state, 0, 3);
        assertRefused(state, 1, 2);
        assertRefused(state, 2, 0x80);
        assertRefused(state, 5, 101);
        assertRefused(state, 6, 0x7f);
        assertRefused(state, 14, 0x7f);
    }

    @Test
    void aKeyOfAnotherLengthIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> chains.send(SecretBytes.wrap(new byte[31]), START));
        assertThrows(IllegalArgumentException.class, () -> chains.receive(SecretBytes.wrap(new byte[33]), START));
        assertThrows(
                IllegalArgumentException.class, () -> chains.channelChainKey(new byte[15], key(), Network.REGTEST));
    }

    /** The state as it was stored before sessions existed: version, position, time, key. */
    private static byte[] versionOne(int position, SendChain chain) {
        byte[] state = chain.encode().expose();
        return ByteBuffer.allocate(46)
                .put((byte) 1)
                .put((byte) position)
                .put(state, 6, 44)
                .array();
    }

    private void assertRefused(byte[] state, int at, int value) {
        byte[] changed = state.clone();
        changed[at] = (byte) value;
        assertThrows(IllegalArgumentException.class, () -> chains.decodeSend(changed), "byte " + at);
    }

    private static SecretBytes key() {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) 7);
        return SecretBytes.wrap(key);
    }
}
