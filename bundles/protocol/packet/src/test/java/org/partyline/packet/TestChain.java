package org.partyline.packet;

import java.util.Arrays;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Hkdf;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;

/** The three formulas of PROTOCOL 5 that packets on a chain need. */
final class TestChain {
    private TestChain() {}

    /** The packet key of a position. */
    static PacketKey key(byte[] chainKey0, int position, PacketLabel label, Network network) {
        byte[] key = chainKey0;
        for (int i = 0; i < position; i++) {
            key = Hkdf.hmac(key, new byte[] {3});
        }
        byte[] hint = Arrays.copyOf(Hkdf.hmac(key, new byte[] {2}), label.locatorLength());
        return new PacketKey(SecretBytes.wrap(Hkdf.hmac(key, new byte[] {1})), label, hint, network);
    }
}
