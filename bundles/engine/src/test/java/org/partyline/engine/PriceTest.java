package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.partyline.api.FeeRate;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Receipt;

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
    @EnumSource
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
            if (carrier == Carrier.ROLLING) {
                // The next one begins anew.
                network.mine();
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
    @EnumSource
    void whatOpensASessionIsInThePriceOfTheMessageThatBeginsIt(Carrier carrier) throws Exception {
        alice.settings.set("carrier", carrier.name().toLowerCase(Locale.ROOT));
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
    }
}
