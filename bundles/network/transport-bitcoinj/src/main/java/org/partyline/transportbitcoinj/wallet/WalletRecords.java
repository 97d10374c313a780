package org.partyline.transportbitcoinj.wallet;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.api.transport.BlockRef;

/** Reads and writes a wallet's records in the store, which seals every value. */
final class WalletRecords {
    private static final String SEEDS = "wallet-seed";
    private static final String STATES = "wallet-state";
    private static final String CHAINS = "wallet-account";
    private static final String TRANSACTIONS = "wallet-tx";
    private static final String LABELS = "wallet-label";
    private static final int FORMAT = 1;

    private WalletRecords() {}

    /**
     * The secret of a wallet.
     *
     * @param network its network
     * @param name the wallet's name
     * @param entropy 16 to 32 bytes; the reader wipes it
     * @param birthday nothing was paid to it before; the epoch if unknown
     */
    record Seed(Network network, String name, byte[] entropy, Instant birthday) {
        void wipe() {
            Arrays.fill(entropy, (byte) 0);
        }

        @Override
        public String toString() {
            return "Seed[" + name + "]";
        }
    }

    /**
     * How far a wallet has read the chain.
     *
     * @param from the height at which it began; -1 before it began
     * @param position the last block; empty: begin at the tip
     */
    record State(int from, Optional<BlockRef> position) {}

    private static byte[] key(Network network) {
        return new byte[] {network.code()};
    }

    private static byte[] key(Network network, byte[] rest) {
        return ByteBuffer.allocate(1 + rest.length)
                .put(network.code())
                .put(rest)
                .array();
    }

    static List<Seed> seeds(StoreTransaction tx) throws StoreException {
        List<Seed> seeds = new ArrayList<>();
        for (StoredRecord record : tx.list(SEEDS)) {
            seeds.add(seed(record.value()));
        }
        return seeds;
    }

    static Optional<Seed> seed(StoreTransaction tx, Network network) throws StoreException {
        return tx.get(SEEDS, key(network)).map(WalletRecords::seed);
    }

    static boolean hasSeed(StoreTransaction tx, Network network) throws StoreException {
        return tx.contains(SEEDS, key(network));
    }

    private static Seed seed(byte[] value) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value))) {
            format(in);
            Network network = Network.ofCode(in.readByte()).orElseThrow();
            String name = in.readUTF();
            Instant birthday = Instant.ofEpochSecond(in.readLong());
            return new Seed(network, name, in.readAllBytes(), birthday);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            Arrays.fill(value, (byte) 0);
        }
    }

    static void put(StoreTransaction tx, Seed seed) throws StoreException {
        byte[] name = seed.name().getBytes(StandardCharsets.UTF_8);
        // Not through a stream, which would leave copies of the secret in memory.
        ByteBuffer value = ByteBuffer.allocate(12 + name.length + seed.entropy().length)
                .put((byte) FORMAT)
                .put(seed.network().code())
                .putShort((short) name.length)
                .put(name)
                .putLong(seed.birthday().getEpochSecond())
                .put(seed.entropy());
        try {
            tx.put(SEEDS, key(seed.network()), new byte[0], value.array(), null);
        } finally {
            Arrays.fill(value.array(), (byte) 0);
        }
    }

    static Optional<State> state(StoreTransaction tx, Network network) throws StoreException {
        Optional<byte[]> value = tx.get(STATES, key(network));
        if (value.isEmpty()) {
            return Optional.empty();
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value.get()))) {
            format(in);
            int from = in.readInt();
            String position = in.readUTF();
            return Optional.of(
                    new State(from, position.isEmpty() ? Optional.empty() : Optional.of(BlockRef.parse(position))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void put(StoreTransaction tx, Network network, State state) throws StoreException {
        tx.put(
                STATES,
                key(network),
                new byte[0],
                write(out -> {
                    out.writeByte(FORMAT);
                    out.writeInt(state.from());
                    out.writeUTF(state.position().map(BlockRef::encode).orElse(""));
                }),
                null);
    }

    /**
     * The issued addresses of a chain.
     *
     * @param account the account's number
     * @param chain the chain's number
     * @param next the lowest index that was never issued
     * @param settled the index after the last one that appeared in a block so long ago that it was forgotten
     * @param back indexes below {@code next} that nobody has seen
     */
    record Given(int account, int chain, int next, int settled, List<Integer> back) {
        Given {
            back = List.copyOf(back);
        }
    }

    static List<Given> given(StoreTransaction tx, Network network) throws StoreException {
        List<Given> given = new ArrayList<>();
        for (StoredRecord record : tx.list(CHAINS, key(network))) {
            ByteBuffer value = ByteBuffer.wrap(record.value());
            int account = value.getInt();
            int chain = value.getInt();
            int next = value.getInt();
            int settled = value.getInt();
            List<Integer> back = new ArrayList<>();
            while (value.hasRemaining()) {
                back.add(value.getInt());
            }
            given.add(new Given(account, chain, next, settled, back));
        }
        return given;
    }

    static void put(StoreTransaction tx, Network network, Given given) throws StoreException {
        byte[] place = ByteBuffer.allocate(8)
                .putInt(given.account())
                .putInt(given.chain())
                .array();
        ByteBuffer value = ByteBuffer.allocate(16 + 4 * given.back().size())
                .put(place)
                .putInt(given.next())
                .putInt(given.settled());
        given.back().forEach(value::putInt);
        tx.put(CHAINS, key(network, place), key(network), value.array(), null);
    }

    static List<Entry> entries(StoreTransaction tx, Network network) throws StoreException {
        List<Entry> entries = new ArrayList<>();
        for (StoredRecord record : tx.list(TRANSACTIONS, key(network))) {
            entries.add(Entry.decode(record.value()));
        }
        return entries;
    }

    static void put(StoreTransaction tx, Network network, Entry entry) throws StoreException {
        tx.put(TRANSACTIONS, key(network, entry.id().bytes()), key(network), entry.encode(), null);
    }

    static void delete(StoreTransaction tx, Network network, TxId id) throws StoreException {
        tx.delete(TRANSACTIONS, key(network, id.bytes()));
    }

    static Map<String, String> labels(StoreTransaction tx, Network network) throws StoreException {
        Map<String, String> labels = new TreeMap<>();
        for (StoredRecord record : tx.list(LABELS, key(network))) {
            try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(record.value()))) {
                labels.put(in.readUTF(), in.readUTF());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return labels;
    }

    static void label(StoreTransaction tx, Network network, String address, String label) throws StoreException {
        byte[] key = key(network, address.getBytes(StandardCharsets.US_ASCII));
        if (label.isEmpty()) {
            tx.delete(LABELS, key);
            return;
        }
        tx.put(
                LABELS,
                key,
                key(network),
                write(out -> {
                    out.writeUTF(address);
                    out.writeUTF(label);
                }),
                null);
    }

    /** Writes a record. */
    private interface Writer {
        void write(DataOutputStream out) throws IOException;
    }

    private static byte[] write(Writer writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writer.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void format(DataInputStream in) throws IOException {
        if (in.readUnsignedByte() != FORMAT) {
            throw new IllegalStateException("a wallet record has another format: use the version that wrote it");
        }
    }
}
