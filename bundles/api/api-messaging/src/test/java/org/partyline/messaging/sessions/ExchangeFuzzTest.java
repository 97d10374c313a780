package org.partyline.messaging.sessions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.partyline.api.crypto.Kem;
import org.partyline.messaging.sessions.KemExchange.Added;

/**
 * With any fragments of the other side of a key exchange, the first bytes at each position stay, or the fragment is
 * rejected.
 */
class ExchangeFuzzTest {
    /** The first byte selects whose part it is. Fragments follow: offset, length, bytes. */
    @FuzzTest(maxDuration = "10m")
    void piecesInAnyOrderMakeOnePart(byte[] input) {
        ByteBuffer in = ByteBuffer.wrap(input);
        KemExchange exchange = new KemExchange();
        exchange.proposer = in.hasRemaining() && (in.get() & 1) == 1;
        exchange.key = new byte[Kem.KEY_LENGTH];
        exchange.ciphertext = new byte[Kem.CIPHERTEXT_LENGTH];
        exchange.arrived = new byte[0];
        int[] model = new int[exchange.proposer ? Kem.CIPHERTEXT_LENGTH : Kem.KEY_LENGTH];
        Arrays.fill(model, -1);
        while (in.remaining() >= 4) {
            int offset = Short.toUnsignedInt(in.getShort());
            int length = Short.toUnsignedInt(in.getShort());
            byte[] piece = new byte[Math.min(in.remaining(), length)];
            in.get(piece);
            Added expected = expected(model, offset, piece);
            assertEquals(expected, exchange.add(offset, piece));
            if (expected == Added.NEW) {
                for (int i = 0; i < piece.length; i++) {
                    model[offset + i] = Byte.toUnsignedInt(piece[i]);
                }
            }
            assertEquals(Arrays.stream(model).filter(each -> each >= 0).count(), exchange.arrivedBytes());
            assertEquals(Arrays.stream(model).allMatch(each -> each >= 0), exchange.isArrived());
            assertTrue(exchange.arrived.length <= model.length / 8 + 1);
            assertTrue(exchange.packetsDone() <= exchange.packetsInAll() && exchange.packetsDone() >= 0);
        }
        byte[] whole = exchange.proposer ? exchange.ciphertext : exchange.key;
        for (int i = 0; i < model.length; i++) {
            assertEquals(Math.max(0, model[i]), Byte.toUnsignedInt(whole[i]));
        }
    }

    private static Added expected(int[] model, int offset, byte[] piece) {
        if (offset + piece.length > model.length) {
            return Added.TOO_LONG;
        }
        boolean some = false;
        for (int i = 0; i < piece.length; i++) {
            int known = model[offset + i];
            if (known >= 0 && known != Byte.toUnsignedInt(piece[i])) {
                return Added.CONTRADICTS;
            }
            some |= known < 0;
        }
        return some ? Added.NEW : Added.KNOWN;
    }
}
