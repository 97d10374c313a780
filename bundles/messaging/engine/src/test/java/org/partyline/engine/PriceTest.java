package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.carrier.TransactionSize;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.transport.AccountStatus;
import org.partyline.testkit.messaging.TestNetwork;

/** What a message is said to cost is what it costs, and what it lacks is said at once. */
class PriceTest extends CarrierStage {
    private Receipt send(String text, Carrier carrier) throws Exception {
        return alice.messages()
                .send(new Messages.Send(
                        Optional.empty(),
                        false,
                        "lobby",
                        text,
                        Optional.of(Duration.ofHours(20)),
                        false,
                        false,
                        Optional.empty(),
                        Optional.of(carrier)));
    }

    private long paid(Receipt receipt) throws Exception {
        TestServer.await("it is out", () -> {
            clock.pass(Duration.ofSeconds(31));
            alice.round();
            return alice.messages().outgoing(receipt.id()).state().ordinal() >= Messages.State.BROADCAST.ordinal();
        });
        return alice.messages().outgoing(receipt.id()).fee();
    }

    /** Sizes of this network's transactions are not ours to the byte. */
    private void assertPaid(Receipt receipt) throws Exception {
        assertEquals(receipt.estimatedFee().orElseThrow(), paid(receipt), receipt.packets());
    }

    @Test
    void anEmptyWalletIsToldAtOnceAndTheMessageIsStored() throws Exception {
        nodeA.poor = true;
        Receipt receipt = send("hello", Carrier.CONFIRM);
        assertEquals(
                "it waits for coins: wallet 'a' is empty, send some to the address of partyline:wallet-address",
                receipt.waits());
        // It may be sealed by now; it has not left.
        assertTrue(alice.messages().outgoing(receipt.id()).state().compareTo(Messages.State.BROADCAST) < 0);
        assertTrue(send("hello again", Carrier.ROLLING).waits().startsWith("it waits for coins"));
        nodeA.poor = false;
        assertEquals("", send("now", Carrier.CONFIRM).waits());
    }

    @Test
    void theDearestOfSeveralNodesIsInThePriceWhicheverAMessageGoesInBy() throws Exception {
        TestNetwork.Node dear = network.node("dear");
        dear.floor = new FeeRate(1000);
        alice.nodes.addTransport(dear);
        alice.nodes.addWallet(dear);
        TestServer.await("it is ready", () -> alice.nodes.readyNames().contains("dear"));
        for (int i = 0; i < 12; i++) {
            Receipt receipt = send("message " + i, Carrier.CONFIRM);
            if (receipt.packets() == 1) {
                long asked = dear.floor.fee(TransactionSize.of(List.of(new byte[receipt.bytes()])));
                assertEquals(asked, receipt.estimatedFee().orElseThrow());
            }
            assertPaid(receipt);
        }
        assertEquals(2, network.entrances().stream().distinct().count(), "by both nodes");
    }

    @Test
    void theCommandThatIsNamedShowsAnAddressOfTheAccountThatIsEmpty() throws Exception {
        TestNetwork.Node other = network.node("other");
        alice.nodes.addTransport(other);
        alice.nodes.addWallet(other);
        nodeA.poor = true;
        other.poor = true;
        alice.know(bob, "bob");
        alice.contacts().setAccount(Optional.empty(), "bob", "apart");
        String apart = sendToBob("hello").waits();
        assertTrue(apart.matches(".* partyline:wallet-address --wallet (a|other) --account apart"), apart);
        alice.personas().create("the \"shop\"");
        alice.personas().use("the \"shop\"");
        String persona = sendAs("me");
        assertTrue(persona.matches(".* partyline:wallet-address --wallet (a|other) --persona me"), persona);
        alice.personas().rename("me", "the \"boss\"");
        String quoted = sendAs("the \"boss\"");
        assertTrue(quoted.endsWith(" --persona \"the \\\"boss\\\"\""), quoted);
    }

    private String sendAs(String persona) throws Exception {
        return alice.messages()
                .send(new Messages.Send(Optional.of(persona), "lobby", "hello", Optional.empty(), false))
                .waits();
    }

