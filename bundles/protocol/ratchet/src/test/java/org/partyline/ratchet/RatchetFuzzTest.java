package org.partyline.ratchet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import org.partyline.api.Bech32m;
import org.partyline.api.ratchet.Invite;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.ratchet.SendChain;

/** Any text or stored state is read, or rejected with the one documented exception. */
class RatchetFuzzTest {
    private final ChannelKeySchedule keys = new ChannelKeySchedule();
    private final PartylineChains chains = new PartylineChains();

    @FuzzTest(maxDuration = "10m")
    void anyTextIsAnInviteOrRefused(byte[] text) {
        checkInvite(new String(text, StandardCharsets.UTF_8));
    }

    @FuzzTest(maxDuration = "10m")
    void anyDataIsAnInviteOrRefused(byte[] data) {
        checkInvite(Bech32m.encode("plchan", data));
    }

    @FuzzTest(maxDuration = "10m")
    void anyStateIsAReceiversChainOrRefused(byte[] state) {
        ReceiveChain chain;
        try {
            chain = chains.decodeReceive(state.clone());
        } catch (IllegalArgumentException e) {
            return;
        }
        boolean old = state[0] == 1;
        byte[] again = chain.encode().expose();
        if (!old) {
            assertArrayEquals(state, again);
        }
        assertArrayEquals(again, chains.decodeReceive(again.clone()).encode().expose());
        int[] count = new int[1];
        chain.forEachExpected((position, hint) -> {
            assertEquals(32, chain.secret(position).length());
            count[0]++;
        });
        assertEquals(64 + (state.length - 51) / (old ? 52 : 84), count[0]);
    }

    @FuzzTest(maxDuration = "10m")
    void anyStateIsASendersChainOrRefused(byte[] state) {
        SendChain chain;
        try {
            chain = chains.decodeSend(state.clone());
        } catch (IllegalArgumentException e) {
            return;
        }
        byte[] again = chain.encode().expose();
        if (state[0] != 1) {
            assertArrayEquals(state, again);
        }
        assertArrayEquals(again, chains.decodeSend(again.clone()).encode().expose());
        assertEquals(32, chain.rekeySalt().length());
    }

    private void checkInvite(String text) {
        Invite invite;
        try {
            invite = keys.decodeInvite(text);
        } catch (IllegalArgumentException e) {
            assertEquals(1, e.getMessage().lines().count());
            return;
        }
        Invite again = keys.decodeInvite(keys.encode(invite));
        assertEquals(invite.name(), again.name());
        assertEquals(invite.kdf(), again.kdf());
    }
}
