package org.partyline.itests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;
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
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.Person;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * Ends a server's process at each step of a handshake, of a post-quantum key exchange and of a key update, on both
 * sides, and starts it again: each message is shown once, the session continues, the exchange completes, and no locator
 * is sealed twice.
 */
@ExtendWith({NeedsNode.class, ShowLogs.class})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SessionCrashIT {
    private static final String ALICE = "Alice";
    private static final String ALICIA = "Alicia";
    private static final String BOB = "Bob";

    private static final List<Point> OPENING = List.of(
            point("a handshake is made, not stored", "contacts.HandshakeCoordinator#offer", "AT EXIT"),
            point("a handshake is about to be sealed", "sealing.SessionSealer#init", "AT ENTRY"),
            point("a handshake is sealed, not stored", "sealing.SessionSealer#init", "AT EXIT"),
            point("a sealed handshake is stored", "sealing.SessionSealer#store", "AT EXIT"),
            Point.at(
                    "two pieces of a handshake are with the node",
                    "transportrpc.RpcTransport#broadcast",
                    "AT EXIT",
                    2,
                    Kind.SHORT),
            point("the answer has arrived", "contacts.HandshakeCoordinator#resp", "AT ENTRY"),
            point("the session stands, not committed", "contacts.HandshakeCoordinator#resp", "AT EXIT"),
            point("the session stands", "receive.ChainPackets#use", "AT EXIT"),
            point("the first words are sealed, not stored", "sealing.SessionSealer#onChain", "AT EXIT"));

    private static final List<Point> ANSWERING = List.of(
            Point.at("the second piece arrives", "receive.InboxPackets#open", "AT ENTRY", 2, Kind.SHORT),
            point("a handshake is accepted, not committed", "contacts.HandshakeCoordinator#begin", "AT EXIT"),
            point("the answer is about to be sealed", "sealing.SessionSealer#resp", "AT ENTRY"),
            point("the answer is sealed, not stored", "sealing.SessionSealer#resp", "AT EXIT"),
            point("the sealed answer is stored", "sealing.SessionSealer#store", "AT EXIT"),
            point("the answer is with the node, we do not know", "transportrpc.RpcTransport#broadcast", "AT EXIT"));

    private static final List<Point> PROPOSING = List.of(
            point("a key for an exchange is made, not committed", "contacts.PostQuantumExchange#propose", "AT EXIT"),
            point("a piece of the key is sealed, not committed", "contacts.PostQuantumExchange#sealed", "AT EXIT"),
            Point.at(
                    "the second piece of the key is about to be sealed",
                    "contacts.PostQuantumExchange#sealed",
                    "AT ENTRY",
                    2,
                    Kind.SHORT),
            point("a piece of the answer has arrived", "contacts.PostQuantumExchange#answer", "AT EXIT"),
            point("the secret is known, not committed", "contacts.PostQuantumExchange#decapsulate", "AT EXIT"),
            point("our key is sealed with a tag, not committed", "sealing.SessionSealer#update", "AT EXIT"),
            point("the protected chains are made, not committed", "contacts.SessionKeyUpdates#finish", "AT EXIT"),
            point("the exchange is over, not committed", "contacts.PostQuantumExchange#updated", "AT EXIT"));

    private static final List<Point> AGREEING = List.of(
            point("a piece of the key has arrived", "contacts.PostQuantumExchange#gather", "AT EXIT"),
            point("the key is whole, not committed", "contacts.PostQuantumExchange#encapsulate", "AT EXIT"),
            point("a piece of the answer is sealed, not committed", "contacts.PostQuantumExchange#sealed", "AT EXIT"),
            point("a key with a tag has arrived", "contacts.SessionKeyUpdates#arrived", "AT ENTRY"),
            point("its tag is right, not committed", "contacts.PostQuantumExchange#answerUpdate", "AT EXIT"),
            point("our answer with a tag is sealed, not committed", "sealing.SessionSealer#update", "AT EXIT"));

    private static final List<Point> RENEWING = List.of(
            point("our key is about to be sealed", "sealing.SessionSealer#update", "AT ENTRY"),
            point("our key is sealed, not stored", "sealing.SessionSealer#update", "AT EXIT"),
            point("the other key has arrived", "contacts.SessionKeyUpdates#arrived", "AT ENTRY"),
            point("the new chains are made, not committed", "contacts.SessionKeyUpdates#finish", "AT EXIT"));

    private static final List<Point> FOLLOWING = List.of(
            point("the other key is here, not committed", "contacts.SessionKeyUpdates#arrived", "AT EXIT"),
            point("our answer is about to be sealed", "sealing.SessionSealer#update", "AT ENTRY"),
            point(
                    "our answer is sealed and the new chains made, not stored",
                    "sealing.SessionSealer#update",
                    "AT EXIT"));

    private static RegtestNode node;
    private static Operator aliceServer;
    private static Operator bobServer;
    private static Person alice;
    private static Person bob;
    private static final List<String> SAID = new ArrayList<>();
    private static int saidBefore;

    private static Point point(String name, String typeAndMethod, String where) {
        return Point.at(name, typeAndMethod, where, Kind.SHORT);
    }

    @BeforeAll
    static void startTheNodeAndTwoServers() throws IOException {
        node = RegtestNode.start(true);
        aliceServer = Crash.server(node, ALICE, 100, Crash.SEND, concat(OPENING, PROPOSING, RENEWING));
        bobServer = Crash.server(node, BOB, 100, Crash.COMMAND, concat(ANSWERING, AGREEING, FOLLOWING));
        bob = Person.of(bobServer, BOB);
        meet(Person.of(aliceServer, ALICE));
    }

    @SafeVarargs
    private static List<Point> concat(List<Point>... some) {
        return Stream.of(some).flatMap(List::stream).toList();
    }

    private static void meet(Person other) {
        alice = other;
        alice.know(bob);
        bob.know(alice);
        saidBefore += SAID.size();
        SAID.clear();
        say("hello");
        settle();
    }

    /** The number of one contact's handshakes that are answered is limited. */
    private static void meetSomebodyElse(String name) {
        meet(Person.create(aliceServer, name).fund(node, ALICE.toLowerCase(Locale.ROOT), 40, 50_000));
    }

    @AfterAll
    static void endThem() {
        Crash.end(node, aliceServer, bobServer);
    }

    private static void say(String words) {
        SAID.add(words);
        alice.write(BOB, words);
    }

    /**
     * Waits until Bob has everything, the session is open and nothing is pending; all messages arrived once, in order.
     */
    private static void settle() {
        try {
            Wait.until(SAID.size() + " messages", () -> bob.texts(alice.name()).containsAll(SAID));
        } catch (RuntimeException e) {
            throw new AssertionError(
                    "Bob has " + bob.texts(alice.name()) + "; Alice's outbox: "
                            + aliceServer.server().json("outbox", "--all") + "; Bob's: "
                            + bobServer.server().json("outbox", "--all") + "; sessions: " + alice.session(BOB) + ", "
                            + bob.session(alice.name()),
                    e);
        }
        assertEquals(SAID, bob.texts(alice.name()));
        Predicate<JsonNode> atRest = session -> session.get("state").asText().equals("open")
                && !session.get("rekeying").asBoolean();
        alice.awaitSession(BOB, "is at rest", atRest);
        bob.awaitSession(alice.name(), "is at rest", atRest);
    }

    private static void closeSession() {
        alice.json("session-close", BOB);
        alice.awaitSession(BOB, "closed");
        bob.awaitSession(alice.name(), "closed");
    }

    @Test
    @Order(1)
    void whoeverIsKilledWhileOpeningASessionLosesNothing() throws Exception {
        killAlice(OPENING, true);
    }

    @Test
    @Order(2)
    void whoeverIsKilledWhileAnsweringAHandshakeAnswersOnce() throws Exception {
        meetSomebodyElse(ALICIA);
        killBob(ANSWERING, true);
    }

    @Test
    @Order(3)
    void whoeverIsKilledWhileProposingAKeyExchangeCompletesIt() throws Exception {
        PartylineServer server = aliceServer.server();
        // The answer must be paid for: without cover traffic it would wait.
        bobServer.set("post-quantum", "pay");
        meetSomebodyElse("Alina");
        for (Point point : PROPOSING) {
            closeSession();
            say("alice proposes: " + point);
            settle();
            Crash.arm(server, point);
            say("alice is armed: " + point);
            try {
                alice.json("session-protect", BOB, "--yes");
            } catch (RuntimeException | AssertionError e) {
                assertTrue(e.getMessage() != null);
            }
            Crash.awaitEnd(server, point);
            Crash.restart(aliceServer);
            if (point == PROPOSING.get(0)) {
                // Killed before it was stored: the operator, who got no answer, asks again.
                alice.json("session-protect", BOB, "--yes");
            }
            awaitProtection();
        }
    }

    @Test
    @Order(4)
    void whoeverIsKilledWhileAnsweringAKeyExchangeCompletesIt() throws Exception {
        meetSomebodyElse("Alba");
        for (Point point : AGREEING) {
            closeSession();
            say("bob agrees: " + point);
            settle();
            Crash.armNow(bobServer.server(), point);
            alice.json("session-protect", BOB, "--yes");
            Crash.awaitEnd(bobServer.server(), point);
            Crash.restart(bobServer);
            awaitProtection();
        }
    }

    /** Waits until the session is protected on both sides, and checks that messages pass. */
    private static void awaitProtection() {
        Predicate<JsonNode> isProtected =
                session -> session.hasNonNull("protected_since") && !session.hasNonNull("exchange");
        alice.awaitSession(BOB, "is protected", isProtected);
        bob.awaitSession(alice.name(), "is protected", isProtected);
        node.mine(1);
        say("protected words " + SAID.size());
        settle();
    }

    @Test
    @Order(5)
    void whoeverIsKilledWhileRenewingKeysGoesOn() throws Exception {
        // From now on, each of her messages requests new keys.
        aliceServer.set("rekey-messages", "1");
        killAlice(RENEWING, false);
    }

    @Test
    @Order(6)
    void whoeverIsKilledWhileFollowingToNewKeysGoesOn() throws Exception {
        killBob(FOLLOWING, false);
    }

    @Test
    @Order(7)
    void noLocatorWasSealedTwice() {
        int carried = Crash.packetsOfWhichNoneIsThereTwice(node, aliceServer.server(), bobServer.server());
        assertTrue(carried >= 3 * (saidBefore + SAID.size()), "too few packets were found: " + carried);
    }

    private static void killAlice(List<Point> points, boolean fromClosed) throws Exception {
        PartylineServer server = aliceServer.server();
        for (Point point : points) {
            if (fromClosed) {
                closeSession();
            }
            Crash.arm(server, point);
            try {
                say("alice ends: " + point);
            } catch (RuntimeException | AssertionError e) {
                // The process may end before it answers; whether the message was stored is checked after the restart.
                assertTrue(e.getMessage() != null);
            }
            Crash.awaitEnd(server, point);
            Crash.restart(aliceServer);
            if (point == OPENING.get(0)) {
                sayAgainWhatWasNotStored();
            }
            settle();
        }
    }

    private static void killBob(List<Point> points, boolean fromClosed) throws Exception {
        PartylineServer server = bobServer.server();
        for (Point point : points) {
            if (fromClosed) {
                closeSession();
            }
            Crash.armNow(server, point);
            say("bob ends: " + point);
            Crash.awaitEnd(server, point);
            Crash.restart(bobServer);
            settle();
        }
    }

    /** Killed before it was stored: the operator, who got no answer, sends it again. */
    private static void sayAgainWhatWasNotStored() {
        String last = SAID.get(SAID.size() - 1);
        if (alice.messages(BOB).stream()
                .noneMatch(message -> message.get("text").asText().equals(last))) {
            alice.write(BOB, last);
        }
    }
}
