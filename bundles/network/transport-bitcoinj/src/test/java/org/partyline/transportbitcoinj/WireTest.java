package org.partyline.transportbitcoinj;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.bitcoinj.core.Transaction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.bitcointx.MalformedException;
import org.partyline.bitcointx.RawBlock;
import org.partyline.bitcointx.TxView;

/** Frames, transactions and blocks as bytes. */
class WireTest {
    private static final int MAGIC = TestChain.REGTEST.magic();
    /** BIP143's signed P2WPKH example. */
    private static final String BIP143 =
            "01000000000102fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f00000000494830450221008b9d1dc26ba6a9cb62127b02742fa9d754cd3bebf337f7a55d114c8e5cdd30be022040529b194ba3f9281a99f2b1c0a19c0489bc22ede944ccf4ecbab4cc618ef3ed01eeffffffef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206000000001976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac000247304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c4518331561406f90300e8f3358f51928d43c212a8caed02de67eebee0121025476c2e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee635711000000";

    private static Optional<PeerFrame> read(byte[] bytes) throws IOException {
        return PeerFrame.read(new ByteArrayInputStream(bytes), MAGIC);
    }

    @Test
    void aMessageIsReadAsItWasWritten() throws IOException {
        PeerFrame frame =
                read(new PeerFrame("inv", new byte[] {1, 2, 3}).encode(MAGIC)).orElseThrow();

        assertEquals("inv", frame.command());
        assertArrayEquals(new byte[] {1, 2, 3}, frame.payload());
    }

    @Test
    void theBytesAreTheOnesOfTheProtocol() {
        // A verack of the main network.
        assertEquals(
                "f9beb4d976657261636b000000000000000000005df6e0e2",
                HexFormat.of().formatHex(new PeerFrame("verack", new byte[0]).encode(0xf9beb4d9)));
    }

    @Test
    void messagesThatNobodyNeedsAreSkipped() throws IOException {
        byte[] two = ByteBuffer.allocate(24 + 500 + 24 + 8)
                .put(new PeerFrame("cmpctblock", new byte[500]).encode(MAGIC))
                .put(new PeerFrame("ping", new byte[8]).encode(MAGIC))
                .array();
        ByteArrayInputStream in = new ByteArrayInputStream(two);

        assertTrue(PeerFrame.read(in, MAGIC).isEmpty());
        assertEquals("ping", PeerFrame.read(in, MAGIC).orElseThrow().command());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tx", "block", "ping", "version", "inv", "headers", "addr", "junk"})
    void aLengthOverTheLimitIsRefusedBeforeAnythingIsRead(String command) {
        byte[] header = ByteBuffer.allocate(24)
                .putInt(MAGIC)
                .put(Arrays.copyOf(command.getBytes(StandardCharsets.US_ASCII), 12))
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(PeerFrame.MOST_BYTES + 1)
                .array();

        IOException refused = assertThrows(IOException.class, () -> read(header));
        assertTrue(refused.getMessage().contains(command), refused.getMessage());
    }

    @Test
    void aWrongChecksumAnotherNetworkAndAnEarlyEndAreRefused() {
        byte[] good = new PeerFrame("ping", new byte[8]).encode(MAGIC);
        for (int at : new int[] {0, 3, 20, 23, 24, 31}) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            assertThrows(IOException.class, () -> read(bad), "byte " + at);
        }
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThrows(IOException.class, () -> read(cut));
        }
    }

    @Test
    void aTransactionsPartsAreFoundInItsBytes() throws MalformedException {
        byte[] raw = HexFormat.of().parseHex(BIP143);

        TxView view = TxView.of(raw);

        Transaction library = Transaction.read(ByteBuffer.wrap(raw));
        assertEquals(library.getTxId().toString(), view.id().toString());
        assertEquals(library.getVsize(), view.vsize());
        assertEquals(2, view.inputCount());
        assertEquals(
                "8ac60eb9575db5b2d987e29f301b5b819ea83a5c6579d282d189cc04b8e151ef:1",
                view.input(1).toString());
        assertEquals(2, view.outputCount());
        assertEquals(112340000, view.amount(0));
        assertArrayEquals(raw, view.bytes());
        assertEquals(false, view.coinbase());
    }

    @Test
    void noCutOrChangedTransactionBreaksTheReader() {
        byte[] raw = HexFormat.of().parseHex(BIP143);
        for (int i = 0; i < raw.length; i++) {
            byte[] cut = Arrays.copyOf(raw, i);
            assertThrows(MalformedException.class, () -> TxView.of(cut));
        }
        assertThrows(MalformedException.class, () -> TxView.of(Arrays.copyOf(raw, raw.length + 1)));
        Random random = new Random(4);
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = raw.clone();
            changed[random.nextInt(raw.length)] = (byte) random.nextInt();
            try {
                TxView.of(changed).id();
            } catch (MalformedException e) {
                assertTrue(e.getMessage().length() < 80);
            }
        }
    }

    @Test
    void aBlockIsReadWithItsTransactions() throws MalformedException {
        byte[] payment = TestChain.transaction(1);
        TestChain chain = new TestChain(0).grow(1, payment, TestChain.transaction(2));

        RawBlock block = RawBlock.of(chain.block(1));

        assertEquals(chain.header(1), block.header());
        assertEquals(3, block.transactions().size());
        assertTrue(block.transactions().get(0).coinbase());
        assertArrayEquals(payment, block.transactions().get(1).bytes());
    }

    @Test
    void aBlockWhoseTransactionsAreNotItsOwnIsRefused() {
        byte[] block = new TestChain(0).grow(1, TestChain.transaction(1)).block(1);
        for (int at = 81; at < block.length; at++) {
            byte[] bad = block.clone();
            bad[at] ^= 1;
            assertThrows(MalformedException.class, () -> RawBlock.of(bad), "byte " + at);
        }
    }

    @Test
    void aBlockThatRepeatsTransactionsForTheSameRootIsRefused() throws MalformedException {
        // CVE-2012-2459: with three transactions, the root is the same if the third is repeated.
        TestChain chain = new TestChain(0).grow(1, TestChain.transaction(1), TestChain.transaction(2));
        byte[] good = chain.block(1);
        RawBlock.of(good);
        byte[] repeated = TestChain.transaction(2);
        List<byte[]> ids = new ArrayList<>();
        RawBlock.of(good).transactions().forEach(t -> ids.add(org.partyline.bitcointx.Hashes.internal(t.id())));
        ids.add(ids.get(2));
        byte[] bad = ByteBuffer.allocate(good.length + repeated.length)
                .put(good)
                .put(repeated)
                .array();
        bad[80] = 4;
        assertEquals(chain.header(1).merkleRoot(), org.partyline.api.TxId.ofInternal(TestChain.root(ids)));

        MalformedException refused = assertThrows(MalformedException.class, () -> RawBlock.of(bad));
        assertTrue(refused.getMessage().contains("repeated"), refused.getMessage());
    }
}
