package org.partyline.transportbitcoinj;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.partyline.api.TxId;
import org.partyline.api.transport.NetworkPolicy;
import org.partyline.api.transport.NetworkRoute;
import org.partyline.api.transport.NetworkTarget;
import org.partyline.bitcointx.Hashes;
import org.partyline.bitcointx.Header;
import org.partyline.bitcointx.MalformedException;

/**
 * Any data of a peer is parsed, or the connection ends, once and with one line; and headers form the chain with the
 * most work.
 */
class PeerFuzzTest {
    private static final int MAGIC = TestChain.REGTEST.magic();
    private static final Endpoint PEER = new Endpoint("127.0.0.1", 18444);
    private static final Instant NOW = Instant.ofEpochSecond(0xf000_0000L);
    private static final String[] COMMANDS = {
        "version",
        "verack",
        "ping",
        "pong",
        "feefilter",
        "reject",
        "inv",
        "getdata",
        "notfound",
        "headers",
        "tx",
        "block",
        "addr",
    };

    @FuzzTest(maxDuration = "10m")
    void anyStreamIsReadAsMessagesOrEnds(byte[] input) {
        byte[] bytes = input.clone();
        if (bytes.length >= 4) {
            // The fuzzer need not find the magic.
            ByteBuffer.wrap(bytes).putInt(MAGIC);
        }
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        try {
            while (true) {
                int from = bytes.length - in.available();
                Optional<PeerFrame> frame = PeerFrame.read(in, MAGIC);
                int to = bytes.length - in.available();
                if (frame.isPresent()) {
                    byte[] again = frame.get().encode(MAGIC);
                    assertEquals(to - from, again.length);
                    // Nothing after the zero that ends a name is read.
                    int name = from + 4 + frame.get().command().length();
                    assertArrayEquals(Arrays.copyOfRange(bytes, from, name), Arrays.copyOf(again, name - from));
                    assertArrayEquals(
                            Arrays.copyOfRange(bytes, from + 16, to), Arrays.copyOfRange(again, 16, again.length));
                }
            }
        } catch (IOException e) {
            assertTrue(e.getMessage() == null || e.getMessage().lines().count() == 1);
        }
    }

    /**
     * Messages in valid frames: which one, its length, and its content. The first byte says whether the handshake is
     * done before.
     */
    @FuzzTest(maxDuration = "10m")
    void anyPeerIsHeardOrCutOff(byte[] input) {
        ByteBuffer in = ByteBuffer.wrap(input);
        ByteBuffer stream = ByteBuffer.allocate(400 + 8 * input.length + 24 * 200);
        if (in.hasRemaining() && (in.get() & 1) == 0) {
            stream.put(new PeerFrame("version", greeting()).encode(MAGIC));
            stream.put(new PeerFrame("verack", new byte[0]).encode(MAGIC));
        }
        for (int messages = 0; in.remaining() >= 3 && messages < 200; messages++) {
            String command = COMMANDS[Byte.toUnsignedInt(in.get()) % COMMANDS.length];
            byte[] payload = new byte[Math.min(Short.toUnsignedInt(in.getShort()), in.remaining())];
            in.get(payload);
            stream.put(new PeerFrame(command, payload).encode(MAGIC));
        }
        listen(Arrays.copyOf(stream.array(), stream.position()));
    }

