package org.partyline.transportbitcoinj;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bitcoinj.core.GetHeadersMessage;
import org.bitcoinj.core.Services;
import org.partyline.api.TxId;
import org.partyline.bitcointx.ByteCursor;
import org.partyline.bitcointx.Hashes;
import org.partyline.bitcointx.MalformedException;

/** A peer on its own port that behaves as a test requires: honest by default. */
final class FakePeer implements AutoCloseable {
    private static final int MAGIC = TestChain.REGTEST.magic();
    private static final int TRANSACTION = 1;
    private static final int BLOCK = 2;
    private static final int WITNESS = 0x40000000;

    private final ServerSocket server;
    private final Map<TxId, byte[]> transactions = new ConcurrentHashMap<>();
    private final Map<TxId, Integer> asked = new ConcurrentHashMap<>();
    private final Map<TxId, byte[]> received = new ConcurrentHashMap<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private volatile TestChain chain = new TestChain(0);
    private volatile boolean withholds;
    private volatile boolean deaf;
    private volatile boolean silentAboutMissing;
    private volatile boolean wantsNothing;
    private volatile boolean repeats;
    private volatile String refusal = "";
    private volatile boolean keepsNothing;
    private volatile String software = "/Satoshi:31.0.0/";
    private volatile long services = Services.NODE_NETWORK | Services.NODE_WITNESS;
    private volatile OptionalInt claimedHeight = OptionalInt.empty();
    private volatile boolean tellsHeaders = true;
    private volatile int greetings;

