package org.partyline.api.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.partyline.api.TxId;

class TransactionScannerTest {
    private static JsonNode exchange(String name) throws IOException {
        try (InputStream in = TransactionScannerTest.class.getResourceAsStream("/core-rpc/" + name + ".json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private static List<byte[]> payloads(byte[] raw) {
        List<byte[]> found = new ArrayList<>();
        assertTrue(TransactionScanner.scan(
                raw, (output, offset, length) -> found.add(Arrays.copyOfRange(raw, offset, offset + length))));
        return found;
    }

    @Test
    void findsTheDataThatBitcoinCoreDecodes() throws Exception {
        byte[] raw =
                hex(exchange("getrawtransaction_hex").at("/response/result").asText());
        byte[] expected = new byte[80];
        Arrays.fill(expected, (byte) 0xab);
        expected[0] = 2;
        assertEquals(1, payloads(raw).size());
        assertArrayEquals(expected, payloads(raw).get(0));
    }

    @Test
    void knowsTheIdThatBitcoinCoreGives() throws Exception {
        JsonNode verbose = exchange("getrawtransaction_verbose").at("/response/result");
        assertEquals(
                verbose.get("txid").asText(),
                TransactionScanner.id(hex(verbose.get("hex").asText())).toString());
    }

    @Test
    void knowsWhichCoinsAreSpent() throws Exception {
        JsonNode verbose = exchange("getrawtransaction_verbose").at("/response/result");
        Set<String> coins = new HashSet<>();
        for (ByteBuffer coin : TransactionScanner.spent(hex(verbose.get("hex").asText()))) {
            byte[] id = new byte[32];
            coin.order(ByteOrder.LITTLE_ENDIAN).get(id);
            coins.add(TxId.ofInternal(id) + ":" + coin.getInt());
        }
        Set<String> expected = new HashSet<>();
        verbose.get("vin")
                .forEach(input -> expected.add(
                        input.get("txid").asText() + ":" + input.get("vout").asInt()));
        assertEquals(expected, coins);
        assertEquals(
                1, TransactionScanner.spent(transaction(List.of(new byte[64]))).size());
    }

    @Test
    void findsAPayloadOf512BytesBehindALongPush() throws Exception {
        byte[] raw = hex(
                exchange("sendrawtransaction_512_bytes").at("/request/params/0").asText());
        assertEquals(512, payloads(raw).get(0).length);
    }

    @Test
    void walksATransactionWithoutWitnesses() throws Exception {
        byte[] raw =
                hex(exchange("two_op_returns_create").at("/response/result").asText());
        assertEquals(80, payloads(raw).get(0).length);
    }

    @Test
    void findsEachOfSeveralOutputs() {
        Random random = new Random(5);
        for (int round = 0; round < 200; round++) {
            List<byte[]> sent = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(5); i++) {
                byte[] payload = new byte[1 + random.nextInt(600)];
                random.nextBytes(payload);
                sent.add(payload);
            }
            List<byte[]> found = payloads(transaction(sent));
            assertEquals(sent.size(), found.size());
            for (int i = 0; i < sent.size(); i++) {
                assertArrayEquals(sent.get(i), found.get(i));
            }
        }
    }

    @Test
    void anOpReturnWithMoreThanOnePushIsNotAPayload() {
        byte[] payload = new byte[64];
        byte[] raw = transaction(List.of(payload));
        // If the push is one byte shorter, one byte follows it.
        int push = raw.length - 4 - payload.length - 1;
        assertEquals(64, raw[push]);
        raw[push] = 63;
        assertTrue(payloads(raw).isEmpty());
    }

    @Test
    void aTransactionThatIsCutShortTellsNothing() throws Exception {
        byte[] raw =
                hex(exchange("getrawtransaction_hex").at("/response/result").asText());
        for (int length = 0; length < 150; length++) {
            byte[] cut = Arrays.copyOf(raw, length);
            assertFalse(TransactionScanner.scan(cut, (output, offset, size) -> {}));
            assertThrows(IllegalArgumentException.class, () -> TransactionScanner.id(cut));
        }
    }

    @Test
    void findsAPayloadWhoseScriptIsAsLongAsThatOfAPayment() {
        // 22 bytes, as of P2WPKH, and 34, as of P2TR.
        for (int length : new int[] {20, 32}) {
            byte[] payload = new byte[length];
            Arrays.fill(payload, (byte) 0xcd);
            byte[] raw = transaction(List.of(payload, payload));
            assertEquals(2, payloads(raw).size());
            assertArrayEquals(payload, payloads(raw).get(1));
        }
    }

    @Test
    void everyCutOfATransactionWithoutWitnessesIsNoticed() {
        // One input with an empty script; outputs to P2WPKH, P2TR and P2PKH.
        byte[] raw = hex("0200000001" + "11".repeat(32) + "00000000" + "00" + "fdffffff" + "03"
                + "1027000000000000" + "16" + "0014" + "22".repeat(20)
                + "1027000000000000" + "22" + "5120" + "33".repeat(32)
                + "1027000000000000" + "19" + "76a914" + "44".repeat(20) + "88ac"
                + "00000000");
        assertTrue(payloads(raw).isEmpty());
        for (int length = 0; length < raw.length; length++) {
            assertFalse(TransactionScanner.scan(Arrays.copyOf(raw, length), (output, offset, size) -> {}));
        }
    }

    @Test
    void aHugeCountDoesNotHang() {
        byte[] raw = new byte[64];
        raw[0] = 2;
        Arrays.fill(raw, 4, 13, (byte) 0xff);
        assertFalse(TransactionScanner.scan(raw, (output, offset, length) -> {}));
    }

    @FuzzTest(maxDuration = "10m")
    void anyBytesAreWalkedWithinTheirBounds(byte[] raw) {
        TransactionScanner.scan(raw, (output, offset, length) -> {
            assertTrue(offset >= 0 && length > 0 && offset + length <= raw.length);
        });
        try {
            TransactionScanner.spent(raw).forEach(coin -> assertEquals(36, coin.remaining()));
            TransactionScanner.id(raw);
        } catch (IllegalArgumentException expected) {
            assertEquals("not a transaction", expected.getMessage());
        }
    }

    /** One input, and an OP_RETURN output for each payload. */
    private static byte[] transaction(List<byte[]> payloads) {
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        raw.writeBytes(new byte[] {2, 0, 0, 0, 1});
        raw.writeBytes(new byte[36]);
        raw.write(0);
        raw.writeBytes(new byte[] {-3, -1, -1, -1});
        raw.write(payloads.size());
        for (byte[] payload : payloads) {
            raw.writeBytes(new byte[8]);
            byte[] script = script(payload);
            if (script.length < 0xfd) {
                raw.write(script.length);
            } else {
                raw.writeBytes(new byte[] {(byte) 0xfd, (byte) script.length, (byte) (script.length >>> 8)});
            }
            raw.writeBytes(script);
        }
        raw.writeBytes(new byte[4]);
        return raw.toByteArray();
    }

    private static byte[] script(byte[] payload) {
        ByteArrayOutputStream script = new ByteArrayOutputStream();
        script.write(0x6a);
        if (payload.length <= 75) {
            script.write(payload.length);
        } else if (payload.length < 256) {
            script.write(0x4c);
            script.write(payload.length);
        } else {
            script.writeBytes(new byte[] {0x4d, (byte) payload.length, (byte) (payload.length >>> 8)});
        }
        script.writeBytes(payload);
        return script.toByteArray();
    }
}