    @ParameterizedTest
    @MethodSource("carriers")
    void anEmptyWalletHoldsUpNothingWhereAnotherNodesHasCoins(Carrier carrier) throws Exception {
        TestNetwork.Node rich = network.node("rich");
        alice.nodes.addTransport(rich);
        alice.nodes.addWallet(rich);
        TestServer.await("it is ready", () -> alice.nodes.readyNames().contains("rich"));
        nodeA.poor = true;
        for (int i = 0; i < 12; i++) {
            Receipt receipt = send("message " + i, carrier);
            assertEquals("", receipt.waits());
            alice.round();
            Messages.Outgoing outgoing = alice.messages().outgoing(receipt.id());
            assertTrue(outgoing.state().compareTo(Messages.State.BROADCAST) >= 0, outgoing.reason());
            if (carrier.equals(Carrier.ROLLING)) {
                // The next one begins anew.
                network.mine();
                alice.read();
                alice.round();
                clock.pass(Duration.ofSeconds(31));
            }
        }
        assertEquals(12, rich.signed.size());
        assertEquals(List.of("rich"), network.entrances().stream().distinct().toList());
    }

    @Test
    void whereThereIsNoWalletItIsToldHowToGetOne() throws Exception {
        alice.nodes.removeWallet(nodeA);
        String waits = send("hello", Carrier.CONFIRM).waits();
        assertEquals(
                "it waits for a wallet on regtest: make one with partyline:wallet-create, or name one of a node's with"
                        + " --wallet of partyline:node-add",
                waits);
        TestServer.await("it says so, too", () -> {
            alice.round();
            return alice.messages().outbox(false).get(0).reason().equals(waits);
        });
    }

    @Test
    void whatRidesAlongIsInThePriceOfARollingMessage() throws Exception {
        nodeA.maxOutputs = 10;
        nodeB.maxOutputs = 10;
        for (int i = 0; i < 5; i++) {
            Receipt receipt = send("message " + i, Carrier.ROLLING);
            assertPaid(receipt);
        }
        Receipt several = send("a longer one ".repeat(12), Carrier.ROLLING);
        assertTrue(several.packets() > 2);
        assertPaid(several);
    }

    @Test
    void whatWaitsBeforeARollingMessageRidesAlongInItsPrice() throws Exception {
        nodeA.maxOutputs = 10;
        nodeB.maxOutputs = 10;
        paid(send("the first", Carrier.ROLLING));
        List<Receipt> receipts = new ArrayList<>();
        for (String text : List.of("one", "two", "three and some more words, so that it is long")) {
            receipts.add(send(text, Carrier.ROLLING));
        }
        for (Receipt receipt : receipts) {
            assertPaid(receipt);
        }
    }

    private Receipt sendToBob(String text) throws Exception {
        return alice.messages()
                .send(new Messages.Send(Optional.empty(), true, "bob", text, Optional.empty(), false, false));
    }

    @ParameterizedTest
    @MethodSource("carriers")
    void whatOpensASessionIsInThePriceOfTheMessageThatBeginsIt(Carrier carrier) throws Exception {
        alice.settings.set("carrier", carrier.id());
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        Receipt first = sendToBob("hello");
        assertEquals(Optional.empty(), sendToBob("hello again").openingFee(), "it is said once");
        assertPaid(first);
        Messages.Outgoing handshake = alice.messages().outbox(true).stream()
                .filter(outgoing -> outgoing.kind().equals("handshake"))
                .findFirst()
                .orElseThrow();
        assertEquals(Optional.of(handshake.fee()), first.openingFee());
        assertEquals(Optional.empty(), sendToBob("and again").openingFee(), "the session is open");
    }

    @Test
    void aNodeThatAsksForMoreThanTheMaximumHoldsUpNothingWhereAnotherDoesNot() throws Exception {
        TestNetwork.Node dear = network.node("dear");
        dear.floor = new FeeRate(1_000_000);
        alice.nodes.addTransport(dear);
        alice.nodes.addWallet(dear);
        TestServer.await("it is ready", () -> alice.nodes.readyNames().contains("dear"));
        for (String text : List.of("one", "two", "three", "four")) {
            Receipt receipt = send(text, Carrier.CONFIRM);
            assertEquals("", receipt.waits());
            assertPaid(receipt);
        }
        assertEquals(List.of(), dear.signed, "nor does its wallet pay for what it does not take");
    }

