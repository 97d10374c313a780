package org.partyline.itests.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.Person;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.itests.harness.SecretFile;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;
import org.partyline.testkit.PostgreSqlServer;

/**
 * Two servers of one identity on one real PostgreSQL. Whatever ends the leader, the standby continues with the same
 * store: each message is delivered once, and no chain position seals two plaintexts.
 */
@ExtendWith(ShowLogs.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FailoverIT {
    private static final String PASSPHRASE = "correct horse battery staple";
    private static final String CHANNEL = "lobby";
    private static final int TAKEOVERS = Integer.getInteger("takeovers", 3);
    /** A block contains this many takeovers, with the messages sent meanwhile. */
    private static final int BLOCKS = 4;

    private static final List<String> TABLES = List.of("pl_meta", "pl_record", "pl_note");

    private static PostgreSqlServer database;
    private static RegtestNode node;
    private static Pair pair;
    private static Operator bob;
    private static final List<String> SENT = new ArrayList<>();
    /** Transactions that a restored store no longer knows. */
    private static final Set<String> SEALED = new LinkedHashSet<>();

    @BeforeAll
    static void startTheDatabaseTheNodeAndThreeServers() throws Exception {
        assumeTrue(PostgreSqlServer.shared().isPresent(), PostgreSqlServer.MISSING);
        database = PostgreSqlServer.shared().orElseThrow();
        node = RegtestNode.start(true);
        node.createWallet("alice", 60 + 10 * TAKEOVERS, 50_000);
        node.createWallet("bob", 2, 50_000);
        pair = Pair.create(database);
        pair.one.server().start();
        pair.one.operator().setUp("Alice");
        pair.one.operator().addNode(node, "alice", "zmq=" + node.zmq());
        pair.copyNodes();
        pair.two.server().startProcess();
        bob = new Operator(PartylineServer.create("bob").start());
        bob.setUp("Bob");
        bob.addNode(node, "bob", "zmq=" + node.zmq());
        String invite = pair.one
                .operator()
                .createChannel(CHANNEL, PASSPHRASE, "--time-cost", "5", "--memory", "8192", "--parallelism", "1");
        bob.join(invite, PASSPHRASE);
        Person hers = Person.of(pair.one.operator(), "Alice");
        Person his = Person.of(bob, "Bob");
        hers.know(his);
        his.know(hers);
        send("the first");
        awaitAll();
    }

    @AfterAll
    static void endThem() throws Exception {
        if (bob != null) {
            bob.server().close();
        }
        if (pair != null) {
            pair.close();
        }
        if (node != null) {
            node.close();
        }
    }

    private static Operator alice() {
        return pair.leader().operator();
    }

    private static void send(String text) {
        alice().send(CHANNEL, text);
        SENT.add(text);
    }

    private static void awaitAll() {
        Wait.until(
                SENT.size() + " messages", () -> Set.copyOf(bob.texts(CHANNEL)).containsAll(SENT));
        assertEquals(SENT, bob.texts(CHANNEL));
    }

    private static void assertNoOldCopyIsSuspected() {
        String status = alice().server().json("status").toString();
        assertTrue(!status.contains("old copy"), status);
    }

    private static void print(String what, long millis) {
        System.out.printf("%s: the other one led after %.1f s%n", what, millis / 1000.0);
    }

    @Test
    @Order(1)
    void aStandbySaysInOneLineThatItIsOne() {
        assertTrue(pair.one.leads());
        Wait.until("the second stands by", pair.two::standsBy);
        String said = pair.two.server().status();
        assertTrue(said.contains("This server is a standby of first: it takes over if the leader fails."), said);
        String erasing = pair.two.server().said("command", "panic erase --yes");
        assertTrue(erasing.contains("To erase this server, see docs/ha.md"), erasing);
        String doctor = alice().server().run("partyline:doctor", "--all").text();
        assertTrue(doctor.contains("second is a standby with the same settings"), doctor);
    }

    @Test
    @Order(2)
    void theStandbyGoesOnWhenTheLeaderIsKilled() {
        send("before the kill");
        pair.leader().server().kill();
        print("kill -9", pair.awaitTakeover());
        assertNoOldCopyIsSuspected();
        send("after the kill");
        awaitAll();
        pair.other().server().startProcess();
        Wait.until("the killed one stands by", pair.other()::standsBy);
    }

    @Test
    @Order(3)
    void theStandbyGoesOnWhenTheLeaderLosesTheDatabase() {
        Pair.Half old = pair.leader();
        send("before the cut");
        old.wire().cut();
        print("connection cut", pair.awaitTakeover());
        assertNoOldCopyIsSuspected();
        send("after the cut");
        awaitAll();
        old.wire().mend();
        Wait.until("the one that was cut off stands by", old::standsBy);
    }

    @Test
    @Order(4)
    void theStandbyGoesOnWhenTheLeaderIsPausedWhichSealsAndSendsNothingWhenItWakesUp() {
        Pair.Half old = pair.leader();
        send("before the pause");
        Pair.signal(old, "STOP");
        try {
            print("SIGSTOP", pair.awaitTakeover());
            assertNoOldCopyIsSuspected();
            send("while it is paused");
            awaitAll();
        } finally {
            Pair.signal(old, "CONT");
        }
        Wait.until("the one that was paused stands by", old::standsBy);
        send("after it woke up");
        awaitAll();
    }

    @Test
    @Order(5)
    void bothGoOnWhenTheDatabaseWasAway() throws Exception {
        send("before the database goes");
        awaitAll();
        String unanswered = "while it is away";
        database.pause();
        try {
            alice().send(CHANNEL, unanswered);
            SENT.add(unanswered);
            unanswered = null;
        } catch (RuntimeException | AssertionError e) {
            // Rejected, or the server stopped its console meanwhile: whether it was stored is checked afterwards.
            assertTrue(e.getMessage() != null);
            awaitLine(pair.leader());
        } finally {
            database.resume();
        }
        Wait.until("one leads, and its store works", FailoverIT::oneWorks);
        if (unanswered != null) {
            resume(unanswered);
        }
        send("after it came back");
        awaitAll();
        Wait.until("the other one stands by", pair.other()::standsBy);
    }

    /**
     * Returns whether one of them leads and its store works; it may lose the lead while it is asked, and its console
     * with it.
     */
    private static boolean oneWorks() {
        if (!pair.leader().leads() && pair.other().leads()) {
            pair.awaitTakeover();
        }
        try {
            return alice().server().run("partyline:outbox").status() == 0;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /**
     * Waits until one line tells the operator what is unavailable, whether the server still leads or has given that up.
     */
    private static void awaitLine(Pair.Half half) {
        Wait.until(
                "a line of " + half + " tells of the database",
                () -> half.server()
                                .status()
                                .lines()
                                .filter(line -> line.contains("tries again: the database failed")
                                        || line.contains("the store's database does not answer"))
                                .count()
                        == 1);
    }

    @Test
    @Order(6)
    void takeoversAtRandomPointsUnderLoadLoseNothingAndSendNothingTwice() throws Exception {
        long seed = Long.getLong("takeovers.seed", System.nanoTime());
        System.out.println("takeovers.seed=" + seed);
        Random random = new Random(seed);
        ExecutorService load = Executors.newSingleThreadExecutor();
        try {
            for (int i = 1; i <= TAKEOVERS; i++) {
                takeover(i, random, load);
                if (i % BLOCKS == 0) {
                    // Otherwise, the number of unconfirmed messages would grow for as long as the test runs, as on no
                    // real network.
                    node.mine(1);
                }
            }
        } finally {
            load.shutdownNow();
        }
    }

    private static void takeover(int number, Random random, ExecutorService load) throws Exception {
        Pair.Half old = pair.leader();
        boolean paused = random.nextInt(3) == 0;
        AtomicBoolean ended = new AtomicBoolean();
        Future<String> unanswered = load.submit(() -> talk(old.operator(), number, ended));
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300 + random.nextInt(3000)));
        if (paused) {
            Pair.signal(old, "STOP");
        } else {
            old.server().process().destroyForcibly();
        }
        ended.set(true);
        print((paused ? "SIGSTOP" : "kill -9") + ", takeover " + number, pair.awaitTakeover());
        assertNoOldCopyIsSuspected();
        if (paused) {
            Pair.signal(old, "CONT");
        }
        String open = unanswered.get();
        if (open != null) {
            resume(open);
        }
        if (!paused) {
            old.server().startProcess();
        }
        awaitAll();
        Wait.until("the old one stands by", old::standsBy);
    }

    /** Sends until the server ends or pauses. @return the message without an answer; null if all were answered */
    private static String talk(Operator operator, int number, AtomicBoolean ended) {
        for (int i = 0; !ended.get(); i++) {
            String text = "takeover " + number + ", message " + i;
            try {
                operator.send(CHANNEL, text);
                SENT.add(text);
            } catch (RuntimeException | AssertionError e) {
                return text;
            }
        }
        return null;
    }

    /** Handles a message whose command got no answer: it is stored, or is sent again. */
    private static void resume(String text) {
        boolean stored = alice().messages(CHANNEL).stream()
                .anyMatch(message -> message.get("text").asText().equals(text));
        if (stored) {
            SENT.add(text);
        } else {
            send(text);
        }
    }

    // ---- someone with access to the database restores old rows

    @Test
    @Order(7)
    void aKeyExchangeIsCompletedByTheServerThatTakesOver() {
        // For his answer of 25 packets, each of which needs a coin without a long chain of unconfirmed ancestors.
        node.fund("bob", 10, 50_000);
        bob.set("post-quantum", "pay");
        Person hers = Person.of(alice(), "Alice");
        Person his = Person.of(bob, "Bob");
        hers.write("Bob", "before the exchange");
        his.awaitText("Alice", "before the exchange");
        hers.awaitSession("Bob", "open");
        hers.json("session-protect", "Bob", "--yes");
        // The first fragment leaves with the first leader; by then all secrets of the exchange are in the database.
        Wait.until("a piece has left", () -> !hers.outgoing("Bob", "control").isEmpty());
        pair.leader().server().kill();
        print("kill -9 in a key exchange", pair.awaitTakeover());
        Person after = Person.of(alice(), "Alice");
        Predicate<JsonNode> isProtected = session -> session.hasNonNull("protected_since");
        try {
            after.awaitSession("Bob", "is protected", isProtected);
            his.awaitSession("Alice", "is protected", isProtected);
        } catch (RuntimeException e) {
            throw new AssertionError(
                    "Alice's session: " + after.session("Bob") + ", outbox: "
                            + alice().server().json("outbox", "--all") + "; Bob's session: " + his.session("Alice")
                            + ", outbox: " + bob.server().json("outbox", "--all"),
                    e);
        }
        after.write("Bob", "after the exchange");
        his.awaitText("Alice", "after the exchange");
        assertEquals(List.of("before the exchange", "after the exchange"), his.texts("Alice"));
        pair.other().server().startProcess();
        Wait.until("the killed one stands by", pair.other()::standsBy);
    }

    private static void sql(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        database.url(pair.database()), PostgreSqlServer.USER, PostgreSqlServer.PASSWORD);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (String sql : statements) {
                statement.execute(sql);
            }
            connection.commit();
        }
    }

    /** As pg_dump does, in one snapshot: the server may write between two tables. */
    private static void dump() throws SQLException {
        List<String> statements = new ArrayList<>();
        statements.add("set transaction isolation level repeatable read");
        for (String table : TABLES) {
            statements.add("drop table if exists dump_" + table);
            statements.add("create table dump_" + table + " as select * from " + table);
        }
        sql(statements.toArray(String[]::new));
    }

    private static void putBack() throws SQLException {
        List<String> statements = new ArrayList<>();
        statements.add("lock table " + String.join(", ", TABLES) + " in exclusive mode");
        for (String table : TABLES) {
            statements.add("delete from " + table);
            statements.add("insert into " + table + " select * from dump_" + table);
        }
        sql(statements.toArray(String[]::new));
    }

    private static void write(String text) {
        alice().server().json("send", "--to", "Bob", text);
    }

    private static void awaitWritten(String text) {
        Wait.until(
                "'" + text + "' arrives",
                () -> Operator.elements(bob.server()
                                .json("messages", "--contact", "Alice")
                                .get("messages"))
                        .anyMatch(message -> message.get("text").asText().equals(text)));
        SEALED.addAll(node.mempool());
    }

    /** Sends a message to the channel and one to Bob. If old rows were restored, a rejected one is sent again. */
    private static void sayInBoth(String text) {
        Wait.until("'" + text + "' is taken", () -> isTaken(() -> send(text)));
        Wait.until("'" + text + "' is taken for Bob", () -> isTaken(() -> write(text)));
        awaitAll();
        awaitWritten(text);
    }

    private static boolean isTaken(Runnable sending) {
        try {
            sending.run();
            return true;
        } catch (RuntimeException | AssertionError e) {
            return false;
        }
    }

    private static void assertAnOldCopyIsSuspected() throws IOException {
        String status = alice().server().json("status").toString();
        assertTrue(status.contains("may be a restored old copy"), status);
        String doctor = alice().server().run("partyline:doctor", "--all").text();
        assertTrue(doctor.contains("may be a restored old copy"), doctor);
        String audit = Files.readString(alice().server().home().resolve("audit/audit.log"));
        assertTrue(audit.contains("state-may-be-old"), audit);
    }

    private static String signOfLife() throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        database.url(pair.database()), PostgreSqlServer.USER, PostgreSqlServer.PASSWORD);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select renewed from pl_lease")) {
            row.next();
            return row.getString(1);
        }
    }

    /** In the first one the leader publishes its progress; before the second one the standby reads it. */
    private static void awaitTwoSignsOfLife() throws Exception {
        for (int i = 0; i < 4; i++) {
            String before = signOfLife();
            Wait.until("a sign of life", () -> !signOfLife().equals(before));
        }
    }

    @Test
    @Order(8)
    void rowsThatArePutBackUnderALeaderAreFoundAndNoKeyIsUsedTwice() throws Exception {
        sayInBoth("before the dump");
        assertNoOldCopyIsSuspected();
        dump();
        sayInBoth("after the dump");
        putBack();
        sayInBoth("after the dump was put back");
        assertAnOldCopyIsSuspected();
    }

    @Test
    @Order(9)
    void rowsThatArePutBackBetweenTwoMessagesAreFound() throws Exception {
        dump();
        write("between two dumps");
        awaitWritten("between two dumps");
        putBack();
        sayInBoth("after the state of one message earlier");
        assertAnOldCopyIsSuspected();
    }

    @Test
    @Order(10)
    void rowsThatArePutBackBeforeATakeoverAreFound() throws Exception {
        Wait.until("the other stands by", pair.other()::standsBy);
        dump();
        sayInBoth("before the takeover");
        // The standby must have seen a sign of life since.
        sayInBoth("and once more before the takeover");
        awaitTwoSignsOfLife();
        pair.leader().server().kill();
        putBack();
        pair.awaitTakeover();
        assertAnOldCopyIsSuspected();
        sayInBoth("after the takeover");
        pair.other().server().startProcess();
        Wait.until("the killed one stands by", pair.other()::standsBy);
    }

    @Test
    @Order(11)
    void noChainPositionSealedTwoPlaintexts() {
        Set<String> transactions = new LinkedHashSet<>(node.mempool());
        transactions.addAll(SEALED);
        Operator.elements(alice().server().json("outbox", "--all").get("outbox"))
                .flatMap(message -> Operator.elements(message.get("parts")))
                .filter(part -> part.hasNonNull("transaction"))
                .forEach(part -> transactions.add(part.get("transaction").asText()));
        Map<String, String> packets = new HashMap<>();
        for (String transaction : transactions) {
            for (JsonNode output : node.transaction(transaction).get("vout")) {
                String script = output.get("scriptPubKey").get("hex").asText();
                if (script.startsWith("6a")) {
                    String packet = script.substring(script.startsWith("6a4c") ? 6 : 4);
                    assertNull(
                            packets.putIfAbsent(packet.substring(2, 18), packet),
                            "a packet, or its chain position, stands in two transactions");
                }
            }
        }
        assertTrue(packets.size() >= SENT.size(), packets.size() + " packets of " + SENT.size() + " messages");
    }

    /** Ends what Alice has. */
    @Test
    @Order(12)
    void theEmptyStoreOfADuressPassphraseIsNoOldCopyOfTheOneBefore() throws Exception {
        Wait.until("the other stands by", pair.other()::standsBy);
        // Each counts more changes of the token.
        for (int i = 0; i < 4; i++) {
            alice().lock();
            alice().unlock();
        }
        awaitTwoSignsOfLife();
        try (SecretFile own = new SecretFile(Operator.STORE_PASSPHRASE);
                SecretFile duress = new SecretFile("take it, and be content")) {
            PartylineServer leader = pair.leader().server();
            leader.json(
                    "duress-set", "--passphrase-file", own.toString(), "--duress-passphrase-file", duress.toString());
            leader.json("lock");
            leader.json("unlock", "--passphrase-file", duress.toString());
            awaitTwoSignsOfLife();
            leader.kill();
            PartylineServer next = pair.other().server();
            next.awaitAnswer();
            next.json("unlock", "--passphrase-file", duress.toString());
            String status = next.json("status").toString();
            assertTrue(status.contains("\"open\"") && !status.contains("old copy"), status);
        }
    }
}