    FakePeer() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::accept, "fake-peer");
        thread.setDaemon(true);
        thread.start();
    }

    Endpoint endpoint() {
        return new Endpoint("127.0.0.1", server.getLocalPort());
    }

    FakePeer chain(TestChain shown) {
        chain = shown;
        return this;
    }

    /** Announces transactions but never sends them. */
    FakePeer withholds(boolean does) {
        withholds = does;
        silentAboutMissing = does;
        return this;
    }

    /** Does not request announced transactions. */
    FakePeer wantsNothing(boolean does) {
        wantsNothing = does;
        return this;
    }

    /** Announces transactions that it only knows by our announcement, and says that it has them. */
    FakePeer repeats(boolean does) {
        repeats = does;
        wantsNothing = does;
        return this;
    }

    /** Rejects every transaction with this text. */
    FakePeer refuses(String words) {
        refusal = words;
        return this;
    }

    /** Accepts transactions and silently forgets them. */
    FakePeer keepsNothing(boolean does) {
        keepsNothing = does;
        return this;
    }

    FakePeer software(String name) {
        software = name;
        return this;
    }

    /** Has only the last 288 blocks, and says so (BIP159). */
    FakePeer pruned() {
        services = Services.NODE_NETWORK_LIMITED | Services.NODE_WITNESS;
        return this;
    }

    /** Follows the chain with another proof of work, and says so. */
    FakePeer ofTheOtherChain() {
        services |= 1L << 28;
        return this;
    }

    /** Claims this number of blocks in its version message. */
    FakePeer claims(int height) {
        claimedHeight = OptionalInt.of(height);
        return this;
    }

    /** Does not answer requests for headers. */
    FakePeer tellsHeaders(boolean does) {
        tellsHeaders = does;
        return this;
    }

    /** Closes all connections; accepts new ones. */
    void hangUp() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** Accepts connections and says nothing. */
    FakePeer deaf(boolean is) {
        deaf = is;
        return this;
    }

    void has(byte[]... raw) {
        for (byte[] each : raw) {
            transactions.put(TestChain.idOf(each), each);
        }
    }

    /** How often a transaction or block was requested. */
    int asked(TxId id) {
        return asked.getOrDefault(id, 0);
    }

    boolean received(TxId id) {
        return received.containsKey(id);
    }

    int greetings() {
        return greetings;
    }

    int connections() {
        return (int) sockets.stream().filter(s -> !s.isClosed()).count();
    }

    /** The received commands, in order. */
    List<String> heard() {
        return heard;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                Thread thread = new Thread(() -> serve(socket), "fake-peer-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedInputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                Optional<PeerFrame> frame = readAny(in);
                if (frame.isPresent() && !deaf) {
                    heard.add(frame.get().command());
                    answer(socket, frame.get());
                }
            }
        } catch (IOException | MalformedException e) {
            heard.add("(end)");
        }
    }

    /** Frames of all kinds, including those that the node itself does not read. */
    private static Optional<PeerFrame> readAny(BufferedInputStream in) throws IOException {
        byte[] header = in.readNBytes(24);
        if (header.length < 24) {
            throw new IOException("end");
        }
        String command = new String(header, 4, 12, StandardCharsets.US_ASCII).replace("\0", "");
        int length = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt(16);
        return Optional.of(new PeerFrame(command, in.readNBytes(length)));
    }

    private void answer(Socket socket, PeerFrame frame) throws IOException, MalformedException {
        switch (frame.command()) {
            case "version" -> {
                send(socket, "version", version());
                send(socket, "verack", new byte[0]);
            }
            case "verack" -> greetings++;
            case "ping" -> send(socket, "pong", frame.payload());
            case "getheaders" -> {
                if (tellsHeaders) {
                    send(socket, "headers", headersFor(frame.payload()));
                }
            }
            case "getdata" -> give(socket, frame.payload());
            case "inv" -> ask(socket, frame.payload());
            case "tx" -> take(socket, frame.payload());
            default -> {
                return;
            }
        }
    }

    private byte[] version() {
        byte[] name = software.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer out = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(70016).putLong(services).putLong(1_700_000_000L);
        out.put(new byte[26]).put(new byte[26]).putLong(42);
        out.put((byte) name.length)
                .put(name)
                .putInt(claimedHeight.orElse(chain.height()))
                .put((byte) 1);
        return java.util.Arrays.copyOf(out.array(), out.position());
    }

    private byte[] headersFor(byte[] payload) {
        GetHeadersMessage asks = GetHeadersMessage.read(ByteBuffer.wrap(payload));
        int from = 0;
        for (var hash : asks.getLocator().getHashes()) {
            int at = chain.find(TxId.ofBytes(hash.getBytes()));
            if (at >= 0) {
                from = at;
                break;
            }
        }
        return headers(chain, from + 1);
    }

    private static byte[] headers(TestChain of, int from) {
        int count = Math.max(0, Math.min(2000, of.height() - from + 1));
        ByteBuffer out = ByteBuffer.allocate(3 + 81 * count).order(ByteOrder.LITTLE_ENDIAN);
        if (count < 0xfd) {
            out.put((byte) count);
        } else {
            out.put((byte) 0xfd).putShort((short) count);
        }
        for (int i = 0; i < count; i++) {
            out.put(of.block(from + i), 0, 80).put((byte) 0);
        }
        return java.util.Arrays.copyOf(out.array(), out.position());
    }

    private void give(Socket socket, byte[] payload) throws IOException, MalformedException {
        List<byte[]> missing = new ArrayList<>();
        for (Item item : items(payload)) {
            asked.merge(item.id(), 1, Integer::sum);
            if (item.block()) {
                int at = chain.find(item.id());
                if (at > 0) {
                    send(socket, "block", chain.block(at));
                    continue;
                }
            } else if (transactions.containsKey(item.id()) && !withholds) {
                send(socket, "tx", transactions.get(item.id()));
                continue;
            }
            missing.add(inventory(item.block() ? BLOCK : TRANSACTION, List.of(item.id())));
        }
        if (!silentAboutMissing) {
            for (byte[] each : missing) {
                send(socket, "notfound", each);
            }
        }
    }

    private void ask(Socket socket, byte[] payload) throws IOException, MalformedException {
        List<TxId> wanted = new ArrayList<>();
        for (Item item : items(payload)) {
            if (!item.block() && !transactions.containsKey(item.id())) {
                wanted.add(item.id());
            }
        }
        if (!wanted.isEmpty() && repeats) {
            send(socket, "inv", inventory(TRANSACTION, wanted));
            for (TxId id : wanted) {
                reject(socket, id, "txn-already-in-mempool");
            }
        }
        if (!wanted.isEmpty() && !wantsNothing) {
            send(socket, "getdata", inventory(TRANSACTION | WITNESS, wanted));
        }
    }

    private void take(Socket socket, byte[] raw) throws IOException {
        TxId id = TestChain.idOf(raw);
        received.put(id, raw);
        if (!refusal.isEmpty()) {
            reject(socket, id, refusal);
        } else if (!keepsNothing) {
            transactions.put(id, raw);
        }
    }

    private static void reject(Socket socket, TxId id, String reason) throws IOException {
        byte[] words = reason.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer out = ByteBuffer.allocate(100);
        out.put((byte) 2)
                .put(new byte[] {'t', 'x'})
                .put((byte) 0x42)
                .put((byte) words.length)
                .put(words);
        out.put(Hashes.internal(id));
        send(socket, "reject", java.util.Arrays.copyOf(out.array(), out.position()));
    }

    private record Item(TxId id, boolean block) {}

    private static List<Item> items(byte[] payload) throws MalformedException {
        ByteCursor cursor = new ByteCursor(payload, 0, payload.length);
        int count = cursor.count(36);
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int type = (int) cursor.u32() & ~WITNESS;
            int at = cursor.position();
            cursor.skip(32);
            items.add(new Item(TxId.ofInternal(java.util.Arrays.copyOfRange(payload, at, at + 32)), type == BLOCK));
        }
        return items;
    }

    static byte[] inventory(int type, List<TxId> ids) {
        ByteBuffer out = ByteBuffer.allocate(3 + 36 * ids.size()).order(ByteOrder.LITTLE_ENDIAN);
        if (ids.size() < 0xfd) {
            out.put((byte) ids.size());
        } else {
            out.put((byte) 0xfd).putShort((short) ids.size());
        }
        ids.forEach(id -> out.putInt(type).put(Hashes.internal(id)));
        return java.util.Arrays.copyOf(out.array(), out.position());
    }

    private static synchronized void send(Socket socket, String command, byte[] payload) throws IOException {
        socket.getOutputStream().write(new PeerFrame(command, payload).encode(MAGIC));
    }

    /** Sends a message to all connections. */
    void say(String command, byte[] payload) {
        shout(new PeerFrame(command, payload).encode(MAGIC));
    }

    /** Sends bytes to all connections. */
    void shout(byte[] bytes) {
        for (Socket socket : sockets) {
            if (!socket.isClosed()) {
                try {
                    socket.getOutputStream().write(bytes);
                } catch (IOException e) {
                    heard.add("(unsent)");
                }
            }
        }
    }

    /** Announces transactions. */
    void announce(List<TxId> ids) {
        say("inv", inventory(TRANSACTION, ids));
    }

    /** Announces everything it has. */
    void announceAll() {
        announce(new ArrayList<>(new HashSet<>(transactions.keySet())));
    }

    /** Announces the last blocks of its chain. */
    void announceBlocks(int count) {
        say("headers", headers(chain, chain.height() - count + 1));
    }

    Set<TxId> ids() {
        return transactions.keySet();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
