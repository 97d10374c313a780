package org.partyline.transportrpc;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.partyline.api.TxId;

/**
 * A block as {@code getblock} with verbosity 0 gives it.
 *
 * @param hash of its header
 * @param previous the block before it
 * @param time from its header
 * @param transactions in the block's order
 */
record RawBlock(TxId hash, TxId previous, Instant time, List<RawTransaction> transactions) {
    private static final int HEADER = 80;

    static RawBlock of(byte[] bytes) throws MalformedException {
        if (bytes.length <= HEADER) {
            throw new MalformedException("a block has more than 80 bytes, not " + bytes.length);
        }
        MessageDigest sha = RawTransaction.sha256();
        sha.update(bytes, 0, HEADER);
        TxId hash = TxId.ofInternal(sha.digest(sha.digest()));
        TxId previous = TxId.ofInternal(Arrays.copyOfRange(bytes, 4, 36));
        Instant time = Instant.ofEpochSecond(ByteCursor.uint32(bytes, 68));
        ByteCursor cursor = new ByteCursor(bytes, HEADER);
        int count = cursor.count(10);
        List<RawTransaction> transactions = new ArrayList<>(count);
        int at = cursor.at();
        for (int i = 0; i < count; i++) {
            RawTransaction transaction = RawTransaction.at(bytes, at);
            transactions.add(transaction);
            at = transaction.end();
        }
        if (at != bytes.length) {
            throw new MalformedException("bytes after the end of a block");
        }
        return new RawBlock(hash, previous, time, transactions);
    }
}