    private static byte[] greeting() {
        ByteBuffer out = ByteBuffer.allocate(104).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(70016).putLong(9).putLong(1_700_000_000L);
        return out.put(new byte[52])
                .putLong(42)
                .put((byte) 18)
                .put("/Satoshi:31.0.0/\0\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, 18)
                .putInt(7)
                .put((byte) 1)
                .array();
    }

    private static void listen(byte[] stream) {
        AtomicInteger items = new AtomicInteger();
        List<String> closed = new ArrayList<>();
        PeerLink.open(TestChain.REGTEST, PEER, 0, 0, dialer(stream), Inline::new, new PeerLink.Listener() {
            @Override
            public void ready(PeerLink link) {
                assertTrue(closed.isEmpty());
            }

            @Override
            public void received(PeerLink link, PeerMessage message, Runnable done) {
                assertTrue(closed.isEmpty());
                assertTrue(link.version().isPresent(), "nothing is heard before a greeting");
                items.addAndGet(items(message));
                done.run();
            }

            @Override
            public void closed(PeerLink link, String reason) {
                closed.add(reason);
            }
        });
        // An item of the shortest list has 36 bytes.
        assertTrue(items.get() <= stream.length / 24 + stream.length / 36, items + " of " + stream.length);
        assertEquals(1, closed.size());
        assertNotNull(closed.get(0));
        assertEquals(1, closed.get(0).lines().count());
        assertTrue(closed.get(0).length() < 200, closed.get(0));
        assertFalse(closed.get(0).chars().anyMatch(Character::isISOControl), closed.get(0));
    }

    private static int items(PeerMessage message) {
        if (message instanceof PeerMessage.Announced list) {
            return list.transactions().size() + list.blocks().size();
        } else if (message instanceof PeerMessage.NotFound list) {
            return list.transactions().size() + list.blocks().size();
        } else if (message instanceof PeerMessage.Asks list) {
            return list.transactions().size();
        } else if (message instanceof PeerMessage.Headers list) {
            return list.headers().size();
        } else if (message instanceof PeerMessage.Refuses refusal) {
            assertEquals(Printable.of(refusal.reason()), refusal.reason());
            PeerRefusals.reason(refusal.reason());
        }
        return 1;
    }

    /** Runs its task when it is started. */
    private static final class Inline extends Thread {
        Inline(Runnable task) {
            super(task);
        }

        @Override
        public void start() {
            run();
        }
    }

    private static PeerDialer dialer(byte[] stream) {
        NetworkPolicy policy = new NetworkPolicy() {
            @Override
            public NetworkRoute route(NetworkTarget target) {
                return NetworkRoute.LOOPBACK;
            }

            @Override
            public Socket connect(NetworkTarget target, Duration timeout) {
                return new Socket() {
                    @Override
                    public InputStream getInputStream() {
                        return new ByteArrayInputStream(stream);
                    }

                    @Override
                    public OutputStream getOutputStream() {
                        return OutputStream.nullOutputStream();
                    }
                };
            }
        };
        return new PeerDialer(
                () -> Optional.of(policy),
                P2pSettings.of(Map.of("name", "p2p", "network", "regtest", "peers", PEER.toString())));
    }

    /** A block known to the model. */
    private record Known(Header header, int height, BigInteger work) {}

    /**
     * Headers with a proof of work, each on an existing one: its parent, how much later it is, whether its target
     * differs, and how many are sent together. Compared with a model that keeps all of them.
     */
    @FuzzTest(maxDuration = "10m")
    void headersMakeTheChainWithTheMostWork(byte[] input) throws MalformedException {
        ChainParameters.Anchor genesis = TestChain.REGTEST.genesis();
        HeaderChain chain = new HeaderChain(TestChain.REGTEST, genesis);
        Map<TxId, Known> all = new LinkedHashMap<>();
        Known best = new Known(genesis.header(), 0, genesis.work());
        all.put(genesis.header().hash(), best);
        List<Known> order = new ArrayList<>(all.values());
        ByteBuffer in = ByteBuffer.wrap(input);
        for (int rounds = 0; in.remaining() >= 4 && rounds < 300; rounds++) {
            int back = Byte.toUnsignedInt(in.get());
            int later = in.get();
            int target = in.get();
            int nonce = in.get();
            Known parent = order.get(Math.max(0, order.size() - 1 - back));
            Header header = mined(parent.header(), parent.header().time() + 60L * later, target, nonce);
            boolean known = all.containsKey(header.hash());
            HeaderChain.Result result = chain.accept(List.of(header), NOW);
            if (known) {
                assertEquals(HeaderChain.Outcome.KNOWN, result.outcome());
                continue;
            }
            if (!isAllowed(header, parent, all)) {
                assertEquals(HeaderChain.Outcome.INVALID, result.outcome());
                assertFalse(result.problem().isEmpty());
            } else {
                assertEquals(HeaderChain.Outcome.EXTENDED, result.outcome(), result.problem());
                Known added =
                        new Known(header, parent.height() + 1, parent.work().add(Header.work(header.bits())));
                all.put(header.hash(), added);
                order.add(added);
                // Of two with the same work, the first one.
                best = added.work().compareTo(best.work()) > 0 ? added : best;
            }
            check(chain, best, all);
        }
    }

    private static boolean isAllowed(Header header, Known parent, Map<TxId, Known> all) {
        if (header.bits() != TestChain.REGTEST.genesis().header().bits() || !header.proven()) {
            return false;
        }
        List<Long> times = new ArrayList<>();
        for (Known each = parent;
                each != null && times.size() < 11;
                each = all.get(each.header().previous())) {
            times.add(each.header().time());
        }
        return (times.size() < 11
                        || header.time() > times.stream().sorted().toList().get(5))
                && header.time() <= NOW.getEpochSecond() + 7200;
    }

    private static Header mined(Header parent, long time, int target, int nonce) throws MalformedException {
        ByteBuffer bytes = ByteBuffer.allocate(80).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0x20000000)
                .put(Hashes.internal(parent.hash()))
                .put(new byte[32])
                .putInt((int) time);
        // Nearly always the right one.
        bytes.putInt(target == 7 ? 0x1f00ffff : target == 8 ? (int) parent.bits() | 0x800000 : (int) parent.bits());
        for (int tries = 0; ; tries++) {
            Header header = Header.of(bytes.putInt(76, nonce + 256 * tries).array(), 0);
            if (target == 9 || target == 7 || target == 8 || header.proven()) {
                return header;
            }
        }
    }

    private static void check(HeaderChain chain, Known best, Map<TxId, Known> all) {
        assertEquals(best.header().hash(), chain.tip().hash());
        assertEquals(best.height(), chain.tip().height());
        assertEquals(best.work(), chain.work());
        assertEquals(best.height() + 1, chain.size());
        Known at = best;
        for (int height = best.height(); height >= 0; height--) {
            assertEquals(at.header().hash(), chain.at(height).orElseThrow().hash());
            assertEquals(height, chain.height(at.header().hash()).orElseThrow());
            at = all.get(at.header().previous());
        }
        assertTrue(chain.at(best.height() + 1).isEmpty());
        assertEquals(best.header().hash(), chain.locator().get(0));
    }
}
