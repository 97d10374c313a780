package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Wallets;
import org.partyline.contacts.InboundPeers;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** What somebody who has a card, and is no contact, gets out of its owner; and what a contact does. */
class StrangerTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void twoServers() throws Exception {
        alice = TestServer.fresh(clock, nodeA);
        bob = TestServer.fresh(clock, nodeB);
        alice.know(bob, "bob");
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private static void awaitReceived(TestServer server, String... texts) throws Exception {
        TestServer.await(texts.length + " messages", () -> server.received().size() >= texts.length);
        assertEquals(List.of(texts), server.received());
    }

    /** Alice asks for a session; bob, who does not know her, has heard it and has had the time to answer. */
    private void ask() throws Exception {
        alice.write("bob", "you do not know me");
        TestServer.await("the handshake is out", () -> network.broadcasts().size() == 3);
        TestServer.await(
                "bob has it", () -> !bob.contacts().waiting(Optional.empty()).isEmpty());
        bob.kick();
        bob.round();
    }

    @Test
    void aStrangersHandshakeCausesNoTransaction() throws Exception {
        ask();
        assertEquals(List.of(), nodeB.signed);
        assertEquals(List.of(), bob.messages().outbox(true));
        assertTrue(bob.contacts().list(Optional.empty()).isEmpty());
    }

    @Test
    void theOperatorIsToldOnceWhoWaitsAndHowToAnswer() throws Exception {
        ask();
        Contacts.Waiting waiting = bob.contacts().waiting(Optional.empty()).get(0);
        assertEquals("me", waiting.persona());
        assertEquals(HexFormat.of().formatHex(alice.keys().identity().agreement()), waiting.key());
        assertEquals(List.of("stranger-waits"), bob.audited);
        Intruder again = new Intruder(network, clock, bob);
        for (int i = 0; i < 3; i++) {
            clock.pass(Duration.ofMinutes(2));
            again.sendInit(again.initOf(alice.keys()));
        }
        TestServer.await(
                "the newest is kept",
                () -> bob.contacts().waiting(Optional.empty()).get(0).since().equals(clock.instant()));
        assertEquals(1, bob.contacts().waiting(Optional.empty()).size());
        assertEquals(List.of("stranger-waits"), bob.audited);
    }

    @Test
    void whoseCardIsAddedIsAnsweredAndReadThen() throws Exception {
        ask();
        bob.know(alice, "alice");
        assertTrue(bob.contacts().waiting(Optional.empty()).isEmpty());
        awaitReceived(bob, "you do not know me");
        bob.write("alice", "now I do");
        awaitReceived(alice, "now I do");
    }

    @Test
    void aCardThatComesTooLateIsAnsweredAtTheNextRequest() throws Exception {
        ask();
        clock.pass(InboundPeers.WAITING.plusMinutes(1));
        bob.keep();
        bob.know(alice, "alice");
        bob.kick();
        bob.round();
        assertEquals(List.of(), nodeB.signed);
        alice.messages()
                .send(new Messages.Send(
                        Optional.empty(), true, "bob", "once more", Optional.of(Duration.ofDays(2)), false, false));
        alice.keep();
        TestServer.await("once more", () -> bob.received().contains("once more"));
    }

    @Test
    void noMoreThanAFewStrangersWait() throws Exception {
        Intruder many = new Intruder(network, clock, bob);
        for (int i = 0; i < InboundPeers.MOST_WAITING + 5; i++) {
            clock.pass(Duration.ofSeconds(1));
            many.sendInit(many.ownInit());
        }
        bob.read();
        assertEquals(
                InboundPeers.MOST_WAITING,
                bob.contacts().waiting(Optional.empty()).size());
    }

    // ---- whoever chose to answer anybody

    @Test
    void whereAnybodyIsAnsweredAStrangerIsReadOnceItsCardIsHere() throws Exception {
        bob.settings.set("allow-strangers", "true");
        alice.write("bob", "you do not know me");
        TestServer.await(
                "answered", () -> alice.contacts().get(Optional.empty(), "bob").session() == Sessions.State.OPEN);
        Contacts.Contact stranger = bob.contacts().list(Optional.empty()).get(0);
        assertTrue(stranger.name().startsWith("stranger-"));
        assertFalse(stranger.card());
        assertEquals(Sessions.State.NONE, stranger.session());
        assertTrue(bob.sessions().list(Optional.empty()).isEmpty());
        assertEquals(1, bob.notices().size());
        TestServer.await("she has written", () -> network.broadcasts().size() == 5);
        bob.read();
        assertEquals(List.of(), bob.received());

        bob.know(alice, "alice");

        awaitReceived(bob, "you do not know me");
        assertEquals(1, bob.contacts().list(Optional.empty()).size());
        bob.write("alice", "now I do");
        awaitReceived(alice, "now I do");
    }

    @Test
    void whereAnybodyIsAnsweredAFloodIsNot() throws Exception {
        bob.settings.set("allow-strangers", "true");
        Intruder many = new Intruder(network, clock, bob);
        for (int i = 0; i < 30; i++) {
            many.sendInit(many.ownInit());
        }
        bob.read();
        assertEquals(
                InboundPeers.MOST_NEW_STRANGERS,
                bob.contacts().list(Optional.empty()).size());
        clock.pass(Duration.ofMinutes(61));
        many.sendInit(many.ownInit());
        bob.read();
        assertEquals(
                InboundPeers.MOST_NEW_STRANGERS + 1,
                bob.contacts().list(Optional.empty()).size());
    }

