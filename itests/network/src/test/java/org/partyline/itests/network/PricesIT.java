package org.partyline.itests.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.itests.network.Stage.PASSPHRASE;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * One server with two nodes, one of which requires ten times as much as the other: each announced price is the actual
 * one.
 */
@ExtendWith({NeedsNode.class, ShowLogs.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PricesIT {
    private static final String CHANNEL = "prices";
    private static final int DATA_CARRIER = 100_000;
    private static final int DEAR = 1000;
    /** Percent: {@code fee-band}. */
    private static final int BAND = 20;
    /**
     * A node may select two coins more than necessary, each of this many virtual bytes; a price is the maximum that may
     * be paid.
     */
    private static final int MORE_COINS = 2 * 68;

    private static final String SEVERAL_PACKETS = "a text of several packets ".repeat(8);

    private RegtestNode cheap;
    private RegtestNode dear;
    private Operator alice;

    @BeforeAll
    void startTwoNodesAndAServer() {
        cheap = RegtestNode.start(false, DATA_CARRIER);
        dear = RegtestNode.startDearBeside(false, DATA_CARRIER, DEAR, cheap);
        alice = new Operator(PartylineServer.create("alice").start());
        alice.setUp("Alice");
        alice.set("roll-spacing", "1s");
        add("cheap", cheap);
        add("dear", dear);
        alice.createChannel(CHANNEL, PASSPHRASE, "--kdf", "PBKDF2_SHA256");
    }

    private void add(String name, RegtestNode node) {
        node.call("createwallet", "alice");
        alice.addNodeNamed(name, node.cookieFile(), node.url(), "alice", "zmq=none", "poll-interval=200ms");
    }

    @AfterAll
    void endThem() throws Exception {
        for (AutoCloseable each : new AutoCloseable[] {alice == null ? null : alice.server(), dear, cheap}) {
            if (each != null) {
                each.close();
            }
        }
    }

    private void pay(String wallet, int coins) {
        for (int i = 0; i < coins; i++) {
            cheap.pay(
                    alice.server()
                            .json("wallet-address", "--wallet", wallet)
                            .get("address")
                            .asText(),
                    100_000);
        }
        Wait.until("both nodes have the block", () -> cheap.bestBlock().equals(dear.bestBlock()));
    }

    @Test
    @Order(1)
    void anEmptyWalletIsToldAtOnceAndTheMessageLeavesByItselfOnceWhenCoinsCome() {
        JsonNode receipt = alice.sent(CHANNEL, "without coins");
        String waits = receipt.get("waits").asText();
        assertTrue(waits.startsWith("it waits for coins: wallet '"), waits);
        assertTrue(waits.matches(".* is empty; .* partyline:wallet-address --wallet (cheap|dear)"), waits);
        assertEquals("queued", receipt.get("state").asText());

        pay(waits.substring(waits.lastIndexOf(' ') + 1), 1);
        JsonNode left = alice.awaitState(receipt.get("id").asLong(), "relayed", "in a block");
        String transaction = left.get("parts").get(0).get("transaction").asText();
        assertEquals(
                left.get("fee_sat").asLong(),
                assertInBand(receipt.get("estimated_fee_sat").asLong(), List.of(transaction)));
        Wait.until("it waits for a block", () -> dear.mempool().equals(List.of(transaction)));
        assertEquals(List.of(transaction), cheap.mempool());
        pay("cheap", 1);
        pay("dear", 1);
    }

    @Test
    @Order(2)
    void whatIsNamedIsWhatIsPaidWhicheverNodeItGoesInBy() {
        for (String[] options :
                new String[][] {{}, {"--via", "cheap"}, {"--via", "dear"}, {"--carrier", "confirm"}, {"--ttl", "2h"}}) {
            assertPaid("a short one", options);
        }
        assertPaid(SEVERAL_PACKETS);
        settle();
    }

    @Test
    @Order(3)
    void whatIsNamedForTheRollingCarrierIsWhatIsAdded() {
        long before = assertPaid("begins", "--carrier", "rolling", "--via", "cheap");
        for (String[] options : new String[][] {{}, {"--via", "cheap"}, {"--via", "dear"}, {}}) {
            String[] all = new String[options.length + 2];
            System.arraycopy(options, 0, all, 2, options.length);
            all[0] = "--carrier";
            all[1] = "rolling";
            before = assertAdded(before, "one more", all);
        }
        assertAdded(before, SEVERAL_PACKETS, "--carrier", "rolling");
        settle();
    }

    @Test
    @Order(4)
    void whatOpensASessionIsNamedWithTheMessageThatBeginsIt() {
        alice.server().json("persona-create", "Bob");
        String card = alice.server().json("persona-card", "Bob").get("card").asText();
        alice.server().json("contact-add", card);
        JsonNode receipt = alice.server().json("send", "--to", "Bob", "the first");
        JsonNode handshake = Wait.forAnswer(
                "the handshake left",
                () -> Operator.elements(alice.server().json("outbox", "--all").get("outbox"))
                        .filter(each -> each.get("kind").asText().equals("handshake")
                                && each.get("parts").size() > 0
                                && each.get("state").asText().matches("sent|relayed|in a block"))
                        .findFirst());
        long named = receipt.get("opening_fee_sat").asLong();
        assertInBand(
                named,
                Operator.elements(handshake.get("parts"))
                        .map(part -> part.get("transaction").asText())
                        .toList());
        assertTrue(alice.server()
                .json("send", "--to", "Bob", "the second")
                .get("opening_fee_sat")
                .isNull());
    }

    /** So that nothing depends on a transaction that pays too little for one of the nodes. */
    private void settle() {
        cheap.mine(1);
        Wait.until("both nodes have the block", () -> cheap.bestBlock().equals(dear.bestBlock()));
    }

    private JsonNode send(String text, String... options) {
        String[] all = new String[options.length + 1];
        System.arraycopy(options, 0, all, 1, options.length);
        all[0] = "--wait";
        return alice.sent(CHANNEL, text, all);
    }

    /** @return the amount paid */
    private long assertPaid(String text, String... options) {
        JsonNode sent = send(text, options);
        long entered = assertInBand(
                sent.get("estimated_fee_sat").asLong(),
                Operator.elements(sent.get("transactions"))
                        .map(JsonNode::asText)
                        .toList());
        assertEquals(entered, sent.get("fee_sat").asLong());
        return entered;
    }

    /** Exact to the satoshi: its rate is not drawn. @return the present fee of the whole transaction */
    private long assertAdded(long before, String text, String... options) {
        JsonNode sent = send(text, options);
        assertEquals(sent.get("estimated_fee_sat").asLong(), sent.get("fee_sat").asLong(), sent::toString);
        List<String> transactions = Operator.elements(sent.get("transactions"))
                .map(JsonNode::asText)
                .distinct()
                .toList();
        long pays = paid(transactions.get(transactions.size() - 1)).fee();
        assertEquals(before + sent.get("fee_sat").asLong(), pays, sent::toString);
        return pays;
    }

    /** Returns a transaction's fee according to the nodes. */
    private RegtestNode.Paid paid(String transaction) {
        return Wait.forAnswer(
                "transaction " + transaction,
                () -> Optional.of(cheap)
                        .flatMap(node -> node.waiting(transaction))
                        .or(() -> dear.waiting(transaction)));
    }

    /** @param transactions one for each packet @return their fees */
    private long assertInBand(long named, List<String> transactions) {
        List<RegtestNode.Paid> paid = transactions.stream().map(this::paid).toList();
        long pays = paid.stream().mapToLong(RegtestNode.Paid::fee).sum();
        double most = paid.stream()
                .mapToDouble(each -> 1 + each.fee() * (1 + (double) MORE_COINS / each.vsize()) * (100 + BAND) / 100)
                .sum();
        assertTrue(
                pays > 0 && pays <= named && named <= most,
                () -> "at most " + named + " sat were named, " + pays + " sat paid, for " + paid);
        return pays;
    }
}
