package org.partyline.transportbitcoinj;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.bitcoinj.base.Sha256Hash;
import org.bitcoinj.core.Block;
import org.bitcoinj.core.BlockLocator;
import org.bitcoinj.core.Context;
import org.bitcoinj.core.FeeFilterMessage;
import org.bitcoinj.core.GetDataMessage;
import org.bitcoinj.core.GetHeadersMessage;
import org.bitcoinj.core.HeadersMessage;
import org.bitcoinj.core.InventoryItem;
import org.bitcoinj.core.InventoryMessage;
import org.bitcoinj.core.ListMessage;
import org.bitcoinj.core.MemoryPoolMessage;
import org.bitcoinj.core.Message;
import org.bitcoinj.core.NotFoundMessage;
import org.bitcoinj.core.Peer;
import org.bitcoinj.core.PeerAddress;
import org.bitcoinj.core.Ping;
import org.bitcoinj.core.Pong;
import org.bitcoinj.core.RejectMessage;
import org.bitcoinj.core.SendHeadersMessage;
import org.bitcoinj.core.Services;
import org.bitcoinj.core.VersionAck;
import org.bitcoinj.core.VersionMessage;
import org.bitcoinj.net.MessageWriteTarget;
import org.bitcoinj.utils.ListenableCompletableFuture;
import org.bitcoinj.utils.Threading;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.bitcointx.Hashes;
import org.partyline.bitcointx.Header;
import org.partyline.bitcointx.MalformedException;
import org.partyline.bitcointx.RawBlock;
import org.partyline.bitcointx.TxView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to a peer. bitcoinj performs the handshake, answers pings and parses small messages; a listener before
 * it handles all inventory messages, so that its own handling, which disconnects a peer for a large INV, never sees
 * them. Transactions and blocks are handled as bytes.
 *
 * <p>One thread reads, one writes. A peer that sends too fast must wait; a peer that does not read is disconnected.
 */
final class PeerLink implements AutoCloseable {
    /** Receives events of a connection, on the reading thread. */
    interface Listener {
        /** The handshake is complete. */
        void ready(PeerLink link);

        /**
         * A message arrived.
         *
         * @param done must be called once after the message was handled: makes room for the next
         */
        void received(PeerLink link, PeerMessage message, Runnable done);

        /** The connection ended, or failed. Called once, as the last event. */
        void closed(PeerLink link, String reason);
    }

