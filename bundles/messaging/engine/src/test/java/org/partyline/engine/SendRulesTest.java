package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.engine.chains.SeenChains;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingRecords;
import org.partyline.engine.mailbox.PacketEvent;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** What is refused before it is queued, when a chain ends, and whose transaction counts. */
class SendRulesTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node node = network.node("a");
    private TestServer alice;

    @BeforeEach
    void oneServer() throws Exception {
        alice = TestServer.fresh(clock, node);
        alice.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        alice.close();
    }

    private void sendAll(int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            alice.send("lobby", "m" + i);
        }
        TestServer.await(
                "all are out",
                () -> alice.messages().outbox(true).size() == to
                        && alice.messages().outbox(false).stream().allMatch(out -> out.state() == State.SEEN));
    }

    /** How many chains alice has opened. */
    private long chains() throws Exception {
        return alice.store.transact(tx -> tx.count(SeenChains.TABLE));
    }

    @Test
    void aChainEndsAfterSoManyMessages() throws Exception {
        alice.settings.set("chain-messages", "3");
        sendAll(0, 4);
        assertEquals(1, chains(), "an opener and three messages");
        sendAll(4, 8);
        assertEquals(2, chains());
    }

    @Test
    void noChainHasMoreThanAHundredMessages() throws Exception {
        alice.settings.set("chain-messages", "100");
        sendAll(0, 99);
        assertEquals(1, chains());
        long id = alice.send("lobby", "in pieces, of which there is no room for all " + "on the chain ".repeat(6));
        TestServer.await("it is out", () -> alice.state(id) == State.SEEN);
        assertTrue(alice.messages().outgoing(id).parts().size() > 2);
        assertEquals(2, chains());
    }

    @Test
    void aChainEndsAfterADay() throws Exception {
        sendAll(0, 1);
        clock.pass(Duration.ofHours(23));
        sendAll(1, 2);
        assertEquals(1, chains());
        clock.pass(Duration.ofHours(1));
        sendAll(2, 3);
        assertEquals(2, chains());
    }

    @Test
    void aChainEndsWithItsSuite() throws Exception {
        sendAll(0, 2);
        alice.suites.prefer(List.of("AES_256_GCM"));
        sendAll(2, 3);
        assertEquals(2, chains());
    }

    @Test
    void afterAMessageThatWasCancelledANewChainBegins() throws Exception {
        node.poor = true;
        long id = alice.send("lobby", "never mind");
        TestServer.await(
                "it waits for coins",
                () -> alice.messages().outgoing(id).reason().contains("0 sat"));
        alice.messages().cancel(id);
        assertThrows(NoSuchThingException.class, () -> alice.messages().read(id), "its words are erased");
        assertThrows(NoSuchThingException.class, () -> alice.messages().cancel(id));
        node.poor = false;
        long next = alice.send("lobby", "this");
        TestServer.await("the next one is out", () -> alice.state(next) == State.SEEN);
        assertEquals(2, chains(), "nobody has the first one's opener");
    }

    @Test
    void whatHasLeftCannotBeCancelled() throws Exception {
        long id = alice.send("lobby", "on its way");
        TestServer.await("it is out", () -> alice.state(id) == State.SEEN);
        assertThrows(NoSuchThingException.class, () -> alice.messages().cancel(id));
        assertEquals(State.SEEN, alice.state(id));
        assertEquals(Optional.of("on its way"), alice.messages().read(id).text());
    }

    @Test
    void aNodeThatTookItWithoutAnAnswerMayHaveIt() throws Exception {
        node.keeps = true;
        node.dieAfterTaking = Integer.MAX_VALUE;
        long id = alice.send("lobby", "on its way, perhaps");
        TestServer.await("tried", () -> alice.messages().outgoing(id).reason().contains("broke off"));
        assertThrows(NoSuchThingException.class, () -> alice.messages().cancel(id));
    }

    /** A transaction of somebody else's that carries the same packet. */
    private void carryOff(byte[] raw) {
        TransactionScanner.scan(
                raw,
                (output, offset, length) ->
                        network.takes(network.transaction(List.of(Arrays.copyOfRange(raw, offset, offset + length)))));
    }

    @Test
    void ourPacketInATransactionOfSomebodyElsesIsNotOurMessageArriving() throws Exception {
        node.keeps = true;
        long id = alice.send("lobby", "take me along");
        TestServer.await("it was handed over", () -> alice.state(id) == State.BROADCAST);
        carryOff(network.broadcasts().get(0));
        network.mine();
        alice.read();
        assertEquals(State.BROADCAST, alice.state(id));
    }

    @Test
    void aStateDoesNotGoBack() throws Exception {
        long id = alice.send("lobby", "there and back");
        TestServer.await("it is out", () -> alice.state(id) == State.SEEN);
        byte[] raw = network.broadcasts().get(0);
        network.mine();
        TestServer.await("confirmed", () -> alice.state(id) == State.CONFIRMED);
        OutgoingMessage now =
                alice.store.transact(tx -> OutgoingRecords.find(tx, id).orElseThrow());
        for (PacketEvent event : PacketEvent.values()) {
            if (event != PacketEvent.MINED && event != PacketEvent.BLOCK_GONE) {
                assertEquals(now, now.on(0, event), event.toString());
            }
        }
        carryOff(raw);
        alice.read();
        assertEquals(State.CONFIRMED, alice.state(id));
    }

    private void refused(Messages.Send request) throws Exception {
        assertThrows(PartylineException.class, () -> alice.messages().send(request));
        assertEquals(0, alice.messages().outbox(true).size());
    }

    private static Messages.Send with(String text, Optional<Duration> ttl, Optional<String> via) {
        return new Messages.Send(Optional.empty(), false, "lobby", text, ttl, false, false, via);
    }

    @Test
    void whatCannotBeSentIsRefusedBeforeItIsQueued() throws Exception {
        refused(with("", Optional.empty(), Optional.empty()));
        refused(with("words", Optional.of(Duration.ZERO), Optional.empty()));
        refused(with("words", Optional.of(Duration.ofMinutes(-5)), Optional.empty()));
        refused(with("words", Optional.of(Duration.ofMinutes(65_536)), Optional.empty()));
        refused(with("words", Optional.empty(), Optional.of("nobody")));
        refused(with("words ".repeat(700), Optional.empty(), Optional.empty()));
        TestNetwork.Node elsewhere = network.node("s", Network.SIGNET);
        alice.nodes.addTransport(elsewhere);
        refused(with("words", Optional.empty(), Optional.of("s")));
        assertEquals(
                1,
                alice.messages()
                        .send(with("words", Optional.of(Duration.ofMinutes(65_535)), Optional.of("a")))
                        .packets());
    }
}
