package org.partyline.transportrpc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.FeeRate;
import org.partyline.api.TxId;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.Wallet;
import org.partyline.api.transport.WalletException;

/**
 * Any answer of a node is used, or rejected with an exception that the interface names, in one line without secrets.
 */
class NodeFuzzTest {
    private static final String PASSWORD = "password-of-the-node";
    private static final long ALL_COINS = 2_100_000_000_000_000L;
    private static final TxId ID = TxId.of("ab".repeat(32));
    private static final FeeRate RATE = new FeeRate(1000);
    private static final RpcSettings SETTINGS = RpcSettings.of(
            Map.of("name", "home", "network", "regtest", "user", "rpc", "password", PASSWORD), Path.of("/nowhere"));
    private static final AnswerLimits LIMITS = new AnswerLimits(1 << 20, 1 << 20, 10_000, 1_000);

    private final Lines lines = new Lines();
    private final RpcClient client = new RpcClient(
            "home",
            URI.create("http://127.0.0.1:18443"),
            Credentials.of("rpc", PASSWORD.toCharArray()),
            lines::connect,
            () -> Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            LIMITS,
            time -> {},
            Clock.systemUTC());

    @FuzzTest(maxDuration = "10m")
    void anyBytesAreHttpAnswersOrRefused(byte[] input) {
        int limit = 300;
        ByteArrayInputStream in = new ByteArrayInputStream(input);
        try (HttpConnection connection = new HttpConnection(socket(in, OutputStream.nullOutputStream()))) {
            int all = 0;
            do {
                HttpAnswer<byte[]> answer =
                        connection.exchange(new byte[0], 1000, limit, (status, body) -> body.readAllBytes());
                assertTrue(answer.status() >= 200 && answer.status() <= 999);
                assertTrue(answer.body().length <= limit);
                all += answer.body().length;
            } while (connection.reusable());
            assertTrue(all <= input.length);
        } catch (IOException e) {
            assertEquals(1, e.getMessage().lines().count());
        } catch (NodeProblem e) {
            throw new AssertionError("only its reader throws that", e);
        }
    }

    @FuzzTest(maxDuration = "10m")
    void anyBytesAreMessagesOfAPublisherOrEnd(byte[] input) {
        InputStream in = new SequenceInputStream(
                new ByteArrayInputStream(input.length % 2 == 0 ? publisher() : new byte[0]),
                new ByteArrayInputStream(input));
        int all = 0;
        try (Zmtp zmtp = new Zmtp(socket(in, new ByteArrayOutputStream()), 1000)) {
            zmtp.subscribe(List.of("rawtx", "sequence"));
            while (true) {
                List<byte[]> frames = zmtp.next().orElse(List.of());
                assertTrue(frames.size() <= 8);
                all += frames.stream().mapToInt(frame -> frame.length).sum();
                assertTrue(all <= input.length);
            }
        } catch (IOException e) {
            assertTrue(e.getMessage() == null || e.getMessage().lines().count() == 1);
        }
    }

    private static byte[] publisher() {
        byte[] ready = "\5READY\13Socket-Type\0\0\0\3PUB".getBytes(ISO_8859_1);
        return ByteBuffer.allocate(64 + 2 + ready.length)
                .put(0, (byte) 0xff)
                .put(9, (byte) 0x7f)
                .put(10, (byte) 3)
                .put(11, (byte) 1)
                .put(12, "NULL".getBytes(ISO_8859_1))
                .position(64)
                .put((byte) 4)
                .put((byte) ready.length)
                .put(ready)
                .array();
    }

    /**
     * Notifications of a few transactions in any order: each is shown once while it is in the mempool, and removed at
     * most once.
     */
    @FuzzTest(maxDuration = "10m")
    void anyNotificationsShowATransactionOnce(byte[] input) {
        MempoolMirror mirror = new MempoolMirror(7);
        Set<TxId> shown = new HashSet<>();
        MempoolMirror.Sink sink = new MempoolMirror.Sink() {
            @Override
            public void seen(byte[] raw) {
                shown.add(id(raw));
            }

            @Override
            public void removed(TxId id) {
                assertFalse(mirror.contains(id));
            }
        };
        ByteBuffer in = ByteBuffer.wrap(input);
        for (int counter = 0; in.remaining() >= 3; counter += 1) {
            int kind = in.get();
            byte[] raw = raw(in.get() & 7);
            int number = in.get();
            TxId id = id(raw);
            switch (kind & 7) {
                case 0 -> mirror.apply(new Notification(Notification.RAWTX, raw, counter), true, sink);
                case 1, 2, 3, 4 ->
                    mirror.apply(
                            new Notification(
                                    Notification.SEQUENCE, body(id, "ARCD".charAt((kind & 7) - 1), number), counter),
                            true,
                            sink);
                case 5 -> {
                    byte[] rest = new byte[Math.min(in.remaining(), number & 63)];
                    in.get(rest);
                    mirror.apply(
                            new Notification(
                                    (number & 64) == 0 ? Notification.RAWTX : Notification.SEQUENCE, rest, counter),
                            true,
                            sink);
                }
                case 6 -> mirror.takeWanted().forEach(mirror::learnt);
                default -> {
                    mirror.beginListing(number);
                    mirror.touch(id);
                    mirror.endListing(gone -> assertFalse(mirror.contains(gone)));
                }
            }
            assertTrue(mirror.size() <= 8 + input.length / 3);
        }
        // Only contents of raw transactions can have been shown.
        assertTrue(shown.size() <= input.length / 3);
    }

