package org.partyline.bitcointx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.TxId;

class TxViewTest {
    private static JsonNode recorded(String name) throws IOException {
        try (InputStream in = TxViewTest.class.getResourceAsStream("/core-rpc/" + name + ".json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    @Test
    void aTransactionIsReadAsBitcoinCoreReadsIt() throws Exception {
        JsonNode exchange = recorded("decoderawtransaction");
        JsonNode expected = exchange.get("response").get("result");
        byte[] raw = bytes(exchange.get("request").get("params").get(0).textValue());
        TxView transaction = TxView.of(raw);
        assertEquals(expected.get("txid").textValue(), transaction.id().toString());
        assertEquals(expected.get("vsize").intValue(), transaction.vsize());
        assertEquals(2, transaction.version());
        assertEquals(0, transaction.lockTime());
        assertFalse(transaction.coinbase());
        assertEquals(
                List.of(new OutPoint(
                        TxId.of(expected.get("vin").get(0).get("txid").textValue()), 0)),
                transaction.spent());
        for (int i = 0; i < 2; i++) {
            JsonNode output = expected.get("vout").get(i);
            assertEquals(
                    output.get("scriptPubKey").get("hex").textValue(),
                    HexFormat.of().formatHex(transaction.outputs().get(i).script()));
            assertEquals(
                    output.get("value").decimalValue().movePointRight(8).longValueExact(),
                    transaction.outputs().get(i).amount());
        }
        assertSame(raw, transaction.raw());
        assertArrayEquals(raw, transaction.bytes());
        assertEquals(expected.get("vin").get(0).get("sequence").longValue(), transaction.sequence(0));
        assertEquals(
                expected.get("size").intValue()
                        - (expected.get("weight").intValue()
                                        - expected.get("size").intValue())
                                / 3,
                transaction.witnessBytes());
    }

    @Test
    void whatIsWrittenIsReadBack() throws Exception {
        OutPoint first = new OutPoint(TxId.of("11".repeat(32)), 0xfffffffeL);
        OutPoint second = new OutPoint(TxId.of("0123456789abcdef".repeat(4)), 7);
        byte[] script = DataScript.of(new byte[300]);
        byte[] raw = new ByteWriter()
                .little(-2, 4)
                .compactSize(2)
                .outPoint(first)
                .u8(0)
                .little(0xfffffffdL, 4)
                .outPoint(second)
                .compactSize(3)
                .bytes(new byte[3])
                .little(5, 4)
                .compactSize(2)
                .output(21_000_000_00000000L, script)
                .output(0, new byte[0])
                .little(0xfffffff0L, 4)
                .toByteArray();
        TxView read = TxView.of(raw);
        assertEquals(List.of(first, second), read.spent());
        assertEquals(0xfffffffdL, read.sequence(0));
        assertEquals(5, read.sequence(1));
        assertEquals(-2, read.version());
        assertEquals(0xfffffff0L, read.lockTime());
        assertEquals(0, read.witnessBytes());
        assertEquals(raw.length, read.vsize());
        assertEquals(21_000_000_00000000L, read.amount(0));
        assertArrayEquals(script, read.script(0));
        assertEquals(0, read.script(1).length);
        assertEquals(300, read.largestData());
        for (int length = 0; length < raw.length; length++) {
            byte[] cut = Arrays.copyOf(raw, length);
            assertThrows(MalformedException.class, () -> TxView.of(cut));
        }
    }

    @Test
    void aLengthThatIsNotInItsShortestFormIsRefused() throws Exception {
        for (String number : List.of("fdfc00", "feffff0000", "ffffffffff00000000")) {
            byte[] bytes = bytes(number);
            ByteCursor cursor = new ByteCursor(bytes, 0, bytes.length);
            assertThrows(MalformedException.class, cursor::compactSize, number);
        }
        assertEquals(0x10000, new ByteCursor(bytes("fe00000100"), 0, 5).compactSize());
    }

    @Test
    void aBlockWhoseTransactionsAreOthersIsRefused() throws Exception {
        byte[] block = bytes(
                recorded("getblock_verbosity_0").get("response").get("result").textValue());
        // The lock time of the last transaction.
        block[block.length - 1] ^= 1;
        assertThrows(MalformedException.class, () -> RawBlock.of(block));
    }

    @Test
    void aBlockIsReadAsBitcoinCoreReadsIt() throws Exception {
        byte[] raw = bytes(
                recorded("getblock_verbosity_0").get("response").get("result").textValue());
        JsonNode header = recorded("getblockheader").get("response").get("result");
        RawBlock block = RawBlock.of(raw);
        assertEquals(header.get("hash").textValue(), block.header().hash().toString());
        assertEquals(
                header.get("previousblockhash").textValue(),
                block.header().previous().toString());
        assertEquals(header.get("time").longValue(), block.header().time());
        assertEquals(header.get("nTx").intValue(), block.transactions().size());
        assertTrue(block.transactions().get(0).coinbase());
        List<String> ids =
                block.transactions().stream().map(t -> t.id().toString()).toList();
        assertTrue(ids.contains("66c8560b995a97ca3dc4ef14f8f65f44f9991ad20528267ae2a35df907835acc"));
        assertTrue(ids.contains("46590e1925d0908183ecc7a1d272ad5482a4202d1063ca28d4058da585f816a1"));
        for (TxView transaction : block.transactions()) {
            assertEquals(transaction.id(), TxView.of(transaction.raw()).id());
        }
    }

    @Test
    void everyCutAndEveryExtraByteIsNoticed() throws Exception {
        byte[] block = bytes(
                recorded("getblock_verbosity_0").get("response").get("result").textValue());
        for (int length = 0; length < block.length; length++) {
            byte[] cut = Arrays.copyOf(block, length);
            assertThrows(MalformedException.class, () -> RawBlock.of(cut));
        }
        byte[] longer = Arrays.copyOf(block, block.length + 1);
        assertThrows(MalformedException.class, () -> RawBlock.of(longer));
        byte[] hugeCount = block.clone();
        Arrays.fill(hugeCount, 80, 89, (byte) 0xff);
        assertThrows(MalformedException.class, () -> RawBlock.of(hugeCount));
    }

    @Test
    void thePushIsTheShortestForItsLength() {
        assertEquals("6a4b", hexStart(75));
        assertEquals("6a4c4c", hexStart(76).substring(0, 6));
        assertEquals("6a4cff", hexStart(255).substring(0, 6));
        assertEquals("6a4d0001", hexStart(256).substring(0, 8));
        assertEquals("6a4e00000100", hexStart(65536).substring(0, 12));
    }

    private static String hexStart(int length) {
        byte[] script = DataScript.of(new byte[length]);
        return HexFormat.of().formatHex(script, 0, length <= 75 ? 2 : 6);
    }

    @Test
    void theLargestPayloadFillsTheScriptLimit() {
        assertEquals(0, DataScript.largestPayload(0));
        assertEquals(80, DataScript.largestPayload(83));
        assertEquals(75, DataScript.largestPayload(77));
        for (int limit : new int[] {2, 10, 77, 78, 83, 258, 259, 260, 515, 1200, 65539, 100_000}) {
            int payload = DataScript.largestPayload(limit);
            assertTrue(DataScript.of(new byte[payload]).length <= limit, "limit " + limit);
            assertTrue(DataScript.of(new byte[payload + 1]).length > limit, "limit " + limit);
        }
    }
}
