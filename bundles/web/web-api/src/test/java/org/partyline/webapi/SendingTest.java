package org.partyline.webapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Send;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.sending.SendOnce;
import org.partyline.api.store.StoreException;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebResponse;

class SendingTest {
    private static final String HELLO = "{\"text\":\"hello\"}";

    private final FakeServer server = new FakeServer();
    private final Caller caller = new Caller(server);

    private WebProblem problem(int status, Callable<WebResponse> call) {
        WebProblem problem = assertThrows(WebProblem.class, call::call);
        assertEquals(status, problem.status(), problem.getMessage());
        return problem;
    }

    @Test
    void aMessageIsStoredAndItsPriceIsTold() throws Exception {
        WebResponse response = caller.post(
                "lobby",
                "{\"text\":\"h\u00e9llo\",\"ttl_minutes\":5,\"burn\":true,\"sign\":true,\"carrier\":\"confirm\",\"via\":\"core\",\"reply_to\":7}",
                (String) null);
        assertEquals(202, response.status());
        assertTrue(Caller.text(response).startsWith("{\"id\":1,\"packets\":1,\"bytes\":80,\"estimated_fee_sat\":200,"));
        Send send = server.sent.get(0);
        assertEquals(Optional.of("me"), send.persona());
        assertEquals("lobby", send.to());
        assertEquals("h\u00e9llo", send.text());
        assertEquals(Optional.of(Duration.ofMinutes(5)), send.ttl());
        assertTrue(send.burn() && send.sign() && !send.direct());
        assertEquals(Optional.of(Carrier.CONFIRM), send.carrier());
        assertEquals(Optional.of("core"), send.via());
        assertEquals(7, send.replyTo().getAsLong());
    }

    @Test
    void aDryRunTellsThePriceAndStoresNothing() throws Exception {
        long writes = server.store.writes();
        WebResponse response = caller.post("lobby", "{\"text\":\"hello\",\"dry_run\":true}", "key");
        assertEquals(200, response.status());
        assertEquals(
                "{\"packets\":2,\"bytes\":160,\"estimated_fee_sat\":200,\"margin_sat\":10,\"warnings\":[\"something to know\"]}",
                Caller.text(response));
        assertEquals(writes, server.store.writes());
        assertEquals(List.of(), server.sent);
    }

    @Test
    void aRepeatedCallGetsTheFirstAnswerAndSendsNothing() throws Exception {
        String first = Caller.text(caller.post("lobby", HELLO, "key"));
        server.fee = Optional.of(900L);
        assertEquals(first, Caller.text(caller.post("lobby", HELLO, "key")));
        // As after a restart: only the data in the store is known.
        assertEquals(first, Caller.text(new Caller(server).post("lobby", HELLO, "key")));
        assertEquals(1, server.sent.size());
        assertEquals(202, caller.post("lobby", HELLO, "another").status());
        assertEquals(2, server.sent.size());
    }

    /** A token that is limited, or lacks the scope to read the status. */
    @ParameterizedTest
    @ValueSource(strings = {"conversation", "persona", "scope"})
    void onlyWhoMayReadTheStatusLearnsTheNamesOfNodesAndWallets(String limit) throws Exception {
        server.reason = "wallet 'savings' can spend 120 sat now, and node 'home' is down";
        Caller seeing = new Caller(server).withScopes(Scope.READ, Scope.SEND);
        for (String call : List.of(OUTBOX, MESSAGES, ReadingTest.REACT, ReadingTest.RECALL)) {
            server.state = State.SENT;
            assertTrue(answer(seeing, call).contains("savings"), call);
        }
        switch (limit) {
            case "conversation" -> caller.limitedTo("me/contact:bob");
            case "persona" -> caller.limitedToPersona("me");
            default -> caller.withScopes(Scope.SEND);
        }
        for (String call : List.of(OUTBOX, MESSAGES, ReadingTest.REACT, ReadingTest.RECALL)) {
            server.state = State.SENT;
            String answer = answer(caller, call);
            assertFalse(answer.contains("savings") || answer.contains("home") || answer.contains("core"), answer);
            assertTrue(answer.contains("\"the operator of this server can see why\""), answer);
        }
        server.state = State.SENT;
        server.reason = "";
        assertTrue(answer(caller, OUTBOX).contains("\"reason\":null"));
        assertTrue(answer(caller, MESSAGES).contains("\"waits\":null"));
        server.refusal = "node 'home' rejected the recalling transaction";
        assertFalse(problem(422, () -> caller.postTo(ReadingTest.RECALL, "7", ""))
                .getMessage()
                .contains("home"));
        server.refusal = "message 7 was already recalled";
        assertEquals(
                server.refusal,
                assertThrows(PartylineException.class, () -> caller.postTo(ReadingTest.RECALL, "7", ""))
                        .getMessage());
    }