    private static byte[] body(TxId id, char letter, int number) {
        return ByteBuffer.allocate(41)
                .put(id.bytes())
                .put((byte) letter)
                .putLong(Long.reverseBytes(number))
                .array();
    }

    private static byte[] raw(int number) {
        byte[] raw = HexFormat.of()
                .parseHex("0200000001" + "11".repeat(32) + "0000000000ffffffff0100000000000000000151" + "00000000");
        raw[37] = (byte) number;
        return raw;
    }

    private static TxId id(byte[] raw) {
        try {
            return org.partyline.bitcointx.TxView.of(raw).id();
        } catch (org.partyline.bitcointx.MalformedException e) {
            throw new AssertionError("what is no transaction was shown", e);
        }
    }

    /**
     * The first byte selects the query. The answers follow, one on each line; a line that begins with an exclamation
     * mark is an error.
     */
    @FuzzTest(maxDuration = "10m")
    void anyAnswersAreUsedOrRefused(byte[] input) {
        String text = new String(input, UTF_8);
        String[] answers = text.isEmpty() ? new String[0] : text.substring(1).split("\n", -1);
        NodeMonitor monitor = new NodeMonitor(client, SETTINGS, () -> "direct");
        try {
            lines.answer(healthy());
            monitor.check();
        } catch (NodeProblem e) {
            throw new AssertionError(e);
        }
        if (text.contains(PASSWORD)) {
            // The node may repeat what it was sent.
            return;
        }
        lines.answer(Arrays.asList(answers));
        try {
            ask(text.isEmpty() ? 0 : text.charAt(0) % 16, monitor);
        } catch (NodeProblem | NodeUnavailableException | WalletException | RpcException e) {
            checkMessage(e);
        } catch (InsufficientFundsException | TransactionRejectedException e) {
            checkMessage(e);
        }
        NodeStatus status = monitor.status();
        assertTrue(status.detail().lines().count() <= 1 && status.software().length() <= 300);
        assertTrue(monitor.policy().maxOutputs() >= 0 && monitor.policy().maxUnconfirmed() > 0);
    }

