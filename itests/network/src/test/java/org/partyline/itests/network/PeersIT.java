package org.partyline.itests.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.itests.network.Stage.PASSPHRASE;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * Alice's server uses a node by its RPC, Bob's connects to it as a peer; each pays with its own wallet, unknown to the
 * node.
 */
@ExtendWith({NeedsNode.class, ShowLogs.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PeersIT {
    private static final String CHANNEL = "by other ways";
    private static final long COIN = 100_000;
    private static final int COINS = 6;

    @TempDir
    static Path directory;

    private RegtestNode node;
    private Operator alice;
    private Operator bob;
    private final List<String> fromAlice = new ArrayList<>();
    private final List<String> fromBob = new ArrayList<>();

    @BeforeAll
    void startANodeAndTwoServers() {
        node = RegtestNode.start(true, 100_000);
        alice = newServer("Alice");
        addByRpc(alice);
        bob = newServer("Bob");
        addByPeer(bob);
    }

    private static Operator newServer(String nickname) {
        Operator operator = new Operator(PartylineServer.create(nickname.toLowerCase(java.util.Locale.ROOT))
                .start());
        operator.setUp(nickname);
        return operator;
    }

    private void addByRpc(Operator operator) {
        operator.addNode(node, "local", "zmq=" + node.zmq());
    }

    private void addByPeer(Operator operator) {
        operator.server()
                .json(
                        "node-add",
                        Operator.NODE,
                        "--type",
                        "bitcoinj",
                        "--network",
                        "regtest",
                        "--peers",
                        node.peer(),
                        // Bitcoin Core shows its mempool only to peers that it is configured to show it to.
                        "--set",
                        "ask-mempool=always");
        operator.awaitNode("ready");
    }

    @AfterAll
    void endThem() {
        for (Operator each : new Operator[] {alice, bob}) {
            if (each != null) {
                each.server().close();
            }
        }
        if (node != null) {
            node.close();
        }
    }

    private Path words(Operator operator) {
        return directory.resolve(operator.server().toString().replace(' ', '-') + ".words");
    }

    private static JsonNode wallets(Operator operator) {
        return operator.server().json("wallet-status");
    }

    private static JsonNode holding(Operator operator) {
        return wallets(operator).get("holdings").get(0);
    }

    private static long confirmed(Operator operator) {
        return holding(operator).get("confirmed_sat").asLong();
    }

    private void awaitConfirmed(Operator operator, long satoshi) {
        Wait.until(operator.server() + " has " + satoshi + " sat", () -> confirmed(operator) == satoshi);
    }

    private void say(Operator from, String text) {
        (from == alice ? fromAlice : fromBob).add(text);
        from.send(CHANNEL, text);
    }

    private void talk(String about) {
        say(alice, "Alice, " + about);
        bob.awaitText(CHANNEL, "Alice, " + about);
        say(bob, "Bob, " + about);
        alice.awaitText(CHANNEL, "Bob, " + about);
    }

    private void assertEachCameOnce() {
        assertEquals(fromAlice, bob.texts(CHANNEL));
        assertEquals(fromBob, alice.texts(CHANNEL));
    }

    @Test
    @Order(1)
    void walletsOfTheServersOwnAreMadeAndFundedOverBothWays() {
        for (Operator each : List.of(alice, bob)) {
            JsonNode made = each.server()
                    .json(
                            "wallet-create",
                            "--words",
                            "12",
                            "--words-file",
                            words(each).toString());
            assertEquals("regtest", made.get("network").asText());
            for (int i = 0; i < COINS; i++) {
                node.pay(each.server().json("wallet-address").get("address").asText(), COIN);
            }
        }
        for (Operator each : List.of(alice, bob)) {
            awaitConfirmed(each, COINS * COIN);
        }
    }

    @Test
    @Order(2)
    void theyTalkBothWaysAndPayFromTheirOwnWallets() {
        bob.join(alice.createChannel(CHANNEL, PASSPHRASE, "--kdf", "PBKDF2_SHA256"), PASSPHRASE);
        for (String about : List.of("once", "twice", "three times")) {
            talk(about);
        }
        long fees = 0;
        for (Operator each : List.of(alice, bob)) {
            Wait.until("all is out", () -> all(each, out(each == alice)));
        }
        node.mine(1);
        for (Operator each : List.of(alice, bob)) {
            Wait.until("all is confirmed", () -> all(each, "in a block"));
            fees = Operator.elements(each.server().json("outbox", "--all").get("outbox"))
                    .mapToLong(message -> message.get("fee_sat").asLong())
                    .sum();
            assertTrue(fees > 0);
            awaitConfirmed(each, COINS * COIN - fees);
        }
        assertEachCameOnce();
    }

    /**
     * Returns the state that messages reach without a block: the one peer that receives them does not prove that others
     * have them.
     */
    private static String out(boolean byRpc) {
        return byRpc ? "relayed" : "sent";
    }

    private static boolean all(Operator operator, String state) {
        return Operator.elements(operator.server().json("outbox", "--all").get("outbox"))
                .allMatch(message -> message.get("state").asText().equals(state));
    }

    @Test
    @Order(3)
    void whatCameWhileEitherWasAwayIsReadAfterwards() {
        bob.server().kill();
        say(alice, "in a block while Bob was away");
        Wait.until(
                "it is seen", () -> all(alice, "in a block") || node.mempool().size() > 0);
        node.mine(2);
        say(alice, "in the mempool while Bob was away");
        Wait.until("the node has it", () -> !node.mempool().isEmpty());
        bob.server().start();
        bob.unlock();
        bob.awaitText(CHANNEL, "in the mempool while Bob was away");

        alice.server().kill();
        say(bob, "in a block while Alice was away");
        Wait.until("the node has both", () -> node.mempool().size() > 1);
        node.mine(2);
        say(bob, "in the mempool while Alice was away");
        Wait.until("the node has it", () -> !node.mempool().isEmpty());
        alice.server().start();
        alice.unlock();
        alice.awaitText(CHANNEL, "in the mempool while Alice was away");
        talk("after both restarts");
        assertEachCameOnce();
    }

    @Test
    @Order(4)
    void aReorganisationOfThreeBlocksTakesConfirmationsBackAndTheNewChainGivesThemAgain() {
        node.mine(1);
        long byRpc = alice.send(CHANNEL, "Alice, before the reorganisation");
        fromAlice.add("Alice, before the reorganisation");
        long byPeer = bob.send(CHANNEL, "Bob, before the reorganisation");
        fromBob.add("Bob, before the reorganisation");
        alice.awaitState(byRpc, "relayed");
        bob.awaitState(byPeer, out(false));
        node.mine(3);
        alice.awaitState(byRpc, "in a block");
        bob.awaitState(byPeer, "in a block");
        int height = node.height();
        awaitBlock(bob, "Alice, before the reorganisation", height - 2);
        awaitBlock(alice, "Bob, before the reorganisation", height - 2);
        List<String> both = new ArrayList<>(alice.transactions(byRpc));
        both.addAll(bob.transactions(byPeer));
        List<String> raw = both.stream()
                .map(id -> node.call("getrawtransaction", id).asText())
                .toList();

        node.call("invalidateblock", node.call("getblockhash", height - 2).asText());
        // By RPC, a shorter chain is visible, too; peers are only notified of a better one.
        String why = alice.awaitState(byRpc, "relayed").get("reason").asText();
        // If it is handed over while the node is still switching chains, it is rejected once more.
        assertTrue(
                why.contains("its block was removed from the chain") || why.contains("nodes had it and lost it again"),
                why);
        Wait.until(
                "Bob's message is in no block for Alice",
                () -> block(alice, "Bob, before the reorganisation").isEmpty());
        for (int i = 0; i < both.size(); i++) {
            if (!node.mempool().contains(both.get(i))) {
                node.call("sendrawtransaction", raw.get(i));
            }
        }
        node.mine(1);
        String last = node.mine(3);
        assertEquals(height + 1, node.height());
        for (Operator each : List.of(alice, bob)) {
            Wait.until(
                    "the new chain is read",
                    () -> each.nodeStatus().get("block").asText().equals(last));
        }
        JsonNode again = alice.awaitState(byRpc, "in a block");
        assertTrue(again.get("reason").isNull(), again::toString);
        bob.awaitState(byPeer, "in a block");
        awaitBlock(bob, "Alice, before the reorganisation", height - 2);
        awaitBlock(alice, "Bob, before the reorganisation", height - 2);
        talk("after the reorganisation");
        assertEachCameOnce();
    }

    private static Optional<Integer> block(Operator operator, String text) {
        return operator.received(CHANNEL).stream()
                .filter(message -> message.get("text").asText().equals(text))
                .map(message -> message.get("block"))
                .filter(block -> !block.isNull())
                .map(JsonNode::asInt)
                .findFirst();
    }

    private static void awaitBlock(Operator operator, String text, int height) {
        Wait.until(
                "'" + text + "' in block " + height + " at " + operator.server(),
                () -> block(operator, text).equals(Optional.of(height)));
    }

    @Test
    @Order(5)
    void whatAReorganisationTookOutOfTheLastBlockStandsInAnotherAgain() {
        node.mine(2);
        long byRpc = alice.send(CHANNEL, "Alice, in the last block");
        fromAlice.add("Alice, in the last block");
        long byPeer = bob.send(CHANNEL, "Bob, in the last block");
        fromBob.add("Bob, in the last block");
        alice.awaitState(byRpc, "relayed");
        bob.awaitState(byPeer, out(false));
        node.mine(1);
        Wait.until("all is confirmed", () -> all(alice, "in a block") && all(bob, "in a block"));
        awaitBlock(bob, "Alice, in the last block", node.height());

        node.leave(3);
        // In between, a node may reject a transaction that it will accept later: its lock time is a height that is
        // gone.
        String taken = alice.transactions(byRpc).get(0);
        Wait.until(
                "Alice has tried",
                () -> node.mempool().contains(taken)
                        || alice.outgoing(byRpc).get("reason").asText().contains("now rejects it"));
        node.mine(4);

        // They are in a block of the new chain, or unconfirmed again: if the node has dropped them, they are handed
        // over again.
        for (String id : List.of(
                alice.transactions(byRpc).get(0), bob.transactions(byPeer).get(0))) {
            Wait.until(
                    "transaction " + id + " is back",
                    () -> node.mempool().contains(id) || node.blockOf(id).isPresent());
        }
        node.mine(1);
        int first = awaitBlockOf(alice.transactions(byRpc).get(0));
        int second = awaitBlockOf(bob.transactions(byPeer).get(0));
        awaitBlock(bob, "Alice, in the last block", first);
        awaitBlock(alice, "Bob, in the last block", second);
        bob.awaitState(byPeer, "in a block");
        alice.awaitState(byRpc, "in a block");
        assertEachCameOnce();
    }

    private int awaitBlockOf(String transaction) {
        return Wait.forAnswer(
                        "the block of " + transaction,
                        () -> Optional.of(node.blockOf(transaction)).filter(OptionalInt::isPresent))
                .getAsInt();
    }

    @Test
    @Order(6)
    void eachWalletIsRestoredFromItsWordsOverTheOtherWayAndSpends() {
        Wait.until("nothing is under way", () -> {
            if (!node.mempool().isEmpty()) {
                node.mine(1);
            }
            return all(alice, "in a block") && all(bob, "in a block");
        });
        for (Operator owner : List.of(alice, bob)) {
            Operator heir = newServer(owner == alice ? "Dave" : "Erin");
            try {
                if (owner == alice) {
                    addByPeer(heir);
                } else {
                    addByRpc(heir);
                }
                heir.server()
                        .json("wallet-restore", "--words-file", words(owner).toString(), "--wait");
                assertEquals(confirmed(owner), confirmed(heir));
                assertEquals(
                        holding(owner).get("coins").size(),
                        holding(heir).get("coins").size());
                heir.join(CHANNEL, PASSPHRASE, "--kdf", "PBKDF2_SHA256");
                long before = confirmed(heir);
                long id = heir.send(CHANNEL, "paid by " + heir.server());
                JsonNode seen = heir.awaitState(id, out(owner == bob));
                node.mine(1);
                heir.awaitState(id, "in a block");
                awaitConfirmed(heir, before - seen.get("fee_sat").asLong());
                // The author sees it, too.
                awaitConfirmed(owner, before - seen.get("fee_sat").asLong());
            } finally {
                heir.server().close();
            }
        }
    }
}
