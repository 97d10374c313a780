package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.transport.NodeStatus;

class RpcClientTest {
    private static final Credentials GOOD = Credentials.of("rpc", FakeNode.PASSWORD.toCharArray());
    private static final Duration LONG = Duration.ofSeconds(20);

    private final FakeNode node = new FakeNode();

    @AfterEach
    void close() {
        node.close();
    }

    private static void oneCleanLine(Throwable problem) {
        assertFalse(problem.getMessage().contains("\n"), problem.getMessage());
        for (Throwable t = problem; t != null; t = t.getCause()) {
            assertFalse(String.valueOf(t).contains(FakeNode.PASSWORD), "no password in " + t);
        }
        assertTrue(problem.getMessage().startsWith("node home"), problem.getMessage());
    }

    private NodeProblem problem(RpcClient client) {
        NodeProblem problem = assertThrows(NodeProblem.class, () -> client.call("getblockcount"));
        oneCleanLine(problem);
        return problem;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>hello</html>",
                "",
                "null",
                "7",
                "[]",
                "{}",
                "{\"id\":1}",
                "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":1}",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":\"no\"}",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1} trailing",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":"
            })
    void garbageIsOneClearLine(String body) {
        node.next(FakeNode.status(200, body));
        NodeProblem problem = problem(node.client());
        assertEquals(NodeStatus.State.UNREACHABLE, problem.state());
        assertTrue(problem.getMessage().contains("data that is not JSON-RPC"), problem.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "[{\"id\":0,\"result\":1}]",
                "[{\"id\":0,\"result\":1},{\"id\":0,\"result\":1}]",
                "[{\"id\":0,\"result\":1},{\"id\":5,\"result\":1}]",
                "[{\"id\":0,\"result\":1},3]"
            })
    void garbageInPlaceOfABatchIsOneClearLine(String body) {
        node.next(FakeNode.status(200, body));
        NodeProblem problem = assertThrows(
                NodeProblem.class,
                () -> node.client().batch(RpcClient.NODE, List.of(RpcCall.of("getblockcount"), RpcCall.of("uptime"))));
        oneCleanLine(problem);
    }

    @Test
    void theAnswersOfABatchArePutInOrder() throws Exception {
        node.next(FakeNode.status(200, "[{\"id\":1,\"result\":\"b\"},{\"id\":0,\"result\":\"a\"}]"));
        List<RpcAnswer> answers =
                node.client().batch(RpcClient.NODE, List.of(RpcCall.of("getblockcount"), RpcCall.of("uptime")));
        assertEquals("a", answers.get(0).get().asText());
        assertEquals("b", answers.get(1).get().asText());
    }

    @Test
    void anAnswerThatBreaksOffIsAskedForAgain() throws Exception {
        node.on("getblockcount", 7);
        node.next(FakeNode.half("{\"jsonrpc\":\"2.0\",\"resu"));
        assertEquals(7, node.client().call("getblockcount").intValue());
    }

    @Test
    void aNodeThatAlwaysBreaksOffIsUnreachable() {
        for (int i = 0; i < 3; i++) {
            node.next(FakeNode.half("{\"jsonrpc\""));
        }
        assertTrue(problem(node.client()).getMessage().contains("closed the connection"));
    }

    @Test
    void aCallThatReservesCoinsIsNotRepeatedAfterABreak() {
        node.on("fundrawtransaction", 7);
        node.next(FakeNode.half("{"));
        assertThrows(NodeProblem.class, () -> node.client().call("fundrawtransaction", "00"));
        assertTrue(node.calls.isEmpty(), "the node saw it once, and broke off");
    }

    @Test
    void aNodeThatSaysNothingIsGivenUp() {
        CountDownLatch end = new CountDownLatch(1);
        node.next((exchange, body) -> awaitQuietly(end));
        RpcClient client = node.client(GOOD, Duration.ofMillis(100), 1 << 20, time -> {});
        NodeProblem problem = problem(client);
        end.countDown();
        assertEquals(NodeStatus.State.UNREACHABLE, problem.state());
        assertTrue(problem.getMessage().contains("did not answer"), problem.getMessage());
    }

    @Test
    void aNodeThatStopsInTheMiddleIsGivenUp() {
        CountDownLatch end = new CountDownLatch(1);
        node.next((exchange, body) -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            awaitQuietly(end);
        });
        NodeProblem problem = problem(node.client(GOOD, Duration.ofMillis(200), 1 << 20, time -> {}));
        end.countDown();
        assertTrue(problem.getMessage().contains("did not answer"), problem.getMessage());
    }

    private static void awaitQuietly(CountDownLatch end) throws IOException {
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void aPortWhereNobodyListensIsUnreachable() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        RpcSettings settings = node.settings(Map.of("url", "http://127.0.0.1:" + port));
        RpcDialer dialer = new RpcDialer(() -> Optional.of(new FakeNetwork()), settings);
        RpcClient client = new RpcClient(
                "home",
                settings.url(),
                GOOD,
                dialer::rpc,
                dialer::timeout,
                LONG,
                AnswerLimits.of(1000, Long.MAX_VALUE),
                time -> {},
                Clock.systemUTC());
        assertTrue(problem(client).getMessage().contains("check that it runs"));
    }

    @Test
    void theCookieIsReadAgainAfterA401(@TempDir Path directory) throws Exception {
        Path file = directory.resolve(".cookie");
        Files.writeString(file, "__cookie__:old\n");
        node.credentials("__cookie__", "old");
        node.on("getblockcount", 7);
        RpcClient client = node.client(Credentials.cookie("home", file), LONG, 1 << 20, time -> {});
        assertEquals(7, client.call("getblockcount").intValue());
        Files.writeString(file, "__cookie__:new");
        node.credentials("__cookie__", "new");
        assertEquals(7, client.call("getblockcount").intValue());
        node.credentials("__cookie__", "other");
        NodeProblem problem = problem(client);
        assertEquals(NodeStatus.State.REFUSED, problem.state());
        assertFalse(problem.getMessage().contains("new"), problem.getMessage());
    }

    @Test
    void aCookieFileOverTheLimitIsNotRead(@TempDir Path directory) throws Exception {
        Path cookie = directory.resolve(".cookie");
        node.on("getblockcount", 7);
        node.credentials("__cookie__", "x".repeat(1024 - 11));
        Files.writeString(cookie, "__cookie__:" + "x".repeat(1024 - 11));
        assertEquals(
                7,
                node.client(Credentials.cookie("home", cookie), LONG, 1000, time -> {})
                        .call("getblockcount")
                        .intValue());
        // Begins like a cookie, and continues: nothing of it is sent.
        Files.writeString(cookie, "__cookie__:" + "x".repeat(1025 - 11));
        int asked = node.calls.size();

        NodeProblem problem = problem(node.client(Credentials.cookie("home", cookie), LONG, 1000, time -> {}));

        assertTrue(problem.getMessage().contains("is too long for a cookie file"), problem::getMessage);
        assertEquals(NodeStatus.State.REFUSED, problem.state());
        assertEquals(asked, node.calls.size());
    }

    @Test
    void aMissingCookieFileSaysWhichAndWhatToDo(@TempDir Path directory) {
        Path file = directory.resolve(".cookie");
        NodeProblem problem = problem(node.client(Credentials.cookie("home", file), LONG, 1 << 20, time -> {}));
        assertTrue(problem.getMessage().contains(file.toString()), problem.getMessage());
        assertTrue(problem.getMessage().contains("start the node"), problem.getMessage());
    }

    @Test
    void aWrongPasswordIsRefusedAndNotShown() {
        node.credentials("rpc", "another");
        assertEquals(NodeStatus.State.REFUSED, problem(node.client()).state());
    }

    @Test
    void anOverloadedNodeIsAskedAgainAfterLongerAndLongerPauses() throws Exception {
        node.on("getblockcount", 7);
        node.next(FakeNode.status(503, "Work queue depth exceeded"));
        node.next(FakeNode.status(503, "Work queue depth exceeded"));
        List<Duration> pauses = new ArrayList<>();
        assertEquals(
                7,
                node.client(GOOD, LONG, 1 << 20, pauses::add)
                        .call("getblockcount")
                        .intValue());
        assertEquals(List.of(Duration.ofMillis(100), Duration.ofMillis(400)), pauses);
    }

    @Test
    void aNodeThatStaysOverloadedIsUnreachable() {
        for (int i = 0; i < 5; i++) {
            node.next(FakeNode.status(503, "Work queue depth exceeded"));
        }
        assertTrue(problem(node.client()).getMessage().contains("overloaded"));
    }

    @Test
    void aNodeThatWarmsUpIsStarting() {
        node.on("getblockcount", (params, path) -> {
            throw new RpcException(-28, "Loading block index…");
        });
        NodeProblem problem = problem(node.client());
        assertEquals(NodeStatus.State.STARTING, problem.state());
        assertTrue(problem.getMessage().contains("Loading block index"), problem.getMessage());
        NodeProblem batch = assertThrows(
                NodeProblem.class, () -> node.client().batch(RpcClient.NODE, List.of(RpcCall.of("getblockcount"))));
        assertEquals(NodeStatus.State.STARTING, batch.state());
    }

    @Test
    void otherStatusesNameTheNumber() {
        node.next(FakeNode.status(302, ""));
        assertTrue(problem(node.client()).getMessage().contains("302"));
        node.next(FakeNode.status(403, ""));
        assertTrue(problem(node.client()).getMessage().contains("rpcallowip"));
    }

    @Test
    void anAnswerOverTheLimitIsNotRead() {
        node.on("getblockcount", "x".repeat(5000));
        NodeProblem problem = problem(node.client(GOOD, LONG, 1000, time -> {}));
        assertTrue(problem.getMessage().contains("more than 1000 bytes"), problem.getMessage());
    }

    @Test
    void anAnswerThatIsHeldFitsTheHeapWhateverTheSettingSays() {
        AnswerLimits limits = new AnswerLimits(1 << 20, 1000, 100, 100);
        node.on("getblockcount", "x".repeat(5000));

        NodeProblem problem = problem(node.client(GOOD, LONG, limits, time -> {}));

        assertTrue(
                problem.getMessage().contains("more than 1000 bytes; give the server more memory"),
                problem::getMessage);
        long mib = 1 << 20;
        assertEquals(16 * mib, AnswerLimits.of(128 * mib, 512 * mib).held());
        assertEquals(128 * mib, AnswerLimits.of(128 * mib, 512 * mib).read());
        assertEquals(9 * mib, AnswerLimits.of(128 * mib, 64 * mib).held(), "a block fits");
        assertEquals(mib, AnswerLimits.of(mib, 512 * mib).held(), "the setting counts where it is less");
        assertEquals(671_088, AnswerLimits.of(128 * mib, 512 * mib).ids());
    }

    @Test
    void anAnswerOfMoreSmallValuesThanTheMemoryHoldsIsNotRead() {
        node.on("getblockcount", Collections.nCopies(200, List.of()));
        AnswerLimits few = new AnswerLimits(1 << 20, 1 << 20, 300, 100);
        AnswerLimits many = new AnswerLimits(1 << 20, 1 << 20, 3000, 100);

        assertTrue(
                problem(node.client(GOOD, LONG, few, time -> {})).getMessage().contains("not JSON-RPC"));
        assertDoesNotThrow(() -> node.client(GOOD, LONG, many, time -> {}).call("getblockcount"));
    }

    @Test
    void anAnswerThatIsDeeplyNestedIsNotRead() {
        String deep = "[".repeat(100_000);
        node.next(FakeNode.status(200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + deep));

        assertTrue(problem(node.client()).getMessage().contains("data that is not JSON-RPC"));

        node.next(FakeNode.status(200, "{\"id\":1,\"result\":" + "[".repeat(64) + "]".repeat(64) + "}"));
        assertTrue(problem(node.client()).getMessage().contains("data that is not JSON-RPC"));
    }

    @Test
    void aListingOfMoreIdsThanTheMemoryHoldsIsNotRead() throws Exception {
        String id = "ab".repeat(32);
        AnswerLimits limits = new AnswerLimits(1 << 20, 1 << 20, 10, 3);
        node.on("getrawmempool", Map.of("txids", List.of(id, id, id), "mempool_sequence", 7));
        assertEquals(
                3,
                MempoolListing.read(node.client(GOOD, LONG, limits, time -> {}))
                        .ids()
                        .size());
        node.on("getrawmempool", Map.of("txids", List.of(id, id, id, id), "mempool_sequence", 7));

        NodeProblem problem =
                assertThrows(NodeProblem.class, () -> MempoolListing.read(node.client(GOOD, LONG, limits, time -> {})));

        oneCleanLine(problem);
        assertTrue(problem.getMessage().contains("lists more than 3 transactions"), problem::getMessage);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":1,\"result\":[]} x",
                "{\"id\":1,\"result\":[]}{}",
                "{\"id\":1,\"result\":[]}]",
                "{\"id\":1,\"result\":[\"xy\"]}",
                "{\"id\":1,\"result\":[7]}",
                "{\"id\":1,\"result\":[",
                "{\"id\":1}",
                "[]",
                ""
            })
    void aListingThatIsNoneOrGoesOnBehindItsEndIsNotRead(String body) throws Exception {
        node.next(FakeNode.status(200, body));

        NodeProblem problem = assertThrows(NodeProblem.class, () -> MempoolListing.read(node.client()));

        assertTrue(problem.getMessage().contains("data that is not JSON-RPC"), problem::getMessage);
        node.next(FakeNode.status(200, "{\"id\":1,\"result\":[]} \n "));
        assertEquals(List.of(), MempoolListing.read(node.client()).ids());
    }

    @Test
    void aNodeThatRefusesToListSaysWhyInOneLine() {
        node.on("getrawmempool", (params, path) -> {
            throw new RpcException(-28, "Loading");
        });
        NodeProblem starting = assertThrows(NodeProblem.class, () -> MempoolListing.read(node.client()));
        assertEquals(NodeStatus.State.STARTING, starting.state());
        assertEquals("node home is starting: Loading", starting.getMessage());

        node.on("getrawmempool", (params, path) -> {
            throw new RpcException(-1, "no".repeat(100_000));
        });
        NodeProblem refused = assertThrows(NodeProblem.class, () -> MempoolListing.read(node.client()));
        assertTrue(refused.getMessage().startsWith("node home refuses getrawmempool: nono"), refused::getMessage);
        assertTrue(refused.getMessage().length() < 600);
    }

    /** An error thrown while a connection is opened is thrown on the thread that reads the answer. */
    @Test
    void anErrorWhileAnAnswerIsReadIsAProblemAtOnceAndNotTheEndOfTheClient() throws Exception {
        AtomicBoolean fails = new AtomicBoolean(true);
        HttpPool.Opener opener = FakeNetwork.to(node.url());
        RpcClient client = new RpcClient(
                "home",
                node.url(),
                GOOD,
                () -> {
                    if (fails.get()) {
                        throw new OutOfMemoryError("words of the node");
                    }
                    return opener.open();
                },
                () -> LONG,
                LONG,
                AnswerLimits.of(1 << 20, Long.MAX_VALUE),
                time -> {},
                Clock.systemUTC());

        NodeProblem problem = problem(client);

        assertTrue(problem.getMessage().contains("could not be read (OutOfMemoryError)"), problem::getMessage);
        assertFalse(problem.getMessage().contains("words"), problem::getMessage);
        fails.set(false);
        node.on("getblockcount", 7);
        assertEquals(7, client.call("getblockcount").intValue());
    }

    @Test
    void aBatchWhoseAnswerIsTooLongIsHalved() throws Exception {
        node.on("getblockcount", (params, path) -> "x".repeat(400));
        List<RpcCall> calls = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            calls.add(RpcCall.of("getblockcount"));
        }
        assertEquals(
                7,
                node.client(GOOD, LONG, 1000, time -> {})
                        .batches(RpcClient.NODE, calls, 100)
                        .size());
    }

    private static boolean comes(CountDownLatch what) {
        try {
            return what.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<RpcCall> numbered(int count) {
        List<RpcCall> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(RpcCall.of("getblockhash", i));
        }
        return calls;
    }

    private static List<String> texts(List<RpcAnswer> answers) {
        return answers.stream().map(answer -> answer.result().asText()).toList();
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    @Test
    void theNextBatchesAreUnderWayWhileOneIsRead() throws Exception {
        CountDownLatch third = new CountDownLatch(3);
        node.on("getblockhash", (params, path) -> {
            if (params.get(0).intValue() % 10 == 0) {
                third.countDown();
            }
            return params.get(0).asText();
        });
        List<String> read = new ArrayList<>();
        node.client().batches(RpcClient.NODE, numbered(45), 10, (first, answers) -> {
            assertEquals(read.size(), first);
            // The third batch is requested while the first is processed.
            assertTrue(comes(third));
            read.addAll(texts(answers));
            return true;
        });
        assertEquals(numbers(0, 45), read);
    }

    @Test
    void readingStopsWhereTheReaderWantsNoMore() throws Exception {
        node.on("getblockhash", (params, path) -> params.get(0).asText());
        List<String> read = new ArrayList<>();
        node.client().batches(RpcClient.NODE, numbered(100), 10, (first, answers) -> {
            read.addAll(texts(answers));
            return read.size() < 20;
        });
        assertEquals(numbers(0, 20), read);
        assertTrue(node.calls.size() <= 50, "at most the batches that were under way: " + node.calls.size());
    }

    @Test
    void batchesThatBreakOffOrComeTooEarlyForANewCookieAreSentAgain(@TempDir Path directory) throws Exception {
        Path file = directory.resolve(".cookie");
        Files.writeString(file, "__cookie__:old");
        node.credentials("__cookie__", "new");
        node.on("getblockhash", (params, path) -> params.get(0).asText());
        RpcClient client = node.client(Credentials.cookie("home", file), LONG, 1 << 20, time -> {});
        assertThrows(NodeProblem.class, () -> client.call("getblockhash", 1));
        Files.writeString(file, "__cookie__:new");
        node.next(FakeNode.half("[{"));
        assertEquals(numbers(0, 60), texts(client.batches(RpcClient.NODE, numbered(60), 10)));
    }

    @Test
    void theNodesWordsBecomeOnePrintableLine() {
        node.on("getblockcount", (params, path) -> {
            throw new RpcException(-1, "a\n\tb\u001b[31m " + "x".repeat(1000));
        });
        RpcException error =
                assertThrows(RpcException.class, () -> node.client().call("getblockcount"));
        assertTrue(error.getMessage().startsWith("a b [31m x"), error.getMessage());
        assertEquals(300, error.getMessage().length());
    }

    @Test
    void aWalletsNameIsEscapedInThePath() {
        assertEquals("/wallet/a%20b%2Fc", RpcClient.wallet("a b/c"));
    }
}
