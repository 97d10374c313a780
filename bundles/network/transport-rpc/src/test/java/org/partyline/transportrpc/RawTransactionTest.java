package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.TxId;

class RawTransactionTest {
    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    @Test
    void aTransactionIsReadAsBitcoinCoreReadsIt() throws Exception {
        JsonNode exchange = FakeNode.recorded("decoderawtransaction");
        JsonNode expected = exchange.get("response").get("result");
        byte[] raw = bytes(exchange.get("request").get("params").get(0).textValue());
        RawTransaction transaction = RawTransaction.of(raw);
        assertEquals(expected.get("txid").textValue(), transaction.id().toString());
        assertEquals(expected.get("vsize").intValue(), transaction.vsize());
        assertEquals(2, transaction.version());
        assertEquals(0, transaction.locktime());
        assertFalse(transaction.coinbase());
        assertEquals(
                List.of(new RawTransaction.OutPoint(
                        TxId.of(expected.get("vin").get(0).get("txid").textValue()), 0)),
                transaction.inputs());
        for (int i = 0; i < 2; i++) {
            JsonNode output = expected.get("vout").get(i);
            assertEquals(
                    output.get("scriptPubKey").get("hex").textValue(),
                    HexFormat.of().formatHex(transaction.outputs().get(i).script()));
            assertEquals(
                    output.get("value").decimalValue().movePointRight(8).longValueExact(),
                    transaction.outputs().get(i).amount());
        }
        assertArrayEquals(raw, transaction.raw());
    }

    @Test
    void aBlockIsReadAsBitcoinCoreReadsIt() throws Exception {
        byte[] raw = bytes(FakeNode.recorded("getblock_verbosity_0")
                .get("response")
                .get("result")
                .textValue());
        JsonNode header = FakeNode.recorded("getblockheader").get("response").get("result");
        RawBlock block = RawBlock.of(raw);
        assertEquals(header.get("hash").textValue(), block.hash().toString());
        assertEquals(
                header.get("previousblockhash").textValue(), block.previous().toString());
        assertEquals(header.get("time").longValue(), block.time().getEpochSecond());
        assertEquals(header.get("nTx").intValue(), block.transactions().size());
        assertTrue(block.transactions().get(0).coinbase());
        List<String> ids =
                block.transactions().stream().map(t -> t.id().toString()).toList();
        assertTrue(ids.contains("66c8560b995a97ca3dc4ef14f8f65f44f9991ad20528267ae2a35df907835acc"));
        assertTrue(ids.contains("46590e1925d0908183ecc7a1d272ad5482a4202d1063ca28d4058da585f816a1"));
        for (RawTransaction transaction : block.transactions()) {
            assertEquals(transaction.id(), RawTransaction.of(transaction.raw()).id());
        }
    }

    @Test
    void everyCutAndEveryExtraByteIsNoticed() {
        byte[] block = bytes(FakeNode.recorded("getblock_verbosity_0")
                .get("response")
                .get("result")
                .textValue());
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
    void anUnfundedTransactionIsWhatCreaterawtransactionMakes() {
        JsonNode exchange = FakeNode.recorded("createrawtransaction_data_only");
        byte[] data = bytes(
                exchange.get("request").get("params").get(1).get(0).get("data").textValue());
        assertEquals(
                exchange.get("response").get("result").textValue(),
                HexFormat.of().formatHex(OpReturn.unfunded(List.of(data), 0)));
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
        byte[] script = OpReturn.script(new byte[length]);
        return HexFormat.of().formatHex(script, 0, length <= 75 ? 2 : 6);
    }

    @Test
    void theLargestPayloadFillsTheScriptLimit() {
        assertEquals(0, OpReturn.largestPayload(0));
        assertEquals(80, OpReturn.largestPayload(83));
        assertEquals(75, OpReturn.largestPayload(77));
        for (int limit : new int[] {2, 10, 77, 78, 83, 258, 259, 260, 515, 1200, 65539, 100_000}) {
            int payload = OpReturn.largestPayload(limit);
            assertTrue(OpReturn.script(new byte[payload]).length <= limit, "limit " + limit);
            assertTrue(OpReturn.script(new byte[payload + 1]).length > limit, "limit " + limit);
        }
    }
}
