package org.partyline.transportembedded;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.partyline.api.TxId;

/** Encodes the records of the chain's log: a kind byte, then fields in big-endian order. */
final class Records {
    /** 32 bytes: the wallet's seed; only the first record. */
    static final byte SEED = 1;
    /** Addresses that may be shown from now on. */
    static final byte ADDRESSES = 2;
    /**
     * A transaction entered the mempool: time in milliseconds, then the raw transaction. Those that it replaces leave.
     */
    static final byte TRANSACTION = 3;
    /** Transactions that left the mempool without being mined. */
    static final byte REMOVED = 4;
    /** A block: header, length of the coinbase, coinbase, number of other transactions, their ids. */
    static final byte BLOCK = 5;

    /** The number of bytes before the raw transaction in {@link #TRANSACTION}. */
    static final int TRANSACTION_HEAD = 1 + 8;
    /** The number of bytes before the raw coinbase in {@link #BLOCK}. */
    static final int BLOCK_HEAD = 1 + BlockHeader.LENGTH + 4;

    private Records() {}

    /**
     * Consecutive addresses of an account.
     *
     * @param number the account's number, from 0, in the order of first use
     * @param account its name
     * @param chain 0 for shown addresses, 1 for change
     * @param first the first index
     * @param programs witness programs, in hex
     */
    record Addresses(int number, String account, int chain, int first, List<String> programs) {}

    /** A stored block. */
    record KeptBlock(byte[] header, byte[] coinbase, List<TxId> others) {}

    private interface Fields {
        void write(DataOutputStream out) throws IOException;
    }

    private static byte[] record(byte kind, Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(kind);
        fields.write(out);
        return bytes.toByteArray();
    }

    static DataInputStream fields(byte[] payload) {
        return new DataInputStream(new ByteArrayInputStream(payload, 1, payload.length - 1));
    }

    static byte[] seed(byte[] seed) {
        byte[] record = new byte[1 + seed.length];
        record[0] = SEED;
        System.arraycopy(seed, 0, record, 1, seed.length);
        return record;
    }

    static byte[] addresses(Addresses a) throws IOException {
        return record(ADDRESSES, out -> {
            out.writeInt(a.number());
            out.writeUTF(a.account());
            out.writeByte(a.chain());
            out.writeInt(a.first());
            out.writeInt(a.programs().size());
            for (String program : a.programs()) {
                out.write(HexFormat.of().parseHex(program));
            }
        });
    }

    static Addresses addresses(byte[] payload) throws IOException {
        DataInputStream in = fields(payload);
        int number = in.readInt();
        String account = in.readUTF();
        int chain = in.readUnsignedByte();
        int first = in.readInt();
        int count = in.readInt();
        List<String> programs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            programs.add(HexFormat.of().formatHex(exactly(in, 20)));
        }
        return new Addresses(number, account, chain, first, programs);
    }

    static byte[] transaction(long millis, byte[] raw) throws IOException {
        return record(TRANSACTION, out -> {
            out.writeLong(millis);
            out.write(raw);
        });
    }

    static byte[] removed(List<TxId> ids) throws IOException {
        return record(REMOVED, out -> ids(out, ids));
    }

    static List<TxId> removed(byte[] payload) throws IOException {
        return ids(fields(payload));
    }

    static byte[] block(KeptBlock block) throws IOException {
        return record(BLOCK, out -> {
            out.write(block.header());
            out.writeInt(block.coinbase().length);
            out.write(block.coinbase());
            ids(out, block.others());
        });
    }

    static KeptBlock block(byte[] payload) throws IOException {
        DataInputStream in = fields(payload);
        byte[] header = exactly(in, BlockHeader.LENGTH);
        byte[] coinbase = exactly(in, in.readInt());
        return new KeptBlock(header, coinbase, ids(in));
    }

    private static void ids(DataOutputStream out, List<TxId> ids) throws IOException {
        out.writeInt(ids.size());
        for (TxId id : ids) {
            out.write(id.bytes());
        }
    }

    private static List<TxId> ids(DataInputStream in) throws IOException {
        int count = in.readInt();
        List<TxId> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(TxId.ofBytes(exactly(in, TxId.LENGTH)));
        }
        return ids;
    }

    private static byte[] exactly(DataInputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length != length) {
            throw new IOException("a record ends early");
        }
        return bytes;
    }
}
