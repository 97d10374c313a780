package org.partyline.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TxIdTest {
    private static final String GENESIS_ID = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b";
    /** The only transaction of the main network's first block. */
    private static final String GENESIS_TRANSACTION =
            "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054"
                    + "696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e6420626169"
                    + "6c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828"
                    + "e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000";

    @Test
    void theGenesisTransactionHasItsWellKnownId() {
        assertEquals(
                GENESIS_ID,
                TxId.ofStripped(HexFormat.of().parseHex(GENESIS_TRANSACTION)).toString());
    }

    @Test
    void theOrderOfTheWireIsTheReverseOfTheOnePeopleSee() {
        byte[] wire = new byte[32];
        wire[0] = 1;
        wire[31] = (byte) 0xff;
        assertEquals("ff" + "00".repeat(30) + "01", TxId.ofInternal(wire).toString());
    }

    @Test
    void textAndBytesMakeTheSameId() {
        TxId id = TxId.of(GENESIS_ID);
        assertEquals(id, TxId.ofBytes(id.bytes()));
        assertEquals(id, TxId.of(GENESIS_ID.toUpperCase(java.util.Locale.ROOT)));
        assertEquals(id.hashCode(), TxId.ofBytes(id.bytes()).hashCode());
        assertNotEquals(id, TxId.of("00".repeat(32)));
    }

    @Test
    void nobodyChangesAnIdFromOutside() {
        byte[] bytes = new byte[32];
        TxId id = TxId.ofBytes(bytes);
        bytes[0] = 1;
        id.bytes()[1] = 1;
        assertArrayEquals(new byte[32], id.bytes());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 31, 33})
    void bytesOfAnotherLengthAreRefused(int length) {
        assertThrows(IllegalArgumentException.class, () -> TxId.ofBytes(new byte[length]));
        assertThrows(IllegalArgumentException.class, () -> TxId.ofInternal(new byte[length]));
        assertThrows(IllegalArgumentException.class, () -> TxId.of("a".repeat(2 * length)));
    }

    @Test
    void textThatIsNotHexIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> TxId.of("g".repeat(64)));
    }

    @Test
    void idsAreOrderedAsUnsignedNumbers() {
        assertTrue(TxId.of("7f" + "00".repeat(31)).compareTo(TxId.of("80" + "00".repeat(31))) < 0);
    }
}