    private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);
    static final int IN_HAND = 8_000_000;
    static final int TO_WRITE = 16_000_000;
    private static final int MESSAGE_OVERHEAD = 256;
    private static final Context LIBRARY = new Context();
    private static final byte[] END = {};

    private final ChainParameters parameters;
    private final Endpoint endpoint;
    private final int slot;
    private final PeerDialer dialer;
    private final Listener listener;
    private volatile @Nullable Socket socket;
    private final CompletableFuture<Socket> writing = new CompletableFuture<>();
    private final BlockingQueue<byte[]> outgoing = new LinkedBlockingQueue<>();
    private final AtomicLong outgoingBytes = new AtomicLong();
    private final Semaphore room = new Semaphore(IN_HAND);
    /** Why it ended; null before. */
    private final AtomicReference<String> ended = new AtomicReference<>();

    private final Speaker peer;
    private volatile boolean ready;
    private volatile boolean dishonest;
    private volatile long lastReceived;

    /** bitcoinj's peer, with access to messages that we parse ourselves. */
    private static final class Speaker extends Peer {
        Speaker(ChainParameters parameters, VersionMessage version, PeerAddress address) {
            super(parameters.library(), version, address, null, Services.NODE_WITNESS, 0);
        }

        void take(Message message) throws Exception {
            processMessage(message);
        }
    }

    private PeerLink(
            ChainParameters parameters, Endpoint endpoint, int slot, int height, PeerDialer dialer, Listener listener) {
        this.parameters = parameters;
        this.endpoint = endpoint;
        this.slot = slot;
        this.dialer = dialer;
        this.listener = listener;
        Context.propagate(LIBRARY);
        VersionMessage version = new VersionMessage(parameters.library(), height);
        this.peer = new Speaker(parameters, version, address(endpoint));
    }

    /** Only for bitcoinj's log: it does not open connections itself. */
    private static PeerAddress address(Endpoint endpoint) {
        try {
            return PeerAddress.simple(
                    new InetSocketAddress(InetAddress.getByAddress(endpoint.host(), new byte[4]), endpoint.port()));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    /**
     * Connects in the background.
     *
     * @param slot the owner's number for it
     * @param height the height of our chain, for the version message
     */
    static PeerLink open(
            ChainParameters parameters,
            Endpoint endpoint,
            int slot,
            int height,
            PeerDialer dialer,
            ThreadFactory threads,
            Listener listener) {
        PeerLink link = new PeerLink(parameters, endpoint, slot, height, dialer, listener);
        link.start(threads);
        return link;
    }

    private void start(ThreadFactory threads) {
        peer.setWriteTarget(new MessageWriteTarget() {
            @Override
            public ListenableCompletableFuture<Void> writeBytes(byte[] message) {
                // bitcoinj writes the magic of its own network.
                ByteBuffer.wrap(message).putInt(parameters.magic());
                write(message);
                return ListenableCompletableFuture.completedFuture(null);
            }

            @Override
            public void closeConnection() {
                end("it cannot be used: it is fully pruned, or without segwit");
            }
        });
        peer.addPreMessageReceivedEventListener(Threading.SAME_THREAD, (from, message) -> filter(message));
        peer.addConnectedEventListener(Threading.SAME_THREAD, (from, count) -> {
            ready = true;
            listener.ready(this);
        });
        threads.newThread(this::read).start();
        threads.newThread(this::write).start();
    }

    Endpoint endpoint() {
        return endpoint;
    }

    int slot() {
        return slot;
    }

    /** Whether the handshake is complete and the connection is open. */
    boolean ready() {
        return ready && ended.get() == null;
    }

    /** Its version message; empty before. */
    Optional<VersionMessage> version() {
        return Optional.ofNullable(peer.getPeerVersionMessage());
    }

    /** Whether the peer offers a service. Only once it is ready. */
    boolean offers(long service) {
        return version().orElseThrow().services().has(service);
    }

    /** The time that its last pong took. */
    Optional<Duration> latency() {
        return peer.lastPingInterval();
    }

    /** When something last arrived, as in {@link System#nanoTime()}. */
    long lastReceived() {
        return lastReceived;
    }

    private void read() {
        Context.propagate(LIBRARY);
        lastReceived = System.nanoTime();
        try (Socket connected = dialer.connect(endpoint)) {
            socket = connected;
            lastReceived = System.nanoTime();
            writing.complete(connected);
            peer.connectionOpened();
            BufferedInputStream in = new BufferedInputStream(connected.getInputStream(), 1 << 16);
            while (ended.get() == null) {
                Optional<PeerFrame> frame = PeerFrame.read(in, parameters.magic());
                lastReceived = System.nanoTime();
                if (frame.isPresent()) {
                    take(frame.get());
                }
            }
        } catch (ProtocolException e) {
            accuse(e.getMessage());
        } catch (IOException e) {
            end(e instanceof UnknownHostException ? "its name cannot be resolved" : text(e));
        } catch (MalformedException e) {
            accuse("it sends invalid data: " + e.getMessage());
        } catch (InterruptedException e) {
            end("this node is stopping");
        } catch (Throwable e) {
            // bitcoinj throws various exceptions for malformed messages, with all their bytes in the text, so only the
            // type is used. Errors too: a connection without a reader must not look open.
            String why = "it sends invalid data (" + Faults.kind(e) + ")";
            if (e instanceof Error) {
                end(why);
            } else {
                accuse(why);
            }
        } finally {
            writing.cancel(false);
            outgoing.add(END);
            listener.closed(this, Objects.requireNonNullElse(ended.get(), ""));
        }
    }

    /** The peer breaks the rules: unless this side has ended the connection before. */
    private void accuse(String why) {
        dishonest = ended.get() == null;
        end(why);
    }

    /** Whether it ended because the peer sent data that breaks the rules. */
    boolean dishonest() {
        return dishonest;
    }

    private static String text(IOException e) {
        return e instanceof java.io.EOFException ? "it closed the connection" : String.valueOf(e.getMessage());
    }

    private void take(PeerFrame frame) throws Exception {
        byte[] payload = frame.payload();
        switch (frame.command()) {
            case "tx" -> deliver(new PeerMessage.Transaction(TxView.of(payload)), payload.length);
            case "block" -> deliver(new PeerMessage.Block(RawBlock.of(payload)), payload.length);
            default -> peer.take(read(frame));
        }
    }

    private static Message read(PeerFrame frame) throws MalformedException {
        ByteBuffer payload = ByteBuffer.wrap(frame.payload());
        Message message = switch (frame.command()) {
            case "version" -> VersionMessage.read(payload);
            case "verack" -> new VersionAck();
            case "ping" -> Ping.read(payload);
            case "pong" -> Pong.read(payload);
            case "feefilter" -> FeeFilterMessage.read(payload);
            case "reject" -> RejectMessage.read(payload);
            case "inv" -> InventoryMessage.read(payload);
            case "getdata" -> GetDataMessage.read(payload);
            case "notfound" -> NotFoundMessage.read(payload);
            case "headers" -> HeadersMessage.read(payload);
            default -> throw new MalformedException("a " + frame.command() + " that is not expected");
        };
        return message;
    }

    /** Called before bitcoinj: null hides a message from it. */
    private @Nullable Message filter(Message message) {
        int items = 1;
        PeerMessage ours;
        if (message instanceof NotFoundMessage list) {
            ours = new PeerMessage.NotFound(ids(list, false), ids(list, true));
            items = list.getItems().size();
        } else if (message instanceof InventoryMessage list) {
            ours = new PeerMessage.Announced(ids(list, false), ids(list, true));
            items = list.getItems().size();
        } else if (message instanceof GetDataMessage list) {
            ours = new PeerMessage.Asks(ids(list, false));
            items = list.getItems().size();
        } else if (message instanceof HeadersMessage list) {
            List<Header> headers = new ArrayList<>();
            for (Block block : list.getBlockHeaders()) {
                // Bitcoin's blocks have had no negative version since BIP65; another chain marks its blocks that way.
                if (block.getVersion() < 0 && parameters.network() == Network.MAINNET) {
                    throw new IllegalStateException(
                            "it sends headers of another chain than Bitcoin's (version bit 31)");
                }
                headers.add(ChainParameters.header(block));
            }
            ours = new PeerMessage.Headers(headers);
            items = headers.size();
        } else if (message instanceof FeeFilterMessage filter) {
            ours = new PeerMessage.FeeFilter(filter.feeRate().getValue());
        } else if (message instanceof RejectMessage reject) {
            Sha256Hash hash = reject.rejectedMessageHash();
            if (hash == null) {
                return null;
            }
            ours = new PeerMessage.Refuses(TxId.ofBytes(hash.getBytes()), Printable.of(reject.reason()));
        } else {
            return message;
        }
        try {
            deliver(ours, MESSAGE_OVERHEAD + 100 * items);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return null;
    }

    private void deliver(PeerMessage message, int bytes) throws InterruptedException {
        if (!ready) {
            throw new IllegalStateException("it sends messages before the handshake");
        }
        int taken = Math.min(bytes, IN_HAND);
        room.acquire(taken);
        listener.received(this, message, () -> room.release(taken));
    }

    private static List<TxId> ids(ListMessage list, boolean blocks) {
        List<TxId> ids = new ArrayList<>();
        for (InventoryItem item : list.getItems()) {
            boolean wanted = switch (item.type) {
                case TRANSACTION, WITNESS_TRANSACTION -> !blocks;
                case BLOCK, WITNESS_BLOCK -> blocks;
                default -> false;
            };
            if (wanted) {
                ids.add(TxId.ofBytes(item.hash.getBytes()));
            }
        }
        return ids;
    }

    /** Requests transactions. */
    void askForTransactions(List<TxId> ids) {
        GetDataMessage message = new GetDataMessage();
        ids.forEach(id -> message.addTransaction(Sha256Hash.wrap(id.bytes()), true));
        peer.sendMessage(message);
    }

    /** Requests a block. */
    void askForBlock(TxId hash) {
        peer.sendMessage(GetDataMessage.ofBlock(Sha256Hash.wrap(hash.bytes()), true));
    }

    /** Requests the headers after the newest of these that it knows. */
    void askForHeaders(List<TxId> locator) {
        List<Sha256Hash> hashes =
                locator.stream().map(hash -> Sha256Hash.wrap(hash.bytes())).toList();
        peer.sendMessage(new GetHeadersMessage(
                version().orElseThrow().clientVersion(), new BlockLocator(hashes), Sha256Hash.ZERO_HASH));
    }

    /** Asks it to announce blocks by their headers (BIP130). */
    void preferHeaders() {
        peer.sendMessage(new SendHeadersMessage());
    }

    /** Requests its whole mempool (BIP35). */
    void askForMempool() {
        peer.sendMessage(new MemoryPoolMessage());
    }

    /** Measures the latency. */
    void ping() {
        peer.sendPing();
    }

    /** Announces that we have transactions. */
    void announce(List<TxId> ids) {
        byte[] payload = new byte[1 + 36 * ids.size()];
        if (ids.size() >= 0xfd) {
            throw new IllegalArgumentException("too many at once: " + ids.size());
        }
        payload[0] = (byte) ids.size();
        for (int i = 0; i < ids.size(); i++) {
            payload[1 + 36 * i] = (byte) InventoryItem.Type.TRANSACTION.code;
            System.arraycopy(Hashes.internal(ids.get(i)), 0, payload, 5 + 36 * i, TxId.LENGTH);
        }
        write(new PeerFrame("inv", payload).encode(parameters.magic()));
    }

    /** Sends it a transaction. @param raw with witnesses */
    void giveTransaction(byte[] raw) {
        write(new PeerFrame("tx", raw).encode(parameters.magic()));
    }

    private void write(byte[] message) {
        if (ended.get() != null) {
            return;
        }
        if (outgoingBytes.addAndGet(message.length) > TO_WRITE) {
            end("it does not read its data");
            return;
        }
        outgoing.add(message);
    }

    private void write() {
        try {
            OutputStream out = writing.get().getOutputStream();
            for (byte[] message = outgoing.take(); message != END; message = outgoing.take()) {
                out.write(message);
                outgoingBytes.addAndGet(-message.length);
            }
        } catch (IOException e) {
            end(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            end("this node is stopping");
        } catch (CancellationException | ExecutionException e) {
            LOG.debug("nothing is written to {}: there is no connection", endpoint);
        } catch (RuntimeException | Error e) {
            end("data could not be sent to it (" + Faults.kind(e) + ")");
        }
    }

    /** Closes the connection; {@link Listener#closed} follows. @param why for the log */
    void end(String why) {
        if (ended.compareAndSet(null, why)) {
            ready = false;
            room.release(IN_HAND);
            try {
                Socket connected = socket;
                // A connection that is still being opened is closed by its opener, which notices that this has ended.
                if (connected != null) {
                    connected.close();
                }
            } catch (IOException e) {
                LOG.debug("a connection to {} does not close: {}", endpoint, e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        end("this node is stopping");
    }
}