    /** A node beside alice's own. */
    private TestNetwork.Node beside(String name) throws Exception {
        TestNetwork.Node node = network.node(name);
        alice.nodes.addTransport(node);
        alice.nodes.addWallet(node);
        TestServer.await("it is ready", () -> alice.nodes.readyNames().contains(name));
        return node;
    }

    private Receipt sign(String text, Carrier carrier) throws Exception {
        return alice.messages()
                .send(new Messages.Send(
                        Optional.empty(),
                        false,
                        "lobby",
                        text,
                        Optional.of(Duration.ofHours(20)),
                        false,
                        true,
                        Optional.empty(),
                        Optional.of(carrier)));
    }

    private Receipt sendVia(String node, String text) throws Exception {
        return alice.messages()
                .send(new Messages.Send(
                        Optional.empty(),
                        false,
                        "lobby",
                        text,
                        Optional.of(Duration.ofHours(20)),
                        false,
                        false,
                        Optional.of(node),
                        Optional.of(Carrier.CONFIRM)));
    }

    static List<Carrier> carriers() {
        return List.of(Carrier.CONFIRM, Carrier.ROLLING);
    }

    @ParameterizedTest
    @MethodSource("carriers")
    void whatANodeAsksForThatDoesNotCarryAMessageIsNotInItsPrice(Carrier carrier) throws Exception {
        nodeA.maxPayload = 128;
        nodeB.maxPayload = 128;
        TestNetwork.Node narrow = beside("narrow");
        // The first opens the chain, in a packet that all carry.
        paid(sign("the first", carrier));
        narrow.floor = new FeeRate(1000);
        for (String text : List.of("one", "two", "three")) {
            Receipt receipt = sign(text, carrier);
            assertEquals(1, receipt.packets());
            assertPaid(receipt);
        }
    }

    @Test
    void theWalletOfANodeThatDoesNotCarryAMessagePaysForNone() throws Exception {
        nodeA.maxPayload = 128;
        beside("narrow");
        paid(send("the first", Carrier.CONFIRM));
        nodeA.poor = true;
        assertTrue(sign("signed", Carrier.CONFIRM).waits().startsWith("it waits for coins"));
    }

    @Test
    void aNodeThatAsksForMoreThanTheMaximumIsNoReasonToWaitWhereItIsNotAsked() throws Exception {
        nodeA.maxPayload = 128;
        nodeA.floor = new FeeRate(1_000_000);
        beside("narrow");
        Receipt receipt = sign("signed", Carrier.CONFIRM);
        assertTrue(receipt.waits().startsWith("node 'a' relays nothing under"), receipt.waits());
        assertTrue(receipt.estimatedFee().isEmpty());
    }

    @Test
    void whatTheChosenNodeAsksForIsThePrice() throws Exception {
        TestNetwork.Node dear = beside("dear");
        dear.floor = new FeeRate(1000);
        for (String node : List.of("a", "dear", "a")) {
            Receipt receipt = sendVia(node, "by " + node);
            assertPaid(receipt);
        }
    }

    @Test
    void thePriceOfSeveralPacketsIsThatOfAll() throws Exception {
        paid(send("the first", Carrier.CONFIRM));
        Receipt receipt = send("a longer one ".repeat(12), Carrier.CONFIRM);
        assertTrue(receipt.packets() > 2);
        assertPaid(receipt);
    }

    @Test
    void theNodeThatAMessageWaitsForIsNamed() throws Exception {
        TestNetwork.Node other = beside("other");
        other.down = true;
        assertEquals(
                "it waits for node 'other', which was chosen for it, to be ready",
                sendVia("other", "by another").waits());
        nodeA.down = true;
        assertEquals(
                "it waits for a node of regtest that is ready (partyline:node-list)",
                send("by any", Carrier.CONFIRM).waits());
    }

    @Test
    void whatFollowsInARollingTransactionNeedsNoOtherCoin() throws Exception {
        paid(send("the first", Carrier.ROLLING));
        nodeA.poor = true;
        assertEquals("", send("the second", Carrier.ROLLING).waits());
        assertTrue(send("by itself", Carrier.CONFIRM).waits().startsWith("it waits for coins"));
    }

