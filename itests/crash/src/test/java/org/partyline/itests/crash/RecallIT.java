package org.partyline.itests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.partyline.itests.crash.Point.Kind;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * Recalls messages that wait in a real node's mempool, by command and when their time ends; with miners that are
 * faster, and a process that ends in the middle. The replacement is as the node reports it, and so is its fee.
 */
@ExtendWith({NeedsNode.class, ShowLogs.class})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RecallIT {
    private static final String CHANNEL = "lobby";
    private static final String CONFIRM = "confirm";
    private static final String ROLLING = "rolling";
    private static final long COIN = 50_000;
    /** The first of them also opens a chain: it is not on that of the rolling messages. */
    private static final int PACKETS = 5;

    private static final String IN_PACKETS = "in several packets, and gone in a minute, ".repeat(4);

    private static final Point LOOKED =
            at("it is in no block, nothing is signed", "delivery.PacketReplacement#nothing", "AT ENTRY");
    private static final Point STORED =
            at("what replaces it is stored, nobody has it", "transportrpc.RpcTransport#broadcast", "AT ENTRY");

    private static final List<Point> STEPS_OF_CONFIRM = List.of(
            LOOKED,
            at("what replaces it is signed, not stored", "transportrpc.RpcWallet#replace", "AT EXIT"),
            STORED,
            at("the node has what replaces it, we do not know", "transportrpc.RpcTransport#broadcast", "AT EXIT"),
            at("that the node has it is stored", "delivery.PacketReplacement#settle", "AT EXIT"));

    private static final List<Point> STEPS_OF_ROLLING = List.of(
            at("it is to be taken back, nothing is signed", "carrier.rolling.Batcher#recall", "AT ENTRY"),
            at("the next version is signed, not stored", "transportrpc.RpcWallet#replace", "AT EXIT"),
            STORED,
            at("the node has the next version, we do not know", "transportrpc.RpcTransport#broadcast", "AT EXIT"));

    /** After the previous message's {@link #PACKETS}. */
    private static final Point LAST_STORED = Point.at(
            "what replaces the last message is stored, nobody has it",
            "delivery.PacketReplacement#broadcast",
            "AT ENTRY",
            PACKETS + 1,
            Kind.SHORT);

    private static RegtestNode node;
    private static Operator alice;

    private long spentBefore;
    /** The transactions that waited before the recalled message. */
    private List<String> waitedBefore;
    /** Its transactions. */
    private List<Waiting> taken;

    private static Point at(String name, String typeAndMethod, String where) {
        return Point.at(name, typeAndMethod, where, Kind.SHORT);
    }

    @BeforeAll
    static void startANodeAndAServer() throws IOException {
        // As many outputs as the versions of a rolling transaction have packets.
        node = RegtestNode.start(true, 100_000);
        alice = Crash.server(
                node,
                "Alice",
                60,
                "delivery.MessageRecaller#recall",
                Stream.of(STEPS_OF_CONFIRM, STEPS_OF_ROLLING, List.of(LAST_STORED))
                        .flatMap(List::stream)
                        .toList());
        alice.createChannel(CHANNEL, "a passphrase of two people");
        alice.set("roll-spacing", "0s");
        alice.set("roll-packets", "3");
        alice.set("rate-per-minute", "0");
        alice.set("fee-cap-hour", "1000000sat");
        alice.set("fee-cap-day", "1000000sat");
    }

    @AfterAll
    static void endThem() {
        Crash.end(node, alice);
    }

    @BeforeEach
    void lookWhatWasSpent() {
        spentBefore = spent();
    }

    /** Nothing of one test is pending when the next begins. */
    @AfterEach
    void settle() {
        Wait.until("each message has ended", () -> {
            if (!node.mempool().isEmpty()) {
                node.mine(1);
            }
            return Operator.elements(alice.server().json("outbox", "--all").get("outbox"))
                    .allMatch(message -> Set.of("in a block", "replaced", "recalled", "expired")
                            .contains(message.get("state").asText()));
        });
    }

    /** Returns the amount counted towards the caps. */
    private static long spent() {
        return alice.server()
                .json("fee-limit")
                .get("limits")
                .get("hour_spent_sat")
                .asLong();
    }

    private static long say(String words, String carrier, String ttl) {
        long id = alice.send(CHANNEL, words, "--carrier", carrier, "--ttl", ttl);
        alice.awaitState(id, "relayed");
        return id;
    }

    private static List<Waiting> carriers(long id) {
        List<Waiting> carriers = alice.transactions(id).stream()
                .distinct()
                .map(txid -> Waiting.find(node, txid).orElseThrow())
                .toList();
        assertTrue(carriers.stream().noneMatch(Waiting::carriesNothing));
        return carriers;
    }

    /** Returns the one transaction that spends the same coin. */
    private static Optional<Waiting> inThePlaceOf(Waiting old) {
        List<Waiting> all = Waiting.all(node).stream()
                .filter(other -> other.inputs().equals(old.inputs()))
                .toList();
        assertTrue(all.size() <= 1, "a coin is spent once");
        return all.stream().findFirst().filter(other -> !other.txid().equals(old.txid()));
    }

    /** Waits until a transaction is replaced, for exactly the required fee. */
    private static Waiting awaitReplaced(Waiting old) {
        Waiting now = Wait.forAnswer("something takes the place of " + old.txid(), () -> inThePlaceOf(old));
        assertTrue(node.waiting(old.txid()).isEmpty(), "the node has the old one no more");
        assertEquals(
                old.leastToReplace(now.paid().vsize()),
                now.paid().fee(),
                () -> "to the satoshi, for " + now + " in the place of " + old);
        return now;
    }

    private static void assertOnlyWaiting(List<Waiting> those) {
        assertEquals(
                Set.copyOf(those.stream().map(Waiting::txid).toList()),
                Set.copyOf(node.mempool()),
                "nothing else waits");
    }

    private static long fees(List<Waiting> transactions) {
        return transactions.stream().mapToLong(each -> each.paid().fee()).sum();
    }

    /** Returns the waiting rolling transaction: the one with payloads while nothing else has any. */
    private static Waiting version() {
        List<Waiting> all = Waiting.all(node).stream()
                .filter(each -> !each.carriesNothing())
                .toList();
        assertEquals(1, all.size(), all::toString);
        return all.get(0);
    }

    /**
     * The server is killed only for the last message, whose time ends later: the others are done by then, however long
     * a round of the sender takes.
     */
    @Test
    @Order(1)
    void whatTimeEndsForInTheMempoolIsTakenBackAndWhoeverIsKilledThenPaysForItOnce() throws IOException {
        alice.set("expire-on-chain", "recall");
        long stays = say("this one stays", ROLLING, "12h");
        Waiting first = version();
        long goes = say("this one goes in a minute", ROLLING, "1m");
        Waiting both = version();
        assertTrue(both.payloads().size() > first.payloads().size()
                && both.payloads().containsAll(first.payloads()));
        long inPackets;
        List<Waiting> carriers;
        long last;
        try (Gate gate = new Gate()) {
            // Before the time of any ends.
            Crash.arm(alice.server(), LAST_STORED, gate);
            inPackets = say(IN_PACKETS, CONFIRM, "1m");
            carriers = carriers(inPackets);
            assertEquals(PACKETS, carriers.size());
            last = say("killed when its time ends", CONFIRM, "80s");
            taken = carriers(last);
            alice.awaitState(goes, "recalled");
            alice.awaitState(inPackets, "recalled");
            gate.await();
            assertTakenOut(goes, both, first);
            assertReplaced(inPackets, carriers);
            taken.forEach(each -> assertTrue(node.waiting(each.txid()).isPresent(), "the last one waits"));
            alice.server().kill();
        }
        Crash.restart(alice);
        alice.awaitState(last, "recalled");
        Waiting after = assertTakenOut(goes, both, first);
        List<Waiting> instead = new ArrayList<>(assertReplaced(inPackets, carriers));
        instead.addAll(assertReplaced(last, taken));
        List.of(goes, inPackets, last).forEach(RecallIT::assertTakenBackAlready);
        instead.add(after);
        assertOnlyWaiting(instead);
        assertEquals(fees(instead), spent() - spentBefore, "counted once");
        node.mine(1);
        instead.forEach(each -> assertTrue(node.blockOf(each.txid()).isPresent()));
        alice.awaitState(stays, "in a block");
        for (long id : List.of(goes, inPackets, last)) {
            assertEquals("recalled", alice.outgoing(id).get("state").asText());
        }
    }

    /** Checks that one message is no longer carried, but the other is. @return the version without it */
    private static Waiting assertTakenOut(long id, Waiting both, Waiting left) {
        assertDone(id);
        Waiting after = awaitReplaced(both);
        assertEquals(Set.copyOf(left.payloads()), Set.copyOf(after.payloads()), "without it, with the other one");
        return after;
    }

    /** @return the transactions without payload that replaced a message's */
    private static List<Waiting> assertReplaced(long id, List<Waiting> carriers) {
        assertDone(id);
        List<Waiting> instead = carriers.stream().map(RecallIT::awaitReplaced).toList();
        assertTrue(instead.stream().allMatch(Waiting::carriesNothing), instead::toString);
        assertEquals(fees(instead), alice.outgoing(id).get("fee_sat").asLong());
        return instead;
    }

    /** Checks that it is recalled, and nothing is left to do. */
    private static void assertDone(long id) {
        JsonNode message = alice.outgoing(id);
        assertEquals("recalled", message.get("state").asText(), message::toString);
        assertEquals(
                "recalled: anyone who has seen it may still have it",
                message.get("reason").asText());
    }

    /** Checks that it is done: another recall has no effect. */
    private static void assertTakenBackAlready(long id) {
        Wait.until(
                "message " + id + " is recalled",
                () -> alice.server()
                        .run("partyline:recall", Long.toString(id))
                        .text()
                        .contains("message " + id + " was already recalled"));
    }

    /** A rolling message's minute passes while the server is killed for others. */
    @Test
    @Order(2)
    void whoeverIsKilledWhileTakingAMessageBackPaysForItOnceAndTheNextVersionLeavesOutWhatTimeEndedFor()
            throws IOException {
        alice.set("expire-on-chain", "keep");
        say("this one stays, too", ROLLING, "12h");
        Waiting first = version();
        say("this one goes after a minute", ROLLING, "1m");
        Waiting both = version();
        for (Point step : STEPS_OF_CONFIRM) {
            killedAt(step, CONFIRM);
        }
        Wait.until(
                "its time has ended",
                () -> alice.messages(CHANNEL).stream()
                        .noneMatch(message -> message.get("text").asText().equals("this one goes after a minute")));
        assertEquals(both, version(), "nothing is done for it");
        say("what comes next", ROLLING, "12h");
        Waiting next = awaitReplaced(both);
        Set<String> expired = Set.copyOf(both.payloads().stream()
                .filter(each -> !first.payloads().contains(each))
                .toList());
        assertTrue(next.payloads().containsAll(first.payloads()), "the one before it rides again");
        assertTrue(next.payloads().stream().noneMatch(expired::contains), "it rides no more");
        assertTrue(next.payloads().size() > first.payloads().size(), "the new one rides");
    }

    @Test
    @Order(3)
    void whoeverIsKilledWhileTakingAMessageOutOfTheRollPaysForItOnce() throws IOException {
        for (Point step : STEPS_OF_ROLLING) {
            killedAt(step, ROLLING);
            settle();
        }
    }

    private void killedAt(Point step, String carrier) throws IOException {
        long id = endAt(step, carrier);
        Crash.restart(alice);
        assertTakenBackOnce(id);
    }

    /** Ends the server while it recalls a message. @return the message */
    private long endAt(Point step, String carrier) throws IOException {
        long id = begin("killed where " + step, carrier);
        Crash.arm(alice.server(), step);
        try {
            recall(id);
        } catch (RuntimeException | AssertionError e) {
            // The process may end before it answers.
            assertTrue(e.getMessage() != null);
        }
        Crash.awaitEnd(alice.server(), step);
        return id;
    }

    /** Sends the message to recall. */
    private long begin(String words, String carrier) {
        spentBefore = spent();
        waitedBefore = node.mempool();
        long id = say(words + ", by " + carrier, carrier, "12h");
        taken = carriers(id);
        return id;
    }

    /** @return its total cost */
    private long assertTakenBackOnce(long id) {
        alice.awaitState(id, "recalled");
        List<Waiting> instead = taken.stream().map(RecallIT::awaitReplaced).toList();
        assertTrue(instead.stream().allMatch(Waiting::carriesNothing), instead::toString);
        assertTakenBackAlready(id);
        assertEquals(
                Stream.concat(waitedBefore.stream(), instead.stream().map(Waiting::txid))
                        .collect(Collectors.toSet()),
                Set.copyOf(node.mempool()),
                "nothing else waits");
        assertEquals(fees(instead), spent() - spentBefore, "counted once");
        return fees(instead);
    }

    /** Checks the output of {@code recall} for a mined message: it stays, and nothing more is paid. */
    private void assertMined(JsonNode recalled, List<Waiting> carriers) {
        long id = recalled.get("message").get("id").asLong();
        assertEquals("in a block", recalled.get("message").get("state").asText(), recalled::toString);
        assertEquals(0, recalled.get("replaced").asInt(), recalled::toString);
        int packets = carriers.stream().mapToInt(each -> each.payloads().size()).sum();
        assertEquals(packets, recalled.get("mined").asInt(), recalled::toString);
        assertEquals(0, recalled.get("fee_sat").asLong(), recalled::toString);
        assertMined(id, carriers);
    }

    private void assertMined(long id, List<Waiting> carriers) {
        assertEquals(List.of(), node.mempool());
        carriers.forEach(each -> assertTrue(node.blockOf(each.txid()).isPresent()));
        assertEquals(
                carriers.stream().map(Waiting::txid).toList(),
                alice.transactions(id).stream().distinct().toList());
        assertEquals(fees(carriers), alice.outgoing(id).get("fee_sat").asLong());
        assertEquals(fees(carriers), spent() - spentBefore);
    }

    @Test
    @Order(4)
    void whatWasMinedBeforeItIsTakenBackIsSaidToBeThereForEver() {
        for (String carrier : List.of(CONFIRM, ROLLING)) {
            spentBefore = spent();
            long id = say("mined before, by " + carrier, carrier, "12h");
            List<Waiting> carriers = carriers(id);
            node.mine(1);
            assertMined(recall(id), carriers);
            String said =
                    alice.server().run("partyline:recall", Long.toString(id)).text();
            assertTrue(said.contains("it is already in a block") && said.contains("This cost nothing"), said);
        }
    }

    private static JsonNode recall(long id) {
        return alice.server().json("recall", Long.toString(id));
    }

    @Test
    @Order(5)
    void whatIsMinedWhileItIsTakenBackIsSaidToBeThereForEver() throws Exception {
        minedAt(LOOKED, CONFIRM);
        minedAt(STORED, CONFIRM);
        minedAt(STORED, ROLLING);
    }

    private void minedAt(Point point, String carrier) throws Exception {
        spentBefore = spent();
        long id = say("mined where " + point + ", by " + carrier, carrier, "12h");
        List<Waiting> carriers = carriers(id);
        try (Gate gate = new Gate()) {
            Crash.arm(alice.server(), point, gate);
            CompletableFuture<JsonNode> recalled = CompletableFuture.supplyAsync(() -> recall(id));
            gate.await();
            node.mine(1);
            gate.close();
            assertMined(recalled.get(), carriers);
        }
    }

    @Test
    @Order(6)
    void whatIsMinedAfterAKillIsSaidToBeThereForEver() throws IOException {
        for (String carrier : List.of(CONFIRM, ROLLING)) {
            long id = endAt(STORED, carrier);
            node.mine(1);
            Crash.restart(alice);
            alice.awaitState(id, "in a block");
            assertMined(id, taken);
        }
    }

    /** The server's own keys sign the replacement of what they signed, also after a kill. */
    @Test
    @Order(7)
    void whatTheServersOwnWalletPaidForIsTakenBackByIt() throws IOException {
        alice.server().json("node-remove", Operator.NODE);
        alice.addNode(node, "local", "zmq=" + node.zmq());
        Path words = alice.server().home().resolve("words.txt");
        alice.server().json("wallet-create", "--words-file", words.toString());
        long own = 0;
        for (int i = 0; i < 3; i++) {
            node.pay(alice.server().json("wallet-address").get("address").asText(), COIN);
            own += COIN;
        }
        awaitOwn(own);
        for (String carrier : List.of(CONFIRM, ROLLING)) {
            long id = begin("taken back", carrier);
            assertEquals(taken.size(), recall(id).get("replaced").asInt());
            own -= assertTakenBackOnce(id);
            settle();
            awaitOwn(own);
            id = endAt(STORED, carrier);
            Crash.restart(alice);
            own -= assertTakenBackOnce(id);
            settle();
            awaitOwn(own);
        }
    }

    /**
     * Waits until the server's own wallet has this amount, all of it confirmed; a roll's change is reserved until the
     * next roll begins.
     */
    private static void awaitOwn(long sat) {
        try {
            Wait.until(sat + " sat", () -> hasOwn(sat));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    sat + " sat are not there, but " + alice.server().json("wallet-status"), e);
        }
    }

    private static boolean hasOwn(long sat) {
        return Operator.elements(alice.server().json("wallet-status").get("holdings"))
                .anyMatch(holding -> holding.get("wallet").asText().equals("local")
                        && holding.get("confirmed_sat").asLong()
                                        + holding.get("reserved_sat").asLong()
                                == sat
                        && holding.get("unconfirmed_sat").asLong() == 0);
    }
}
