package org.partyline.itests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.partyline.itests.crash.Point.Kind;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * Ends a server's process at each state of an outgoing and of an incoming message, and starts it again: each message is
 * delivered once and shown once, and no chain position seals two plaintexts. Byteman sets the points from outside.
 */
@ExtendWith(ShowLogs.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CrashIT {
    private static final String PASSPHRASE = "correct horse battery staple";
    private static final String RATCHET = "lobby";
    private static final String OPEN = "plaza";

    private static final List<Point> OUTGOING = List.of(
            Point.at("the message is about to be stored", "messages.NewMessages#enqueue", "AT ENTRY", Kind.SHORT),
            Point.at("the message is stored", "messages.MessageWriter#store", "AT EXIT", Kind.SHORT),
            Point.at("the message is about to be sealed", "sealing.ChannelSealer#prepare", "AT ENTRY", Kind.SHORT),
            Point.at("its key is derived", "sealing.ChannelSealer$Job#derive", "AT EXIT", Kind.OPEN),
            Point.at("its packets are sealed, not stored", "sealing.ChannelSealer#store", "AT ENTRY", Kind.SHORT),
            Point.at("its packets are written, not committed", "sealing.ChannelSealer#store", "AT EXIT", Kind.SHORT),
            Point.at("its packets are stored", "sealing.ChannelSealer#written", "AT ENTRY", Kind.LONG),
            Point.at("a transaction is about to be paid for", "delivery.PacketPayment#pay", "AT ENTRY", Kind.SHORT),
            Point.at(
                    "a transaction is signed, not stored",
                    "delivery.PacketPayment#pay",
                    "AFTER INVOKE pay",
                    Kind.SHORT),
            Point.at("a signed transaction is stored", "delivery.PacketPayment#pay", "AT EXIT", Kind.SHORT),
            Point.at("the attempt is stored", "transportrpc.RpcTransport#broadcast", "AT ENTRY", Kind.SHORT),
            Point.at("the node has it, we do not know", "transportrpc.RpcTransport#broadcast", "AT EXIT", Kind.SHORT),
            Point.at(
                    "the second of several is with the node",
                    "transportrpc.RpcTransport#broadcast",
                    "AT EXIT",
                    2,
                    Kind.LONG),
            Point.at("the message is broadcast", "delivery.Broadcaster#hand", "AT EXIT", Kind.SHORT),
            Point.at("a node reports it, not stored", "mailbox.StoredOutbox#sighting", "AT ENTRY", Kind.SHORT),
            Point.at("a node reports it, stored", "mailbox.StoredOutbox#sighting", "AT EXIT", Kind.SHORT));

    private static final List<Point> INCOMING = List.of(
            Point.at("a payload arrives", "receive.InboundQueue#handle", "AT ENTRY", Kind.SHORT),
            Point.at("its place on a chain is known", "receive.ChainPackets#use", "AT ENTRY", Kind.SHORT),
            Point.at("it is about to be stored", "mailbox.StoredInbox#accept", "AT ENTRY", Kind.SHORT),
            Point.at("it is written, not committed", "mailbox.StoredInbox#accept", "AT EXIT", Kind.SHORT),
            Point.at("it is stored, nobody was told", "mailbox.StoredInbox#arrived", "AT ENTRY", Kind.SHORT),
            Point.at("everybody was told", "receive.ChainPackets#use", "AT EXIT", Kind.SHORT),
            Point.at("a sealed packet is recognised", "receive.SealedPackets#open", "AT ENTRY", Kind.OPEN),
            Point.at("a sealed packet is open", "receive.SealedPackets#accept", "AT ENTRY", Kind.OPEN),
            Point.at("a sealed packet is stored", "receive.SealedPackets#accept", "AT EXIT", Kind.OPEN),
            Point.at("the first piece is written", "mailbox.StoredInbox#fragment", "AT EXIT", 1, Kind.LONG),
            Point.at("the third piece comes", "mailbox.StoredInbox#fragment", "AT ENTRY", 3, Kind.LONG),
            Point.at("the message is about to be joined", "mailbox.StoredInbox#join", "AT ENTRY", Kind.LONG),
            Point.at("the message is joined, not committed", "mailbox.StoredInbox#join", "AT EXIT", Kind.LONG));

    private static final Point BURNED =
            Point.at("a burn message is erased", "messages.MessageService#read", "AT EXIT", Kind.BURN);

    private static RegtestNode node;
    private static PartylineServer aliceServer;
    private static PartylineServer bobServer;
    private static Operator alice;
    private static Operator bob;
    private static final Map<String, List<String>> SENT =
            new HashMap<>(Map.of(RATCHET, new ArrayList<>(), OPEN, new ArrayList<>()));

    @BeforeAll
    static void startTheNodeAndTwoServers() throws IOException {
        node = RegtestNode.start(true);
        alice = Crash.server(node, "Alice", 100, Crash.SEND, OUTGOING);
        bob = Crash.server(
                node,
                "Bob",
                4,
                Crash.COMMAND,
                Stream.concat(INCOMING.stream(), Stream.of(BURNED)).toList());
        aliceServer = alice.server();
        bobServer = bob.server();
        for (String[] options : new String[][] {{RATCHET, "ratchet"}, {OPEN, "open"}}) {
            String invite = alice.createChannel(
                    options[0],
                    PASSPHRASE,
                    "--mode",
                    options[1],
                    "--time-cost",
                    "5",
                    "--memory",
                    "8192",
                    "--parallelism",
                    "1");
            bob.join(invite, PASSPHRASE, "--mode", options[1]);
        }
        send(Kind.SHORT, "a chain begins");
        bob.awaitText(RATCHET, "a chain begins");
    }

    @AfterAll
    static void endThem() {
        Crash.end(node, alice, bob);
    }

    private static String text(Kind kind, String words) {
        return kind == Kind.LONG ? words + ", and on and on".repeat(20) : words;
    }

    private static void send(Kind kind, String words) {
        String channel = kind == Kind.OPEN ? OPEN : RATCHET;
        String text = text(kind, words);
        SENT.get(channel).add(text);
        alice.send(channel, text);
    }

    /** Every second point for each change, so that it lands soon; all of them every night. */
    private static List<Point> tried(List<Point> points) {
        return Boolean.getBoolean("nightly")
                ? points
                : IntStream.range(0, points.size())
                        .filter(i -> i % 2 == 1)
                        .mapToObj(points::get)
                        .toList();
    }

    @Test
    @Order(1)
    void whoeverIsKilledWhileSendingLosesNothingAndSendsNothingTwice() throws Exception {
        for (Point point : tried(OUTGOING)) {
            Crash.arm(aliceServer, point);
            try {
                send(point.message(), "out: " + point);
            } catch (RuntimeException | AssertionError e) {
                // The process may end before it answers; whether the message was stored is checked after the restart.
                assertTrue(e.getMessage() != null);
            }
            Crash.awaitEnd(aliceServer, point);
            Crash.restart(alice);
            if (point == OUTGOING.get(0)) {
                // Killed before it was stored: the operator, who got no answer, sends it again.
                String text = text(point.message(), "out: " + point);
                assertTrue(alice.messages(RATCHET).stream()
                        .noneMatch(message -> message.get("text").asText().equals(text)));
                alice.send(RATCHET, text);
            }
            awaitAll();
        }
    }

    @Test
    @Order(2)
    void whoeverIsKilledWhileReceivingGetsEachMessageOnce() throws Exception {
        for (Point point : tried(INCOMING)) {
            Crash.armNow(bobServer, point);
            send(point.message(), "in: " + point);
            Crash.awaitEnd(bobServer, point);
            Crash.restart(bob);
            awaitAll();
        }
    }

    @Test
    @Order(3)
    void aBurnMessageWhoseReaderIsKilledIsNeverShownTwice() throws Exception {
        alice.send(RATCHET, "burn this", "--burn");
        long id = bob.awaitMessage(
                        RATCHET,
                        "a burn message",
                        message -> message.get("burn").asBoolean())
                .get("id")
                .asLong();
        Crash.armNow(bobServer, BURNED);
        try {
            bobServer.run("partyline:read", Long.toString(id));
        } catch (RuntimeException e) {
            assertTrue(e.getMessage() != null);
        }
        Crash.awaitEnd(bobServer, BURNED);
        bobServer.start();
        bob.unlock();
        bobServer.refusal("read", Long.toString(id));
        assertTrue(bob.received(RATCHET).stream()
                .noneMatch(message -> message.get("burn").asBoolean()));
    }

    @Test
    @Order(4)
    void whatIsConfirmedAcrossARestartIsStillThereOnce() {
        node.mine(1);
        Wait.until("all of it is confirmed", () -> outbox().allMatch(state -> state.equals("in a block")));
        aliceServer.kill();
        aliceServer.start();
        alice.unlock();
        awaitAll();
        assertTrue(outbox().allMatch(state -> state.equals("in a block")));
    }

    @Test
    @Order(5)
    void noChainPositionSealedTwoPlaintexts() {
        int carried = Crash.packetsOfWhichNoneIsThereTwice(node, aliceServer);
        assertTrue(carried >= OUTGOING.size() + INCOMING.size(), "too few packets were found: " + carried);
    }

    private static Stream<String> outbox() {
        return Operator.elements(aliceServer.json("outbox", "--all").get("outbox"))
                .map(message -> message.get("state").asText());
    }

    /** Waits until Bob has all messages sent, and checks that he has them once and in order. */
    private static void awaitAll() {
        for (String channel : List.of(RATCHET, OPEN)) {
            List<String> expected = SENT.get(channel);
            Wait.until(
                    expected.size() + " messages in " + channel,
                    () -> Set.copyOf(bob.texts(channel)).containsAll(expected));
            assertEquals(expected, bob.texts(channel), channel);
        }
    }
}
