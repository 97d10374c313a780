package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.PartylineException;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.testkit.messaging.TestNetwork;
import org.partyline.testkit.protocol.GatedDerivation;

/** The announced cost of a message, before it is sealed, is its actual cost. */
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
            return alice.messages().outgoing(receipt.id()).state().ordinal() >= Messages.State.SENT.ordinal();
        });
        return alice.messages().outgoing(receipt.id()).fee();
    }

    /** The sizes of this network's transactions differ slightly from ours. */
    private void assertPaid(Receipt receipt) throws Exception {
        assertEquals(receipt.estimatedFee().orElseThrow(), paid(receipt), receipt.packets());
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

    /** Otherwise, a token's spending limit would be checked without the price of the session. */
    @Test
    void thePriceOfASessionIsKnownBeforeItsMessageIsStored() throws Exception {
        alice.know(bob, "bob");
        List<Receipt> asked = new ArrayList<>();
        Messages.Send hello = new Messages.Send(Optional.empty(), true, "bob", "hello", Optional.empty(), false, false);
        assertThrows(
                PartylineException.class,
                () -> alice.messages().send(hello, (tx, receipt) -> {
                    asked.add(receipt);
                    throw new PartylineException("it is too dear");
                }));
        assertEquals(List.of(), alice.messages().outbox(true));
        assertTrue(asked.get(0).openingFee().orElseThrow() > 0);
        assertEquals(asked.get(0).openingFee(), alice.messages().send(hello).openingFee());
    }

    /** Returns a node beside Alice's own. */
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

    static List<Carrier> carriers() {
        return List.of(Carrier.CONFIRM, Carrier.ROLLING);
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
        // Without a suite, it is unknown whether the chain continues.
        paid(receipts.remove(0));
        for (Receipt receipt : receipts) {
            assertPaid(receipt);
        }
    }

    /** Every amount paid is in exactly one price, or shown separately. */
    @Test
    void whatEndsARollingTransactionWhoseMessagesHaveExpiredIsShownApart() throws Exception {
        alice.settings.set("roll-end", "burn");
        alice.settings.set("roll-max-age", "6h");
        // The opener of a chain is kept for longer.
        long opens = paid(send("it opens the chain of keys", Carrier.CONFIRM));
        network.mine();
        long id = write("short-lived", Carrier.ROLLING, Duration.ofMinutes(10));
        alice.round();
        long price = alice.messages().outgoing(id).fee();
        byte[] version = network.waiting().get(0);
        assertEquals(price, network.paid(TransactionScanner.id(version)).fee());
        clock.pass(Duration.ofHours(1));
        TestServer.await("it has expired", () -> {
            alice.round();
            return alice.state(id) == Messages.State.EXPIRED;
        });
        clock.pass(Duration.ofHours(4));
        alice.keep();
        assertEquals(1, alice.messages().outbox(true).size(), "it has expired");
        assertEquals(0, alice.fees().limits().dayOutside());
        clock.pass(Duration.ofHours(2));
        alice.round();
        assertEquals(0, packetsThatWait(), "its transaction ends without a message");
        long paid =
                network.paid(TransactionScanner.id(network.waiting().get(0))).fee();
        assertEquals(paid - price, alice.fees().limits().dayOutside());
        assertEquals(opens + paid, alice.fees().limits().daySpent());
        // A miner used the previous version: its replacement is not paid.
        network.mine(TransactionScanner.id(version), version);
        TestServer.await("a block has it", () -> {
            clock.pass(Duration.ofHours(1));
            alice.round();
            return alice.fees().limits().daySpent() == opens + price;
        });
        assertEquals(0, alice.fees().limits().dayOutside());
    }
}
