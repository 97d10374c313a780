package org.partyline.bitcointx;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.partyline.api.TxId;

/** A block whose transactions match its header. Immutable. */
public final class RawBlock {
    /** A transaction has at least 60 bytes: one input, one output, both with empty scripts. */
    private static final int LEAST_TRANSACTION_BYTES = 60;

    private final Header header;
    private final int size;
    private final List<TxView> transactions;

    private RawBlock(Header header, int size, List<TxView> transactions) {
        this.header = header;
        this.size = size;
        this.transactions = transactions;
    }

    /**
     * @param bytes a block with witnesses; must not be changed
     * @throws MalformedException if it is not a block, or its transactions do not match its merkle root
     */
    public static RawBlock of(byte[] bytes) throws MalformedException {
        Header header = Header.of(bytes, 0);
        ByteCursor cursor = new ByteCursor(bytes, Header.BYTES, bytes.length);
        int count = cursor.count(LEAST_TRANSACTION_BYTES);
        List<TxView> transactions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            transactions.add(TxView.read(cursor, bytes));
        }
        if (cursor.remaining() != 0 || transactions.isEmpty()) {
            throw new MalformedException("it is not one whole block");
        }
        for (int i = 0; i < count; i++) {
            if (transactions.get(i).coinbase() != (i == 0)) {
                throw new MalformedException("its coinbase is not its first transaction");
            }
        }
        if (!merkleRoot(transactions.stream().map(TxView::id).toList()).equals(header.merkleRoot())) {
            throw new MalformedException("its transactions do not make its merkle root");
        }
        return new RawBlock(header, bytes.length, List.copyOf(transactions));
    }

    /**
     * The merkle root of these transactions.
     *
     * @param ids at least one, in the block's order
     * @throws MalformedException if transactions are repeated, so that another list has the same root
     */
    public static TxId merkleRoot(List<TxId> ids) throws MalformedException {
        MessageDigest sha = Hashes.sha256();
        List<byte[]> level = ids.stream().map(Hashes::internal).toList();
        while (level.size() > 1) {
            List<byte[]> next = new ArrayList<>((level.size() + 1) / 2);
            for (int i = 0; i < level.size(); i += 2) {
                byte[] left = level.get(i);
                byte[] right = level.get(Math.min(i + 1, level.size() - 1));
                if (i + 1 < level.size() && Arrays.equals(left, right)) {
                    // CVE-2012-2459: repeated transactions with the same root.
                    throw new MalformedException("transactions are repeated in it");
                }
                sha.update(left);
                sha.update(right);
                next.add(sha.digest(sha.digest()));
            }
            level = next;
        }
        return TxId.ofInternal(level.get(0));
    }

    /** Its header. */
    public Header header() {
        return header;
    }

    /** Its size on the wire in bytes. */
    public int size() {
        return size;
    }

    /** Its transactions in order; the first is the coinbase. */
    public List<TxView> transactions() {
        return transactions;
    }
}
