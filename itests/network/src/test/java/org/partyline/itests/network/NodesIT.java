package org.partyline.itests.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.itests.network.Stage.PASSPHRASE;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.itests.harness.Reply;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;
import org.partyline.itests.network.FaultyNode.Fault;

/**
 * Alice's server has three nodes of one network, each behind a proxy that simulates faults; Bob's has a healthy one.
 * Whatever is wrong with one of Alice's, nothing is lost, nothing arrives twice, and only the faulty node is not used,
 * until it is healthy again.
 */
@ExtendWith({NeedsNode.class, ShowLogs.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NodesIT {
    private static final String CHANNEL = "three nodes";
    private static final int DATA_CARRIER = 100_000;
    private static final String WITNESS_COMMITMENT = "6a24aa21a9ed";
    private static final List<String> NAMES = List.of("one", "two", "three");

    private final List<RegtestNode> nodes = new ArrayList<>();
    private final Map<String, FaultyNode> faulty = new LinkedHashMap<>();
    private final List<String> fromAlice = new ArrayList<>();
    private final List<String> fromBob = new ArrayList<>();
    private final List<Long> sent = new ArrayList<>();
    private int firstBlock;
    private RegtestNode stranger;
    private Operator alice;
    private Operator bob;

    @BeforeAll
    void startThreeNodesAndTwoServers() {
        stranger = RegtestNode.start(false, DATA_CARRIER);
        nodes.add(RegtestNode.start(false, DATA_CARRIER));
        nodes.add(RegtestNode.startBeside(false, DATA_CARRIER, nodes.get(0)));
        nodes.add(RegtestNode.startBeside(false, DATA_CARRIER, nodes.get(0), nodes.get(1)));
        for (int i = 0; i < NAMES.size(); i++) {
            faulty.put(NAMES.get(i), new FaultyNode(nodes.get(i), stranger));
            nodes.get(i).call("createwallet", "alice");
            pay(nodes.get(i), "alice");
        }
        nodes.get(0).call("createwallet", "bob");
        pay(nodes.get(0), "bob");

        firstBlock = nodes.get(0).height();

        alice = new Operator(PartylineServer.create("alice").start());
        alice.setUp("Alice");
        alice.set("resend-after", "5s");
        alice.set("node-check", "1s");
        alice.set("node-quarantine", "10s");
        NAMES.forEach(this::addNode);
        bob = new Operator(PartylineServer.create("bob").start());
        bob.setUp("Bob");
        bob.addNode(nodes.get(0), "bob", "zmq=none", "poll-interval=200ms");
        bob.join(alice.createChannel(CHANNEL, PASSPHRASE, "--kdf", "PBKDF2_SHA256"), PASSPHRASE);
        talk("before any fault");
    }

    private void addNode(String name) {
        FaultyNode node = faulty.get(name);
        alice.addNodeNamed(
                name,
                node.node().cookieFile(),
                node.url(),
                "alice",
                "zmq=none",
                "poll-interval=200ms",
                "connect-timeout=1s",
                "timeout=2s");
    }

    /** Pays into a wallet of any of the nodes, from the first one's coins. */
    private void pay(RegtestNode of, String wallet) {
        Map<String, String> outputs = new LinkedHashMap<>();
        for (int i = 0; i < 20; i++) {
            outputs.put(of.wallet(wallet, "getnewaddress").asText(), "0.001");
        }
        nodes.get(0).wallet("bank", "sendmany", "", outputs);
        mine(1);
    }

    /** Mines blocks, and waits until all three nodes have them. */
    private void mine(int blocks) {
        String last = nodes.get(0).mine(blocks);
        Wait.until(
                "all nodes have the block",
                () -> nodes.stream().allMatch(node -> node.bestBlock().equals(last)));
    }

    @AfterEach
    void nothingIsLostAndNothingCameTwice() {
        assertEquals(fromAlice, bob.texts(CHANNEL));
        assertEquals(fromBob, alice.texts(CHANNEL));
        // Each packet is in one transaction, whichever nodes it was sent through, and however often.
        Wait.until(
                "all nodes have the same mempool",
                () -> nodes.stream()
                                .map(node -> new TreeSet<>(node.mempool()))
                                .distinct()
                                .count()
                        == 1);
        mine(1);
        for (long id : sent) {
            alice.awaitState(id, "in a block");
        }
        Map<String, List<String>> carriers = carriers();
        carriers.forEach((packet, transactions) -> assertEquals(1, transactions.size(), packet + transactions));
        Set<String> known = carriers.values().stream().map(each -> each.get(0)).collect(Collectors.toSet());
        for (long id : sent) {
            assertTrue(known.containsAll(alice.transactions(id)), () -> id + " is in other transactions");
        }
    }

    /** Returns the packets in all blocks, with the transactions that carry them. */
    private Map<String, List<String>> carriers() {
        RegtestNode node = nodes.get(0);
        Map<String, List<String>> carriers = new HashMap<>();
        for (int height = firstBlock; height <= node.height(); height++) {
            String hash = node.call("getblockhash", height).asText();
            for (JsonNode transaction : node.call("getblock", hash, 2).get("tx")) {
                Operator.elements(transaction.get("vout"))
                        .map(output -> output.get("scriptPubKey").get("hex").asText())
                        .filter(script -> script.startsWith("6a") && !script.startsWith(WITNESS_COMMITMENT))
                        .forEach(script -> carriers.computeIfAbsent(script, none -> new ArrayList<>())
                                .add(transaction.get("txid").asText()));
            }
        }
        return carriers;
    }

    @AfterAll
    void endThem() {
        for (Operator each : new Operator[] {alice, bob}) {
            if (each != null) {
                each.server().close();
            }
        }
        faulty.values().forEach(FaultyNode::close);
        nodes.forEach(RegtestNode::close);
        if (stranger != null) {
            stranger.close();
        }
    }

    private long say(String text, String... options) {
        fromAlice.add(text);
        long id = alice.send(CHANNEL, text, options);
        sent.add(id);
        return id;
    }

    private void answer(String text) {
        fromBob.add(text);
        bob.send(CHANNEL, text);
        alice.awaitText(CHANNEL, text);
    }

    private void talk(String when) {
        long id = say("Alice, " + when);
        bob.awaitText(CHANNEL, "Alice, " + when);
        answer("Bob, " + when);
        alice.awaitState(id, "relayed", "in a block");
    }

    private static String text(JsonNode status, String field) {
        return status.path(field).asText();
    }

    private static boolean isUsed(JsonNode status) {
        return text(status, "state").equals("ready") && status.get("quarantine").isNull();
    }

    private void awaitWell(String name) {
        alice.awaitNode(name, "is used", NodesIT::isUsed);
    }

    /** They are never quarantined, even briefly; a node that does not respond in time on a busy machine may be. */
    private void assertOthersAreUsed(String bad) {
        for (String name : NAMES) {
            if (!name.equals(bad)) {
                JsonNode status = alice.nodeStatus(name);
                assertTrue(status.get("quarantine").isNull(), status::toString);
                awaitWell(name);
            }
        }
    }

    @Test
    @Order(1)
    void aSilentNodeIsPassedOver() {
        faulty.get("two").set(Fault.SILENT);
        talk("when node two falls silent");
        JsonNode status = alice.awaitNode(
                "two", "is unreachable", each -> text(each, "state").equals("unreachable"));
        assertTrue(text(status, "detail").contains("did not answer"), status::toString);
        assertOthersAreUsed("two");
        talk("while node two is silent");
        faulty.get("two").set(Fault.NONE);
        awaitWell("two");
    }

    @Test
    @Order(2)
    void aSlowNodeIsUsedAndItsTimesAreShown() {
        faulty.get("two").set(Fault.SLOW);
        alice.awaitNode("two", "is slow", each -> each.path("latency_ms").asLong() >= FaultyNode.LATE_MILLIS);
        long chosen = say("by the slow node", "--via", "two");
        bob.awaitText(CHANNEL, "by the slow node");
        alice.awaitState(chosen, "relayed");
        talk("while node two is slow");
        awaitWell("two");
        faulty.get("two").set(Fault.NONE);
        alice.awaitNode("two", "is fast again", each -> each.path("latency_ms").asLong() < FaultyNode.LATE_MILLIS);
    }

    @Test
    @Order(3)
    void aNodeThatLiesAboutItsHeightIsSetAside() {
        faulty.get("two").set(Fault.TOO_HIGH);
        JsonNode status = alice.awaitNode(
                "two", "is quarantined", each -> text(each, "quarantine").equals("other_chain"));
        assertTrue(text(status, "quarantine_reason").contains("but cannot show it"), status::toString);
        assertOthersAreUsed("two");
        talk("while node two lies about its height");
        assertAudited("node-quarantined");
        faulty.get("two").set(Fault.NONE);
        awaitWell("two");
        assertAudited("node-released");
        talk("after the lie");
    }

    private void assertAudited(String event) {
        List<String> events = Operator.elements(
                        alice.server().json("audit", "--last", "3").get("events"))
                .map(each -> each.get("event").asText())
                .toList();
        assertTrue(events.contains(event), events::toString);
    }

    @Test
    @Order(4)
    void aNodeOnAnotherChainIsSetAside() {
        faulty.get("three").set(Fault.OTHER_CHAIN);
        talk("while node three changes its chain");
        alice.awaitNode(
                "three",
                "is quarantined",
                each -> text(each, "quarantine").equals("other_chain")
                        && text(each, "quarantine_reason").contains("is not that of the other nodes"));
        assertOthersAreUsed("three");
        stranger.mine(3);
        talk("while node three is on another chain");
        mine(1);
        talk("after a block");
        faulty.get("three").set(Fault.NONE);
        awaitWell("three");
        talk("after the other chain");
    }

    @Test
    @Order(5)
    void aNodeThatKeepsOursToItselfIsSetAsideAndAllOfThemGoInByAnother() {
        faulty.get("one").set(Fault.KEEPS_OURS);
        List<Long> kept = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            kept.add(say("kept " + i, "--via", "one"));
        }
        bob.awaitText(CHANNEL, "kept 3");
        kept.forEach(id -> alice.awaitState(id, "relayed"));
        JsonNode status = alice.awaitNode(
                "one", "is quarantined", each -> text(each, "quarantine").equals("withholds"));
        assertTrue(text(status, "quarantine_reason").contains("it accepted 3 of our transactions"), status::toString);
        Reply doctor = alice.server().run("partyline:doctor", "--json");
        assertTrue(doctor.out().contains("node one is quarantined: it accepted 3 of our transactions"), doctor::text);
        assertOthersAreUsed("one");
        talk("while node one keeps ours to itself");
        String refusal = alice.server().refusal("send", "--channel", CHANNEL, "by none", "--via", "one");
        assertTrue(refusal.contains("is quarantined"), refusal);

        faulty.get("one").set(Fault.NONE);
        // Its fault is remembered for a quarter of an hour, or until its operator pauses and resumes it.
        alice.server().json("node-pause", "one");
        alice.server().json("node-resume", "one");
        awaitWell("one");
        long id = say("by node one again", "--via", "one");
        bob.awaitText(CHANNEL, "by node one again");
        alice.awaitState(id, "relayed");
    }

    @ParameterizedTest
    @Order(6)
    @EnumSource(names = {"DIES_BEFORE_IT_TAKES_OURS", "DIES_AFTER_IT_TOOK_OURS"})
    void aNodeThatDiesInTheMiddleLosesNothing(Fault fault) {
        faulty.get("three").set(fault);
        long id = say("in the middle, " + fault, "--via", "three");
        Wait.until("it has died", () -> faulty.get("three").fault() == Fault.DEAD);
        alice.awaitNode("three", "is away", each -> text(each, "state").equals("unreachable"));
        bob.awaitText(CHANNEL, "in the middle, " + fault);
        alice.awaitState(id, "relayed");
        assertOthersAreUsed("three");
        talk("without node three, " + fault);
        faulty.get("three").set(Fault.NONE);
        awaitWell("three");
    }

    @Test
    @Order(7)
    void withAllNodesDeadAMessageWaitsAndLeavesByTheFirstThatIsBack() {
        faulty.values().forEach(node -> node.set(Fault.DEAD));
        for (String name : NAMES) {
            alice.awaitNode(name, "is away", each -> text(each, "state").equals("unreachable"));
        }
        long id = say("when a node is back");
        String reason = Wait.forAnswer(
                "a reason to wait",
                () -> java.util.Optional.of(alice.outgoing(id).get("reason"))
                        .filter(why -> !why.isNull())
                        .map(JsonNode::asText));
        assertTrue(reason.contains("node"), reason);
        faulty.get("two").set(Fault.NONE);
        bob.awaitText(CHANNEL, "when a node is back");
        faulty.values().forEach(node -> node.set(Fault.NONE));
        NAMES.forEach(this::awaitWell);
        alice.awaitState(id, "relayed");
    }

    // ---- nodes are added and removed while messages are in flight

    @Test
    @Order(8)
    void whatWaitsForAChosenNodeMovesToAnotherWhenThatIsPaused() {
        faulty.get("two").set(Fault.DEAD);
        alice.awaitNode("two", "is away", each -> text(each, "state").equals("unreachable"));
        long id = say("by node two or none", "--via", "two");
        Wait.until(
                "it waits for node two",
                () -> text(alice.outgoing(id), "reason").contains("it waits for its chosen node 'two'"));
        alice.server().json("node-pause", "two");
        bob.awaitText(CHANNEL, "by node two or none");
        faulty.get("two").set(Fault.NONE);
        alice.server().json("node-resume", "two");
        awaitWell("two");
    }

    @Test
    @Order(9)
    void whatARemovedNodeKeptToItselfMovesToAnotherAtOnce() {
        alice.set("resend-after", "1h");
        faulty.get("three").set(Fault.KEEPS_OURS);
        long id = say("kept by a node that goes", "--via", "three");
        alice.awaitState(id, "sent");
        alice.server().json("node-remove", "three");
        bob.awaitText(CHANNEL, "kept by a node that goes");
        alice.awaitState(id, "relayed");
        faulty.get("three").set(Fault.NONE);
        addNode("three");
        alice.set("resend-after", "5s");
        talk("with node three back");
    }

    @Test
    @Order(10)
    void anEditedFileOfANodeCountsAtOnce() throws IOException {
        faulty.values().forEach(node -> node.set(Fault.DEAD));
        for (String name : NAMES) {
            alice.awaitNode(name, "is away", each -> text(each, "state").equals("unreachable"));
        }
        long id = say("until a file is edited");
        // The node itself, not its dead proxy.
        edit("two", faulty.get("two").url().toString(), nodes.get(1).url().toString());
        bob.awaitText(CHANNEL, "until a file is edited");
        alice.awaitState(id, "relayed");
        answer("a file was edited");
        assertEquals("unreachable", text(alice.nodeStatus("one"), "state"));
        faulty.values().forEach(node -> node.set(Fault.NONE));
        edit("two", nodes.get(1).url().toString(), faulty.get("two").url().toString());
        NAMES.forEach(this::awaitWell);
    }

    private void edit(String name, String from, String to) throws IOException {
        Path file = alice.server().home().resolve("etc/org.partyline.transport.rpc-" + name + ".cfg");
        String before = Files.readString(file);
        String after = before.replace(from, to);
        assertNotEquals(before, after);
        Path next = file.resolveSibling(name + ".next");
        Files.writeString(next, after);
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    @Order(11)
    void everyMessageArrivesOnceWhileNodesArePausedRemovedAndAdded() {
        for (int i = 0; i < 12; i++) {
            say("swap " + i);
            String name = NAMES.get(i % NAMES.size());
            switch (i / NAMES.size()) {
                case 0 -> alice.server().json("node-pause", name);
                case 1 -> alice.server().json("node-resume", name);
                case 2 -> alice.server().json("node-remove", name);
                default -> addNode(name);
            }
        }
        bob.awaitText(CHANNEL, "swap 11");
        Wait.until("all of them", () -> bob.texts(CHANNEL).size() == fromAlice.size());
        NAMES.forEach(this::awaitWell);
    }
}