    private static void checkMessage(Exception e) {
        String message = String.valueOf(e.getMessage());
        assertEquals(1, message.lines().count(), message);
        assertTrue(message.length() < 3000, message);
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            assertFalse(String.valueOf(cause.getMessage()).contains(PASSWORD));
        }
    }

    private void ask(int what, NodeMonitor monitor)
            throws NodeProblem, NodeUnavailableException, WalletException, RpcException, InsufficientFundsException,
                    TransactionRejectedException {
        RpcTransport transport = new RpcTransport(client, monitor, SETTINGS, null);
        RpcWallet wallet = new RpcWallet(
                client,
                monitor,
                SETTINGS,
                new SecureRandom() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public int nextInt(int bound) {
                        return Math.min(1, bound - 1);
                    }
                },
                Clock.fixed(Instant.ofEpochSecond(1_790_000_000), ZoneOffset.UTC));
        switch (what) {
            case 0 -> new NodeMonitor(client, SETTINGS, () -> "direct").check();
            case 1 -> monitor.refresh();
            case 2 ->
                transport.estimateFee(6).ifPresent(rate -> assertTrue(rate.satPerKvb() <= FeeRate.MAX_SAT_PER_KVB));
            case 3 -> transport.broadcast(new byte[] {1});
            case 4 -> transport.locate(ID);
            case 5 -> transport.withdraw(ID);
            case 6 -> transport.fetch(ID).ifPresent(raw -> assertTrue(raw.length < LIMITS.held()));
            case 7 -> transport.blockAt(7).ifPresent(NodeFuzzTest::check);
            case 8 ->
                new BlockReader(client)
                        .block(ID)
                        .ifPresent(block -> assertEquals(ID, block.header().hash()));
            case 9 -> check(wallet.status(Wallet.DEFAULT_ACCOUNT));
            case 10 -> check(wallet.pay(Wallet.DEFAULT_ACCOUNT, List.of(new byte[64]), RATE));
            case 11 -> {
                String address = wallet.freshAddress("bob");
                assertTrue(address.matches("[!-~]{1,100}"), "an address is shown as it is");
            }
            case 12 -> wallet.require();
            case 13 ->
                check(wallet.replace(Wallet.DEFAULT_ACCOUNT, previous(), List.of(new byte[64]), vsize -> vsize + 500L));
            case 14 -> assertTrue(MempoolListing.read(client).ids().size() <= LIMITS.ids());
            default ->
                assertEquals(
                        3,
                        client.batches(RpcClient.NODE, Collections.nCopies(3, RpcCall.of("getblockcount")), 2)
                                .size());
        }
    }

    private static void check(BlockRef block) {
        assertTrue(block.height() >= 0);
        // A header has 32 bits for it, and an encoded reference must be readable again.
        assertTrue(block.time().getEpochSecond() >= 0 && block.time().getEpochSecond() <= 0xffffffffL);
        assertEquals(block, BlockRef.parse(block.encode()));
    }

    private static void check(AccountStatus status) {
        assertTrue(status.confirmed() >= 0 && status.unconfirmed() >= 0 && status.reserved() >= 0);
        for (AccountStatus.Coin coin : status.coins()) {
            assertTrue(coin.outpoint().matches("[0-9a-f]{64}:[0-9]{1,10}"), "a coin is shown as it is");
            assertTrue(coin.amount() >= 0 && coin.amount() <= ALL_COINS && coin.confirmations() >= 0);
        }
        status.fewest(200, RATE);
    }

    private static void check(SignedTransaction paid) {
        assertTrue(paid.fee() >= 0 && paid.fee() <= SETTINGS.maxFee(), paid.fee() + " sat");
        assertEquals(id(paid.raw()), paid.id());
    }

    private static SignedTransaction previous() {
        byte[] raw = HexFormat.of()
                .parseHex("0200000001" + "11".repeat(32)
                        + "0000000000fdffffff02" + "0000000000000000036a0101" + "1027000000000000160014"
                        + "22".repeat(20)
                        + "00000000");
        return new SignedTransaction(id(raw), raw, raw.length, 43);
    }

    /** The answers of Bitcoin Core 31 on regtest to a check's queries. */
    private static List<String> healthy() {
        List<String> results = new ArrayList<>();
        for (String each : List.of("getnetworkinfo", "getblockchaininfo", "getblockhash_genesis", "getmempoolinfo")) {
            results.add(FakeNode.recorded(each).get("response").get("result").toString());
        }
        return results;
    }

    private static Socket socket(InputStream in, OutputStream out) {
        return new Socket() {
            @Override
            public InputStream getInputStream() {
                return in;
            }

            @Override
            public OutputStream getOutputStream() {
                return out;
            }

            @Override
            public void setSoTimeout(int timeout) {
                // Nothing takes time here.
            }

            @Override
            public void setKeepAlive(boolean on) {
                // There is no connection.
            }
        };
    }

    /** A node that answers each call with the next line, and with null after the last. */
    private static final class Lines {
        private final Deque<String> left = new ArrayDeque<>();

        synchronized void answer(List<String> results) {
            left.clear();
            left.addAll(results);
        }

        Socket connect() {
            Deque<InputStream> answers = new ArrayDeque<>();
            InputStream in = new InputStream() {
                @Override
                public int read() throws IOException {
                    throw new IOException("only whole buffers are read");
                }

                @Override
                public int read(byte[] buffer, int from, int length) throws IOException {
                    while (!answers.isEmpty()) {
                        int some = answers.peek().read(buffer, from, length);
                        if (some > 0) {
                            return some;
                        }
                        answers.remove();
                    }
                    return -1;
                }
            };
            OutputStream out = new OutputStream() {
                @Override
                public void write(int one) throws IOException {
                    throw new IOException("a request is written as a whole");
                }

                @Override
                public void write(byte[] request) throws IOException {
                    String text = new String(request, UTF_8);
                    byte[] body = response(FakeNode.JSON.readTree(text.substring(text.indexOf("\r\n\r\n") + 4)))
                            .getBytes(UTF_8);
                    answers.add(new ByteArrayInputStream(
                            ("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes(ISO_8859_1)));
                    answers.add(new ByteArrayInputStream(body));
                }
            };
            return socket(in, out);
        }

        private synchronized String response(JsonNode request) {
            if (!request.isArray()) {
                return one(request);
            }
            List<String> all = new ArrayList<>();
            request.forEach(each -> all.add(one(each)));
            return "[" + String.join(",", all) + "]";
        }

        private String one(JsonNode request) {
            String line = Optional.ofNullable(left.poll()).orElse("null");
            String id = "{\"jsonrpc\":\"2.0\",\"id\":" + request.get("id");
            return line.startsWith("!")
                    ? id + ",\"error\":" + line.substring(1) + "}"
                    : id + ",\"result\":" + line + "}";
        }
    }
}