    @Test
    void oneWalletOfSeveralThatHasEnoughIsEnough() throws Exception {
        beside("other");
        nodeA.poor = true;
        for (int i = 0; i < 12; i++) {
            assertEquals("", send("message " + i, Carrier.CONFIRM).waits());
        }
    }

    /** The wallet has this, and does not pay meanwhile. */
    private String waitsWith(AccountStatus has, String text) throws Exception {
        nodeA.poor = true;
        nodeA.has = Optional.of(has);
        return send(text, Carrier.CONFIRM).waits();
    }

    @Test
    void whatAWalletLacksIsSaidAsItIs() throws Exception {
        paid(send("the first", Carrier.CONFIRM));
        List<AccountStatus.Coin> change =
                List.of(new AccountStatus.Coin("aa:0", 15, 0), new AccountStatus.Coin("bb:0", 15, 0));
        assertEquals("", waitsWith(new AccountStatus("", 0, 30, 0, change), "change that is on its way pays, too"));
        String few = waitsWith(new AccountStatus("", 5, 0, 0, List.of()), "too few");
        assertTrue(
                few.matches("it waits for coins: wallet 'a' has 5 sat to spend now and needs [12][0-9] sat .*"), few);
        String reserved = waitsWith(new AccountStatus("", 0, 0, 500, List.of()), "all is reserved");
        assertTrue(reserved.startsWith("it waits for coins: wallet 'a' has 0 sat to spend now and needs"), reserved);
        String none = waitsWith(new AccountStatus("", 0, 0, 0, List.of()), "nothing at all");
        assertTrue(none.startsWith("it waits for coins: wallet 'a' is empty"), none);
        Receipt several = send("a longer one ".repeat(12), Carrier.CONFIRM);
        assertTrue(several.packets() > 2);
        assertEquals(
                "",
                waitsWith(new AccountStatus("", 25, 0, 0, List.of()), "a longer one ".repeat(12)),
                "what the first packet leaves pays for the next");
    }

    @Test
    void whatFollowsAMessageWhoseChainIsStillBeingOpenedOpensNone() throws Exception {
        GatedDerivation gate = new GatedDerivation();
        alice.provide(gate);
        gate.shut();
        try {
            Receipt first = send("the first", Carrier.CONFIRM);
            Receipt second = send("the second", Carrier.CONFIRM);
            assertEquals(1, second.packets());
            gate.open();
            assertPaid(first);
            assertPaid(second);
        } finally {
            gate.open();
        }
    }

    // ---- rolling

    @Test
    void whatComesAfterARollIsOverIsPricedAsTheFirstOfAnother() throws Exception {
        nodeA.maxOutputs = 10;
        nodeB.maxOutputs = 10;
        paid(send("the first", Carrier.ROLLING));
        clock.pass(alice.settings.get().rolling().maxAge().plusMinutes(1));
        assertPaid(send("the second", Carrier.ROLLING));
    }

    @ParameterizedTest
    @ValueSource(strings = {"roll-max-fee=70sat", "fee-maximum=0.25sat/vB"})
    void whereACoinMayPayNoMoreThePriceIsThatOfAnother(String limit) throws Exception {
        nodeA.maxOutputs = 10;
        nodeB.maxOutputs = 10;
        String[] setting = limit.split("=");
        alice.settings.set(setting[0], setting[1]);
        for (int i = 0; i < 8; i++) {
            assertPaid(send("message " + i, Carrier.ROLLING));
        }
        assertTrue(
                network.handed().stream()
                                .map(TestNetwork.Handed::raw)
                                .map(TestNetwork::input)
                                .distinct()
                                .count()
                        > 1,
                "by several coins");
    }

    @Test
    void aMessageThatFindsNoRoomInOneVersionIsPricedByAllThatItTakes() throws Exception {
        nodeA.maxOutputs = 2;
        nodeB.maxOutputs = 2;
        Receipt several = send("a longer one ".repeat(12), Carrier.ROLLING);
        assertTrue(several.packets() > 3);
        assertPaid(several);
    }

