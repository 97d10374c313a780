package org.partyline.ratchet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
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
        String before = Vectors.hex(chain.encode().expose()).substring(28);
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
        assertRefused(state, 0, 2);
        assertRefused(state, 1, 101);
        assertRefused(state, 2, 0x7f);
        assertRefused(state, 10, 0x7f);
    }

    @Test
    void aKeyOfAnotherLengthIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> chains.send(SecretBytes.wrap(new byte[31]), START));
        assertThrows(IllegalArgumentException.class, () -> chains.receive(SecretBytes.wrap(new byte[33]), START));
        assertThrows(
                IllegalArgumentException.class, () -> chains.channelChainKey(new byte[15], key(), Network.REGTEST));
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