    // ---- coins

    @Test
    void aContactWithAnAccountOfItsOwnIsAnsweredFromItsCoinsOnly() throws Exception {
        bob.know(alice, "alice");
        Contacts.Contact set = bob.contacts().setAccount(Optional.empty(), "alice", "apart");
        assertEquals("apart", set.account());
        alice.write("bob", "hello");
        awaitReceived(bob, "hello");
        bob.write("alice", "hello yourself");
        awaitReceived(alice, "hello yourself");
        assertEquals(2, nodeB.accounts.size());
        assertEquals(Set.of("p2"), Set.copyOf(nodeB.accounts));
        long id = bob.write("alice", "take this back");
        TestServer.await("it left", () -> bob.state(id) == Messages.State.SEEN);
        bob.messages().recall(id);
        assertEquals(Set.of("p2"), Set.copyOf(nodeB.accounts));
        bob.join("lobby", org.partyline.api.engine.Channels.Mode.RATCHET);
        long other = bob.send("lobby", "from the persona's own");
        TestServer.await("it left", () -> bob.state(other) == Messages.State.SEEN);
        assertEquals("", nodeB.accounts.get(nodeB.accounts.size() - 1));
    }

    @Test
    void whatGoesByACarrierOfThePersonasDoesNotWithAnAccountOfItsOwn() throws Exception {
        bob.settings.set("carrier", "rolling");
        bob.know(alice, "alice");
        bob.contacts().setAccount(Optional.empty(), "alice", "apart");
        alice.write("bob", "hello");
        awaitReceived(bob, "hello");
        long id = bob.write("alice", "hello yourself");
        awaitReceived(alice, "hello yourself");
        assertEquals(Carrier.CONFIRM, bob.messages().outgoing(id).carrier());
        assertEquals(Set.of("p2"), Set.copyOf(nodeB.accounts));
        NoSuchThingException refusal = assertThrows(
                NoSuchThingException.class,
                () -> bob.messages()
                        .send(new Messages.Send(
                                Optional.empty(),
                                true,
                                "alice",
                                "roll",
                                Optional.empty(),
                                false,
                                false,
                                Optional.empty(),
                                Optional.of(Carrier.ROLLING))));
        assertTrue(refusal.getMessage().contains("account of its own"), refusal.getMessage());
    }

    @Test
    void whatWaitsWhenTheAccountIsGivenIsPaidByIt() throws Exception {
        bob.settings.set("carrier", "rolling");
        bob.know(alice, "alice");
        nodeB.down = true;
        bob.write("alice", "hello");
        bob.round();
        bob.contacts().setAccount(Optional.empty(), "alice", "apart");
        nodeB.down = false;
        clock.pass(Duration.ofSeconds(40));
        TestServer.await("hello", () -> {
            bob.kick();
            return alice.received().equals(List.of("hello"));
        });
        assertEquals(Set.of("p2"), Set.copyOf(nodeB.accounts));
    }

    @Test
    void coinsAreFreedInTheAccountThatPaid() throws Exception {
        bob.know(alice, "alice");
        bob.contacts().setAccount(Optional.empty(), "alice", "apart");
        nodeB.refuse = true;
        long id = bob.write("alice", "hello");
        TestServer.await("it is paid", () -> !nodeB.accounts.isEmpty());
        bob.contacts().setAccount(Optional.empty(), "alice", "");
        bob.messages().cancel(id);
        TestServer.await("its coins are freed", () -> !nodeB.freedFor.isEmpty());
        assertEquals(Set.of("p2"), Set.copyOf(nodeB.freedFor));
    }

    @Test
    void accountsAreNamedPerPersonaNumberedWithThemAndListed() throws Exception {
        bob.know(alice, "alice");
        for (String wrong : List.of("Alice", "p 2", "-x", "ä", "a".repeat(25))) {
            NoSuchThingException refusal = assertThrows(
                    NoSuchThingException.class,
                    () -> bob.contacts().setAccount(Optional.empty(), "alice", wrong),
                    wrong);
            assertTrue(refusal.getMessage().contains("1 to 24"), refusal.getMessage());
        }
        bob.contacts().setAccount(Optional.empty(), "alice", "apart");
        bob.contacts().setAccount(Optional.empty(), "alice", "");
        bob.contacts().setAccount(Optional.empty(), "alice", "apart");
        bob.personas().create("other");
        List<Wallets.Holding> holdings = bob.wallets().list();
        assertEquals(
                List.of("me: = ", "me: apart = p2", "other: = p3"),
                holdings.stream()
                        .map(holding -> holding.persona() + ": "
                                + (holding.account().isEmpty() ? "" : holding.account() + " ") + "= "
                                + holding.status().orElseThrow().account())
                        .toList());
        assertEquals(
                "bcrt1qtestp2",
                bob.wallets()
                        .freshAddress(Optional.empty(), Optional.empty(), Optional.of("apart"))
                        .address());
        assertThrows(
                NoSuchThingException.class,
                () -> bob.wallets().freshAddress(Optional.of("other"), Optional.empty(), Optional.of("apart")));
        bob = bob.restart(nodeB);
        assertEquals("apart", bob.contacts().get(Optional.empty(), "alice").account());
    }
}
