package org.partyline.bitcointx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.partyline.api.TxId;

/**
 * Any transaction, header or block of a node or peer is either read exactly, to the byte, or rejected with the one
 * exception.
 */
class WireFuzzTest {
    @FuzzTest(maxDuration = "10m")
    void anyBytesAreATransactionOrRefused(byte[] bytes) {
        TxView view;
        try {
            view = TxView.of(bytes);
        } catch (MalformedException e) {
            assertEquals(1, e.getMessage().lines().count());
            return;
        }
        check(view);
        assertArrayEquals(bytes, view.bytes());
        assertArrayEquals(bytes, written(view, view.witnessBytes() > 0));
        MessageDigest sha = Hashes.sha256();
        assertEquals(view.id(), TxId.ofInternal(sha.digest(sha.digest(written(view, false)))));
    }

    /** Its parts, put together again. The witnesses are irrelevant here, and are copied. */
    private static byte[] written(TxView view, boolean whole) {
        byte[] bytes = view.bytes();
        ByteWriter out = new ByteWriter().little(view.version(), 4);
        if (whole) {
            out.u8(0).u8(1);
        }
        out.compactSize(view.inputCount());
        int at = (view.witnessBytes() > 0 ? 6 : 4) + ByteWriter.compactLength(view.inputCount());
        for (int i = 0; i < view.inputCount(); i++) {
            out.outPoint(view.input(i));
            at += 36;
            int script = scriptLength(bytes, at);
            out.compactSize(script);
            at += ByteWriter.compactLength(script);
            out.bytes(Arrays.copyOfRange(bytes, at, at + script));
            at += script + 4;
            out.little(view.sequence(i), 4);
        }
        out.compactSize(view.outputCount());
        view.outputs().forEach(output -> out.output(output.amount(), output.script()));
        if (whole) {
            int end = bytes.length - 4;
            out.bytes(Arrays.copyOfRange(bytes, end - view.witnessBytes() + 2, end));
        }
        return out.little(view.lockTime(), 4).toByteArray();
    }

    private static int scriptLength(byte[] bytes, int at) {
        int first = bytes[at] & 0xff;
        int more = first == 0xfd ? 2 : first == 0xfe ? 4 : 0;
        int length = more == 0 ? first : 0;
        for (int i = more; i > 0; i--) {
            length = length << 8 | bytes[at + i] & 0xff;
        }
        return length;
    }

    private static void check(TxView view) {
        assertTrue(view.vsize() <= view.bytes().length && 4 * view.vsize() >= view.bytes().length);
        assertEquals(view.inputCount(), view.spent().size());
        int most = view.largestData();
        assertTrue(most >= 0 && most <= view.bytes().length);
        for (int i = 0; i < view.outputCount(); i++) {
            byte[] script = view.script(i);
            byte[] program = view.witnessKeyHash(i);
            assertEquals(
                    program != null,
                    script.length == 22 && script[0] == 0 && script[1] == 20,
                    "only a program of version 0 and 20 bytes is one");
            assertTrue(program == null || Arrays.equals(program, 0, 20, script, 2, 22));
        }
    }

    @FuzzTest(maxDuration = "10m")
    void anyBytesAreABlockOrRefused(byte[] bytes) {
        check(bytes);
        try {
            check(withItsRoot(bytes));
        } catch (MalformedException e) {
            assertEquals(1, e.getMessage().lines().count());
        }
    }

    /** A fuzzer never finds a merkle root, so the header gets that of the transactions. */
    private static byte[] withItsRoot(byte[] bytes) throws MalformedException {
        byte[] block = Arrays.copyOf(bytes, Math.max(Header.BYTES, bytes.length));
        ByteCursor cursor = new ByteCursor(block, Header.BYTES, block.length);
        List<TxId> ids = new ArrayList<>();
        for (int left = cursor.count(60); left > 0; left--) {
            ids.add(TxView.read(cursor, block).id());
        }
        if (!ids.isEmpty()) {
            System.arraycopy(Hashes.internal(RawBlock.merkleRoot(ids)), 0, block, 36, 32);
        }
        return block;
    }

    private static void check(byte[] bytes) {
        RawBlock block;
        try {
            block = RawBlock.of(bytes);
        } catch (MalformedException e) {
            assertEquals(1, e.getMessage().lines().count());
            return;
        }
        ByteWriter out = new ByteWriter()
                .bytes(Arrays.copyOf(bytes, Header.BYTES))
                .compactSize(block.transactions().size());
        block.transactions().forEach(each -> out.bytes(each.bytes()));
        assertArrayEquals(bytes, out.toByteArray());
        assertEquals(bytes.length, block.size());
        assertEquals(1, block.transactions().stream().filter(TxView::coinbase).count(), "only the first makes coins");
        block.transactions().forEach(WireFuzzTest::check);
    }

    @FuzzTest(maxDuration = "10m")
    void anyTargetIsOneOrNone(byte[] bytes) {
        Header header;
        try {
            header = Header.of(bytes, 0);
        } catch (MalformedException e) {
            assertTrue(bytes.length < Header.BYTES);
            return;
        }
        long bits = header.bits();
        assertTrue(Header.target(bits).signum() >= 0);
        assertTrue(Header.work(bits).signum() >= 0);
        assertTrue(!header.proven() || Header.target(bits).signum() > 0);
        // Rounding down twice changes nothing.
        if (Header.target(bits).signum() > 0 && bits >>> 24 <= 0x21) {
            assertEquals(Header.target(bits), Header.target(Header.bits(Header.target(bits))));
        }
    }
}