    /** What waits, and does not board the same rolling transaction before a message, is none of its price. */
    @Test
    void onlyWhatBoardsBeforeItIsInThePriceOfARollingMessage() throws Exception {
        haveRoom(16);
        alice.personas().create("dora");
        alice.channels()
                .join(
                        new Channels.Join(
                                Optional.of("dora"),
                                "lobby",
                                Mode.RATCHET,
                                Optional.of(TestServer.CHEAP),
                                Optional.of(Network.REGTEST)),
                        "channel passphrase".toCharArray());
        paid(send("the first", Carrier.ROLLING));
        paid(sendAs("dora", "hers"));
        // The next version may not go yet: all that follows waits.
        nodeA.poor = true;
        sendAs("dora", "hers again");
        send("by itself", Carrier.CONFIRM);
        Receipt cancelled = send("not at all", Carrier.ROLLING);
        alice.messages().cancel(cancelled.id());
        nodeA.poor = false;
        assertPaid(send("the second", Carrier.ROLLING));
    }

    private void haveRoom(int packets) throws Exception {
        nodeA.maxOutputs = packets;
        nodeB.maxOutputs = packets;
        alice.settings.set("roll-packets", String.valueOf(packets));
    }

    private Receipt sendAs(String persona, String text) throws Exception {
        return alice.messages()
                .send(new Messages.Send(
                        Optional.of(persona),
                        false,
                        "lobby",
                        text,
                        Optional.of(Duration.ofHours(20)),
                        false,
                        false,
                        Optional.empty(),
                        Optional.of(Carrier.ROLLING)));
    }

    @Test
    void whatHasBoardedAlreadyIsNotCountedAgain() throws Exception {
        nodeA.maxOutputs = 2;
        nodeB.maxOutputs = 2;
        Receipt several = send("a longer one ".repeat(12), Carrier.ROLLING);
        assertTrue(several.packets() > 3);
        TestServer.await("some of it is out", () -> {
            alice.round();
            return !network.handed().isEmpty();
        });
        alice.round();
        Receipt next = send("the next", Carrier.ROLLING);
        assertPaid(several);
        assertPaid(next);
    }

    @Test
    void theSizeOfARollIsThatWhichItsWalletMade() throws Exception {
        haveRoom(16);
        nodeA.heavier = 500;
        paid(send("the first", Carrier.ROLLING));
        assertPaid(send("the second", Carrier.ROLLING));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatOpenedTheChainKeepsItsPlaceInThePrice(boolean waits) throws Exception {
        haveRoom(3);
        nodeA.maxPayload = 256;
        nodeB.maxPayload = 256;
        alice.settings.set("max-bucket", "256");
        nodeA.poor = waits;
        Receipt several = send("a longer one ".repeat(60), Carrier.ROLLING);
        assertEquals(5, several.packets());
        if (waits) {
            TestServer.await("it is sealed", () -> {
                alice.round();
                return alice.messages().outgoing(several.id()).state() == Messages.State.SEALED;
            });
        }
        Receipt next = send("the next one", Carrier.ROLLING);
        nodeA.poor = false;
        if (waits) {
            assertPaid(several);
            assertPaid(next);
        } else {
            assertPaid(several);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 256})
    void whatWaitsUnsealedBeforeARollingMessageIsInItsPriceAsItWillBeSealed(int carried) throws Exception {
        nodeA.maxOutputs = 10;
        nodeB.maxOutputs = 10;
        nodeB.maxPayload = 256;
        beside("narrow").maxOutputs = 10;
        nodeA.maxPayload = carried;
        alice.settings.set("max-bucket", "256");
        alice.settings.set("roll-packets", "10");
        paid(send("the first", Carrier.ROLLING));
        List<AeadSuite> suites = new ArrayList<>();
        for (AeadId id : AeadId.PROTOCOL) {
            suites.add(alice.suite(id.name()));
        }
        suites.forEach(alice::stop);
        List<Receipt> receipts = new ArrayList<>();
        for (String text :
                List.of("one that is a little longer than what finds room in a small packet ".repeat(2), "two")) {
            receipts.add(send(text, Carrier.ROLLING));
        }
        if (carried > 80) {
            receipts.add(sign("signed", Carrier.ROLLING));
            receipts.add(send("after what is signed", Carrier.ROLLING));
        }
        suites.forEach(alice::start);
        // Without a suite it is not known whether the chain runs on.
        paid(receipts.remove(0));
        for (Receipt receipt : receipts) {
            assertPaid(receipt);
        }
    }
}