    private static final String OUTBOX = "/v1/outbox/{id}";
    private static final String MESSAGES = "/v1/conversations/{id}/messages";

    private static String answer(Caller caller, String path) throws PartylineException {
        return Caller.text(
                switch (path) {
                    case OUTBOX -> caller.get(path, Map.of("id", "7"), Map.of());
                    case MESSAGES -> caller.post("me/contact:bob", HELLO, (String) null);
                    default -> caller.postTo(path, "7", PLUS);
                });
    }

    @Test
    void aKeyThatWasUsedForAnotherRequestIsRefused() throws Exception {
        caller.post("lobby", HELLO, "key");
        problem(409, () -> caller.post("lobby", "{\"text\":\"hello!\"}", "key"));
        problem(409, () -> caller.post("me/contact:bob", HELLO, "key"));
        assertEquals(1, server.sent.size());
    }

    private static final String BETTER = "{\"text\":\"better\"}";
    private static final String PLUS = "{\"reaction\":\"+\"}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                ReadingTest.EDIT + "|" + BETTER + "|{\"text\":\"worse\"}",
                ReadingTest.REACT + "|" + PLUS + "|{\"reaction\":\"\"}",
                ReadingTest.RECALL + "|{}|{ }"
            })
    void aRepeatedEditReactionOrRecallIsPaidOnce(String call) throws Exception {
        String[] parts = call.split("\\|");
        String first = Caller.text(caller.postTo(parts[0], "7", parts[1], "key"));
        assertEquals(first, Caller.text(caller.postTo(parts[0], "7", parts[1], "key")));
        assertEquals(first, Caller.text(new Caller(server).postTo(parts[0], "7", parts[1], "key")));
        assertEquals(1, server.reactions.size(), server.reactions::toString);
        problem(409, () -> caller.postTo(parts[0], "7", parts[2], "key"));
        problem(409, () -> caller.post("lobby", HELLO, "key"));
        assertEquals(1, server.reactions.size(), server.reactions::toString);
    }

    /** The server is killed at each commit in turn. */
    @ParameterizedTest
    @ValueSource(
            strings = {ReadingTest.EDIT + "|" + BETTER, ReadingTest.REACT + "|" + PLUS, ReadingTest.RECALL + "|{}"})
    void aServerThatIsKilledDuringAnEditReactionOrRecallPaysOnce(String call) throws Exception {
        String[] parts = call.split("\\|");
        for (int commits = 0; commits < 3; commits++) {
            String key = "key" + commits;
            server.reactions.clear();
            server.state = State.SENT;
            server.store.failCommitsAfter(commits);
            try {
                caller.postTo(parts[0], "7", parts[1], key);
            } catch (StoreException e) {
                assertTrue(server.reactions.size() <= 1);
            }
            server.store.failCommits(0);
            WebResponse again = new Caller(server).postTo(parts[0], "7", parts[1], key);
            String after = "killed after " + commits + " commits: " + Caller.text(again);
            assertEquals(1, server.reactions.size(), after);
            assertTrue(
                    !parts[0].equals(ReadingTest.RECALL)
                            || after.endsWith("\"replaced\":1,\"mined\":0,\"fee_sat\":21}"),
                    after);
        }
    }

    @Test
    void aRecallThatWasRefusedLeavesItsKeyUnused() throws Exception {
        server.state = State.CONFIRMED;
        assertThrows(NoSuchThingException.class, () -> caller.postTo(ReadingTest.RECALL, "7", "{}", "key"));
        assertEquals(202, caller.post("lobby", HELLO, "key").status());
    }

    @Test
    void callsAtTheSameTimeWithOneKeySendOneMessage() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<String>> answers = threads.invokeAll(IntStream.range(0, 40)
                    .mapToObj(i -> (Callable<String>) () -> Caller.text(caller.post("lobby", HELLO, "key")))
                    .toList());
            String first = answers.get(0).get();
            for (Future<String> answer : answers) {
                assertEquals(first, answer.get());
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(1, server.store.count(FakeServer.MESSAGES));
    }

    @Test
    void aCallThatAnotherWithItsKeyOvertakesGetsItsAnswerAndSendsNothing() throws Exception {
        List<String> faster = new ArrayList<>();
        server.before = Optional.of(() -> faster.add(Caller.text(caller.post("lobby", HELLO, "key"))));
        assertEquals(List.of(Caller.text(caller.post("lobby", HELLO, "key"))), faster);
        assertEquals(1, server.store.count(FakeServer.MESSAGES));
    }

    /**
     * The server is killed at each commit in turn: afterwards, the message and its key are both stored, or neither is.
     */
    @Test
    void aServerThatIsKilledBetweenTwoStepsPaysOnce() throws Exception {
        server.openingFee = Optional.of(300L);
        for (int commits = 0; commits < 4; commits++) {
            String key = "key" + commits;
            int before = server.store.count(FakeServer.MESSAGES);
            server.store.failCommitsAfter(commits);
            try {
                caller.post("lobby", HELLO, key);
            } catch (StoreException e) {
                assertTrue(server.store.count(FakeServer.MESSAGES) - before <= 1);
            }
            server.store.failCommits(0);
            assertEquals(202, new Caller(server).post("lobby", HELLO, key).status());
            assertEquals(before + 1, server.store.count(FakeServer.MESSAGES), "killed after " + commits + " commits");
        }
    }

    @Test
    void thePriceOfOpeningASessionIsInTheAnswerAndInItsRepetition() throws Exception {
        server.openingFee = Optional.of(300L);
        String first = Caller.text(caller.post("me/contact:bob", HELLO, "key"));
        assertTrue(first.contains("\"opening_fee_sat\":300"), first);
        assertEquals(first, Caller.text(caller.post("me/contact:bob", HELLO, "key")));
    }

    @Test
    void nothingInTheStoreHelpsToGuessTheText() throws Exception {
        caller.post("lobby", HELLO, "key");
        String record = server.store.transact(
                tx -> new String(tx.list(SendOnce.TABLE).get(0).value(), StandardCharsets.UTF_8));
        assertFalse(record.contains("hello"), record);
        String plain = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(HELLO.getBytes(StandardCharsets.UTF_8)));
        assertFalse(record.contains(plain), record);
        assertEquals(
                0,
                server.store.<Integer, StoreException>transact(tx -> tx.deleteExpired(
                                server.clock.instant().plus(SendOnce.KEPT).minusSeconds(1))
                        .size()));
        assertEquals(
                1,
                server.store.<Integer, StoreException>transact(
                        tx -> tx.deleteExpired(server.clock.instant().plus(SendOnce.KEPT))
                                .size()));
    }

    @Test
    void aTokenSpendsNoMoreThanItsLimitInADay() throws Exception {
        caller.spendingUpTo(500);
        caller.post("lobby", HELLO, (String) null);
        caller.post("lobby", HELLO, "key");
        WebProblem problem = problem(403, () -> caller.post("lobby", HELLO, (String) null));
        assertEquals(
                "the message may cost 200 sat, and of the token's 500 sat a day 100 sat are left",
                problem.getMessage());
        assertEquals(2, server.store.count(FakeServer.MESSAGES));
        // Repeating a call costs nothing.
        assertEquals(202, caller.post("lobby", HELLO, "key").status());
        server.clock.pass(Duration.ofDays(1));
        assertEquals(202, caller.post("lobby", HELLO, (String) null).status());
    }

    @Test
    void theHighestPriceOfAMessageCountsForTheLimitUntilItsCostIsKnown() throws Exception {
        caller.spendingUpTo(500);
        server.margin = 50;
        server.openingFee = Optional.of(20L);
        server.cost = 130;
        caller.post("lobby", HELLO, (String) null);
        server.openingFee = Optional.empty();
        assertEquals(
                "the message may cost 250 sat, and of the token's 500 sat a day 230 sat are left",
                problem(403, () -> caller.post("lobby", HELLO, (String) null)).getMessage());
        server.state = State.CONFIRMED;
        assertEquals(202, caller.post("lobby", HELLO, (String) null).status());
        assertEquals(
                "the message may cost 250 sat, and of the token's 500 sat a day 220 sat are left",
                problem(403, () -> caller.post("lobby", HELLO, (String) null)).getMessage());
        server.state = State.RELAYED;
        assertEquals(
                "the message may cost 250 sat, and of the token's 500 sat a day 0 sat are left",
                problem(403, () -> caller.post("lobby", HELLO, (String) null)).getMessage());
    }

    @Test
    void theOpeningOfASessionCountsForTheLimit() throws Exception {
        caller.spendingUpTo(600);
        server.openingFee = Optional.of(300L);
        caller.post("me/contact:bob", HELLO, (String) null);
        server.openingFee = Optional.empty();
        problem(403, () -> caller.post("me/contact:bob", HELLO, (String) null));
    }

    @Test
    void aMessageWhoseSessionCostsMoreThanIsLeftIsNotStored() {
        caller.spendingUpTo(400);
        server.openingFee = Optional.of(300L);
        WebProblem problem = problem(403, () -> caller.post("me/contact:bob", HELLO, (String) null));
        assertEquals(
                "the message may cost 500 sat, and of the token's 400 sat a day 400 sat are left",
                problem.getMessage());
        assertEquals(0, server.store.count(FakeServer.MESSAGES));
    }

    @Test
    void aTokenWithALimitSendsNothingWhileThePriceIsUnknown() throws Exception {
        server.fee = Optional.empty();
        problem(503, () -> caller.spendingUpTo(500).post("lobby", HELLO, (String) null));
        assertEquals(0, server.store.count(FakeServer.MESSAGES));
        assertEquals(202, caller.limitedTo().post("lobby", HELLO, (String) null).status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"text\":\"\"}",
                "{\"text\":7}",
                "{\"text\":\"a\",\"text\":\"b\"}",
                "{\"text\":\"a\",\"colour\":1}",
                "{\"text\":\"a\",\"burn\":\"yes\"}",
                "{\"text\":\"a\",\"ttl_minutes\":1.5}",
                "{\"text\":\"a\"} more",
                "{\"text\":[[[[[[[[[[\"a\"]]]]]]]]]]}",
                "{\"text\":\"a\",\"carrier\":\"NO SUCH\"}"
            })
    void aBodyThatIsNotAsDescribedIsRefused(String body) throws PartylineException {
        WebProblem problem = problem(400, () -> caller.post("lobby", body, (String) null));
        assertFalse(problem.getMessage().contains("\"a\""), problem.getMessage());
        assertEquals(List.of(), server.sent);
    }

    @Test
    void aBodyOfAnotherTypeAndAKeyThatIsNoneAreRefused() {
        problem(415, () -> caller.post("lobby", HELLO, Map.of("content-type", "text/plain")));
        problem(415, () -> caller.post("lobby", HELLO, Map.of()));
        problem(400, () -> caller.post("lobby", HELLO, ""));
        problem(400, () -> caller.post("lobby", HELLO, "a b"));
        problem(400, () -> caller.post("lobby", HELLO, "k".repeat(256)));
    }
}
