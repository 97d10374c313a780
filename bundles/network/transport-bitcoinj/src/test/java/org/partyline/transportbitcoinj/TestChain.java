package org.partyline.transportbitcoinj;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bitcoinj.base.Sha256Hash;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.bitcointx.Hashes;
import org.partyline.bitcointx.Header;
import org.partyline.bitcointx.MalformedException;
import org.partyline.bitcointx.TxView;

/** Blocks of regtest with real proofs of work. Thread-safe. */
final class TestChain {
    static final ChainParameters REGTEST = ChainParameters.of(Network.REGTEST);

    private final List<byte[]> blocks = new ArrayList<>();
    private final List<Header> headers = new ArrayList<>();
    private final int branch;

    /** @param branch another number results in other blocks */
    TestChain(int branch) {
        this.branch = branch;
        headers.add(REGTEST.genesis().header());
        blocks.add(new byte[0]);
    }

    /** A chain with the same blocks up to a height. */
    synchronized TestChain fork(int height, int otherBranch) {
        TestChain other = new TestChain(otherBranch);
        for (int i = 1; i <= height; i++) {
            other.blocks.add(blocks.get(i));
            other.headers.add(headers.get(i));
        }
        return other;
    }

    synchronized TestChain grow(int count, byte[]... transactions) {
        for (int i = 0; i < count; i++) {
            append(i == 0 ? transactions : new byte[0][]);
        }
        return this;
    }

    private void append(byte[]... transactions) {
        Header parent = headers.get(headers.size() - 1);
        List<byte[]> all = new ArrayList<>(List.of(coinbase(headers.size(), branch)));
        all.addAll(List.of(transactions));
        byte[] root = root(all.stream().map(TestChain::id).toList());
        byte[] header = mined(parent, root);
        int size = header.length + 1 + all.stream().mapToInt(t -> t.length).sum();
        ByteBuffer block = ByteBuffer.allocate(size).put(header).put((byte) all.size());
        all.forEach(block::put);
        blocks.add(block.array());
        headers.add(parse(header));
    }

    private static byte[] mined(Header parent, byte[] root) {
        ByteBuffer header = ByteBuffer.allocate(80).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(0x20000000).put(Hashes.internal(parent.hash())).put(root);
        header.putInt((int) parent.time() + 600).putInt((int) parent.bits());
        for (int nonce = 0; ; nonce++) {
            header.putInt(76, nonce);
            if (parse(header.array()).proven()) {
                return header.array();
            }
        }
    }

    private static Header parse(byte[] header) {
        try {
            return Header.of(header, 0);
        } catch (MalformedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] id(byte[] transaction) {
        try {
            return Hashes.internal(TxView.of(transaction).id());
        } catch (MalformedException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] root(List<byte[]> ids) {
        List<byte[]> level = ids;
        while (level.size() > 1) {
            List<byte[]> next = new ArrayList<>();
            for (int i = 0; i < level.size(); i += 2) {
                next.add(Sha256Hash.hashTwice(level.get(i), level.get(Math.min(i + 1, level.size() - 1))));
            }
            level = next;
        }
        return level.get(0);
    }

    static byte[] coinbase(int height, int branch) {
        ByteBuffer out = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(2).put((byte) 1).put(new byte[32]).putInt(-1);
        out.put((byte) 9).put((byte) 4).putInt(height).putInt(branch).putInt(-1);
        out.put((byte) 1).putLong(50).put((byte) 1).put((byte) 0x51).putInt(0);
        return Arrays.copyOf(out.array(), out.position());
    }

    /** A well-formed transaction that no node would accept. */
    static byte[] transaction(int number) {
        ByteBuffer out = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(2).put((byte) 1).put(Sha256Hash.hash(new byte[] {1})).putInt(number);
        out.put((byte) 0).putInt(-1);
        out.put((byte) 1).putLong(number).put((byte) 1).put((byte) 0x51).putInt(0);
        return Arrays.copyOf(out.array(), out.position());
    }

    /** The same, with a data output. @param bytes 76 to 255 */
    static byte[] data(int bytes) {
        int script = bytes + 3;
        ByteBuffer out = ByteBuffer.allocate(bytes + 200).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(2).put((byte) 1).put(Sha256Hash.hash(new byte[] {1})).putInt(1);
        out.put((byte) 0).putInt(-1);
        out.put((byte) 1).putLong(0);
        if (script >= 0xfd) {
            out.put((byte) 0xfd).putShort((short) script);
        } else {
            out.put((byte) script);
        }
        out.put((byte) 0x6a).put((byte) 0x4c).put((byte) bytes).put(new byte[bytes]);
        out.putInt(0);
        return Arrays.copyOf(out.array(), out.position());
    }

    /** The same, with an output of this size. */
    static byte[] large(int bytes) {
        ByteBuffer out = ByteBuffer.allocate(bytes + 200).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(2).put((byte) 1).put(Sha256Hash.hash(new byte[] {1})).putInt(1);
        out.put((byte) 0).putInt(-1);
        out.put((byte) 1)
                .putLong(1)
                .put((byte) 0xfe)
                .putInt(bytes)
                .put(new byte[bytes])
                .putInt(0);
        return Arrays.copyOf(out.array(), out.position());
    }

    static TxId idOf(byte[] transaction) {
        return TxId.ofInternal(id(transaction));
    }

    synchronized int height() {
        return headers.size() - 1;
    }

    synchronized Header header(int height) {
        return headers.get(height);
    }

    synchronized List<Header> headers() {
        return List.copyOf(headers.subList(1, headers.size()));
    }

    synchronized byte[] block(int height) {
        return blocks.get(height);
    }

    synchronized int find(TxId hash) {
        for (int i = 0; i < headers.size(); i++) {
            if (headers.get(i).hash().equals(hash)) {
                return i;
            }
        }
        return -1;
    }
}
