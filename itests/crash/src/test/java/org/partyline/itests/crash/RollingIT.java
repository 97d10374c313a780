package org.partyline.itests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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
 * A conversation that rolls in one transaction, between two servers over a real node: its cost, blocks in the middle, a
 * coin that someone else spends, and processes that end at every step of a version. Every message is read once, in
 * order.
 */
@ExtendWith({NeedsNode.class, ShowLogs.class})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RollingIT {
    private static final String CHANNEL = "lobby";
    private static final int MESSAGES = 100;
    /** The fee rate of the first version, in satoshi for 1,000 virtual bytes: high enough that blocks are not empty. */
    private static final long RATE = 5_000;

    private static final List<Point> STEPS = List.of(
            Point.at("a version is signed, not stored", "transportrpc.RpcWallet#replace", "AT EXIT", Kind.SHORT),
            Point.at("a version is stored, not handed over", "delivery.SharedPayment#sign", "AT EXIT", Kind.SHORT),
            Point.at(
                    "its change is held, nobody has it", "transportrpc.RpcTransport#broadcast", "AT ENTRY", Kind.SHORT),
            Point.at("the node has it, we do not know", "transportrpc.RpcTransport#broadcast", "AT EXIT", Kind.SHORT),
            Point.at(
                    "the node has it, and that is stored", "delivery.SharedBroadcaster#handed", "AT EXIT", Kind.SHORT));

    private static final List<String> SAID = new ArrayList<>();

    private static RegtestNode node;
    private static Operator alice;
    private static Operator bob;

    @BeforeAll
    static void startTheNodeAndTwoServers() throws IOException {
        node = RegtestNode.startSmall(true, 100_000);
        alice = Crash.server(node, "Alice", 40, Crash.SEND, STEPS);
        bob = Crash.server(node, "Bob", 1, Crash.SEND, List.of());
        String passphrase = "a passphrase of two people";
        bob.join(alice.createChannel(CHANNEL, passphrase), passphrase);
        alice.set("carrier", "rolling");
        alice.set("roll-spacing", "0s");
        alice.set("roll-max-fee", "100000sat");
        alice.set("fee-cap-hour", "1000000sat");
        alice.set("fee-cap-day", "1000000sat");
        alice.set("fee-band", "0");
        alice.set("fee-minimum", "5sat/vB");
        alice.set("rate-per-minute", "0");
        // A version has one packet, so that its required fee is known from its packet alone.
        alice.set("roll-packets", "1");
    }

    @AfterAll
    static void endThem() {
        Crash.end(node, alice, bob);
    }

    private static long say(String words) {
        SAID.add(words);
        return alice.send(CHANNEL, words, "--ttl", "12h");
    }

    private static boolean isAllRead() {
        return bob.texts(CHANNEL).size() >= SAID.size();
    }

    private static void settle() {
        Wait.until(SAID.size() + " messages", RollingIT::isAllRead);
        assertEquals(SAID, bob.texts(CHANNEL));
    }

    /** A version in the node's mempool. */
    private record Version(String input, RegtestNode.Paid paid, double second) {}

    private static List<String> inputs(String txid) {
        return Waiting.inputs(node, txid);
    }

    private static void look(Map<String, Version> versions, long start) {
        for (String txid : node.mempool()) {
            if (!versions.containsKey(txid)) {
                Waiting.find(node, txid)
                        .ifPresent(found -> versions.put(
                                txid,
                                new Version(
                                        found.inputs().toString(), found.paid(), (System.nanoTime() - start) / 1e9)));
            }
        }
    }

    @Test
    @Order(1)
    void aHundredMessagesAreOneTransactionAtTheLeastFee() {
        Map<String, Version> versions = new LinkedHashMap<>();
        long start = System.nanoTime();
        for (int i = 0; i < MESSAGES; i++) {
            say("message %02d of a long conversation".formatted(i));
            look(versions, start);
        }
        Wait.until("all are read", java.time.Duration.ofMinutes(15), () -> {
            look(versions, start);
            return isAllRead();
        });
        settle();
        look(versions, start);
        assertEquals(1, node.mempool().size(), "one transaction for all of them");
        assertEquals(
                1, versions.values().stream().map(Version::input).distinct().count(), "every version spends one coin");
        String last = node.mempool().get(0);
        long total = node.waiting(last).orElseThrow().fee();
        assertEquals(total, leastForAll(), "to the satoshi");
        int packets = parts().size();
        System.out.printf(
                "rolling: %d messages, %d packets, 1 transaction, %d sat, %.1f sat a message%n",
                MESSAGES, packets, total, (double) total / MESSAGES);
        plot(List.copyOf(versions.values()), packets);
    }

    private static List<JsonNode> parts() {
        return Operator.elements(alice.server().json("outbox", "--all").get("outbox"))
                .flatMap(message -> Operator.elements(message.get("parts")))
                .toList();
    }

    /** Returns the required fee of the last version: each packet has added a version. */
    private static long leastForAll() {
        List<JsonNode> parts = parts();
        assertTrue(parts.size() >= MESSAGES, "packets: " + parts.size());
        RegtestNode.Paid paid = null;
        for (JsonNode part : parts) {
            int vsize = part.get("vsize").asInt();
            long fee = paid == null ? (RATE * vsize + 999) / 1000 : Waiting.leastToReplace(paid, vsize);
            assertEquals(
                    fee - (paid == null ? 0 : paid.fee()), part.get("fee_sat").asLong(), part::toString);
            paid = new RegtestNode.Paid(fee, vsize);
        }
        return paid.fee();
    }

    private static void plot(List<Version> versions, int packets) {
        List<RollingPlot.Version> points = new ArrayList<>();
        double first = versions.get(0).second();
        for (Version version : versions) {
            points.add(new RollingPlot.Version(
                    version.second() - first,
                    // One that was replaced between two polls is missing.
                    (points.size() + 1) * packets / versions.size(),
                    version.paid().fee(),
                    version.paid().vsize()));
        }
        new RollingPlot(points).write(Path.of("target/rolling.svg"));
    }

    @Test
    @Order(2)
    void blocksInTheMiddleLoseNothing() {
        alice.set("roll-packets", "3");
        Random random = new Random(11);
        for (int i = 0; i < 16; i++) {
            say("between blocks %02d".formatted(i));
            if (random.nextInt(3) == 0) {
                settle();
            }
            if (random.nextInt(3) == 0) {
                node.mine(1);
            }
        }
        settle();
        node.mine(1);
        Wait.until("the last one is in a block", () -> node.mempool().isEmpty());
        say("after them");
        settle();
    }

    /** Returns the one waiting transaction. */
    private static String current() {
        assertEquals(1, node.mempool().size(), () -> node.mempool().toString());
        return node.mempool().get(0);
    }

    /** Returns the waiting version; between two requests another one may replace it. */
    private static String currentRaw() {
        return Wait.forAnswer("one transaction waits", () -> {
            List<String> waiting = node.mempool();
            try {
                return waiting.size() == 1
                        ? Optional.of(
                                node.call("getrawtransaction", waiting.get(0)).asText())
                        : Optional.empty();
            } catch (IllegalStateException e) {
                // It was replaced between the two requests.
                return Optional.empty();
            }
        });
    }

    private static boolean isAllSettled() {
        return Operator.elements(alice.server().json("outbox", "--all").get("outbox"))
                .allMatch(message -> List.of("in a block", "replaced", "recalled")
                        .contains(message.get("state").asText()));
    }

    private static void awaitSettled() {
        Wait.until("each packet had its time, or is in a block", () -> {
            if (!node.mempool().isEmpty()) {
                node.mine(1);
            }
            return isAllSettled();
        });
    }

    @Test
    @Order(3)
    void anyVersionMayBeTheOneThatIsMined() {
        awaitSettled();
        Random random = new Random(7);
        List<String> versions = new ArrayList<>();
        int older = 0;
        for (int i = 0; i < 14; i++) {
            say("whichever version is mined %02d".formatted(i));
            settle();
            versions.add(currentRaw());
            if (random.nextInt(3) == 0) {
                int which = random.nextInt(versions.size());
                older += which < versions.size() - 1 ? 1 : 0;
                node.mineOnly(versions.get(which));
                versions.clear();
                awaitOneRoll();
            }
        }
        assertTrue(older > 1, "older versions were mined");
        awaitSettled();
        settle();
    }

    /** Packets of versions after the mined one are carried again, if there are any. */
    private static void awaitOneRoll() {
        Wait.until(
                "nothing waits to board",
                () -> parts().stream()
                        .noneMatch(part -> List.of("queued", "sent")
                                .contains(part.get("state").asText())));
    }

    @Test
    @Order(4)
    void anotherVersionInTheNewChainLosesNothing() {
        say("in both versions");
        settle();
        String first = currentRaw();
        long last = say("in the second version only");
        settle();
        node.mine(1);
        alice.awaitState(last, "in a block");
        String lost = alice.transactions(last).get(0);

        node.leave(1);
        node.mineOnly(first);
        node.mine(1);
        Wait.until("it rides again", () -> {
            String now = alice.transactions(last).get(0);
            return !now.equals(lost) && node.blockOf(now).isPresent() || mined();
        });
        awaitSettled();
        assertTrue(node.blockOf(alice.transactions(last).get(0)).isPresent());
        settle();
    }

    private static boolean mined() {
        if (!node.mempool().isEmpty()) {
            node.mine(1);
        }
        return false;
    }

    @Test
    @Order(5)
    void aCoinThatSomebodyElseSpendsIsReplacedByAnotherOne() {
        say("before the coin is spent");
        settle();
        String version = node.mempool().get(0);
        JsonNode input = node.transaction(version).get("vin").get(0);
        long fee = node.waiting(version).orElseThrow().fee();
        spend(input, fee);
        assertNotEquals(List.of(version), node.mempool());
        say("after it was spent");
        settle();
        node.mine(1);
        say("and after a block");
        settle();
    }

    /** Makes the wallet's owner spend the coin of the roll for something else. */
    private static void spend(JsonNode input, long fee) {
        String coin = input.get("txid").asText();
        int index = input.get("vout").asInt();
        BigDecimal amount = new BigDecimal(
                node.transaction(coin).get("vout").get(index).get("value").asText());
        String address = node.wallet("alice", "getnewaddress").asText();
        JsonNode raw = node.call(
                "createrawtransaction",
                List.of(Map.of("txid", coin, "vout", index, "sequence", 0xfffffffdL)),
                Map.of(address, amount.subtract(BigDecimal.valueOf(fee + 5_000, 8))));
        JsonNode signed = node.wallet("alice", "signrawtransactionwithwallet", raw.asText());
        node.call("sendrawtransaction", signed.get("hex").asText());
    }

    @Test
    @Order(6)
    void whoeverIsKilledBetweenSigningAndSendingGoesOnWithTheSameRoll() throws IOException {
        say("the roll that is interrupted");
        settle();
        for (Point step : STEPS) {
            Crash.arm(alice.server(), step);
            List<String> before = inputs(node.mempool().get(0));
            String words = "alice ends: " + step;
            try {
                say(words);
            } catch (RuntimeException | AssertionError e) {
                // The process may end before it answers.
                assertTrue(e.getMessage() != null);
            }
            Crash.awaitEnd(alice.server(), step);
            Crash.restart(alice);
            boolean isStored = alice.messages(CHANNEL).stream()
                    .anyMatch(message -> message.get("text").asText().equals(words));
            if (!isStored) {
                // It ended at this step with the previous version, which was handed over once more, and was never asked
                // to send.
                alice.send(CHANNEL, words, "--ttl", "12h");
            }
            settle();
            awaitOneRoll();
            assertEquals(1, node.mempool().size(), () -> "two rolls, killed where " + step);
            assertEquals(before, inputs(node.mempool().get(0)), () -> "another coin, killed where " + step);
        }
    }

    @Test
    @Order(7)
    void aVersionThatAFullMempoolThrewOutComesBackOverTheFloorThatRose() {
        node.split(150);
        awaitSettled();
        say("before the mempool is full");
        settle();
        String evicted = current();
        RegtestNode.Paid paid = node.waiting(evicted).orElseThrow();
        int crowd = (int) (paid.fee() / paid.vsize()) + 1;
        node.crowd(crowd, evicted);
        assertTrue(node.waiting(evicted).isEmpty(), "it was thrown out");
        long floor = node.floor();
        assertTrue(floor >= paid.fee() * 1000 / paid.vsize(), () -> "the floor rose to " + floor);

        for (int i = 0; i < 5; i++) {
            say("while the floor is high %d".formatted(i));
            settle();
        }
        Wait.until("what was thrown out is in a version that waits", () -> isRiding(floor));
        node.mine(10);
        awaitSettled();
        settle();
    }

    private static boolean isRiding(long floor) {
        return parts().stream()
                .map(part -> part.get("transaction").asText())
                .distinct()
                .map(node::waiting)
                .flatMap(java.util.Optional::stream)
                .anyMatch(version -> version.fee() * 1000 >= floor * version.vsize());
    }
}
