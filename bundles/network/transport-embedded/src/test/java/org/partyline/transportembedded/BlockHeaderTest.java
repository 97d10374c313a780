package org.partyline.transportembedded;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.bitcoinj.base.Sha256Hash;
import org.bitcoinj.core.Block;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;

class BlockHeaderTest {
    @TempDir
    Path home;

    /** Block 170 of the main chain, the first with a payment. */
    @Test
    void theMerkleRootOfARealBlockComesOut() {
        List<TxId> ids = List.of(
                TxId.of("b1fea52486ce0c62bb442b530a3f0132b826c74e473d1f2c220bfa78111c5082"),
                TxId.of("f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16"));

        assertEquals(
                TxId.of("7dac2c5666815c17a3b36427de37bb9d2e2c5ccec3f8633eb91a4205cb4c10ff"),
                TxId.ofInternal(BlockHeader.merkleRoot(ids)));
    }

    /** With an odd number, the last is paired with itself. */
    @Test
    void anOddNumberOfTransactionsRepeatsTheLast() {
        TxId one = TxId.of("11".repeat(32));
        TxId two = TxId.of("22".repeat(32));
        TxId three = TxId.of("33".repeat(32));

        assertArrayEquals(
                BlockHeader.merkleRoot(List.of(one, two, three, three)),
                BlockHeader.merkleRoot(List.of(one, two, three)));
        assertArrayEquals(HexFormat.of().parseHex("11".repeat(32)), BlockHeader.merkleRoot(List.of(one)));
    }

    /** The genesis block of the main chain, whose hash is well known. */
    @Test
    void theHashOfARealHeaderComesOut() {
        byte[] header = HexFormat.of()
                .parseHex("01000000" + "00".repeat(32)
                        + "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a"
                        + "29ab5f49ffff001d1dac2b7c");

        assertEquals(
                TxId.of("000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"), BlockHeader.hash(header));
        assertEquals(Instant.parse("2009-01-03T18:15:05Z"), BlockHeader.time(header));
    }

    @Test
    void bitcoinjReadsAHeaderAndAcceptsItsWork() {
        TxId previous = TxId.of("ab".repeat(32));
        Instant time = Instant.parse("2026-11-24T12:00:00Z");
        byte[] root = new byte[32];
        root[0] = 7;
        byte[] header = BlockHeader.make(previous, root, time);

        Block block = Block.read(ByteBuffer.wrap(java.util.Arrays.copyOf(header, 81)));

        assertEquals(previous.toString(), block.getPrevBlockHash().toString());
        assertEquals(BlockHeader.hash(header).toString(), block.getHash().toString());
        assertEquals(Sha256Hash.wrapReversed(root), block.getMerkleRoot());
        assertEquals(time, block.time());
        assertTrue(block.getHash().toBigInteger().compareTo(block.getDifficultyTargetAsInteger()) <= 0);
        assertEquals(previous, BlockHeader.previous(header));
        assertArrayEquals(root, BlockHeader.merkleRoot(header));
    }

    @Test
    void blocksHaveTheClocksTimeAndNeverGoBack() throws Exception {
        try (TestNode node = new TestNode(home)) {
            BlockRef first = node.transport().mine();
            assertEquals(node.clock().instant(), first.time());
            assertEquals(1, first.height());
            node.clock().pass(Duration.ofMinutes(10));
            assertEquals(node.clock().instant(), node.transport().mine().time());

            node.clock().pass(Duration.ofDays(-300));
            BlockRef back = node.transport().mine();
            assertTrue(back.time().isAfter(node.clock().instant()));
        }
    }
}
