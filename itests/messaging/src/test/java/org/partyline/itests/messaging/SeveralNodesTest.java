package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.Nodes;
import org.partyline.api.nodes.NodeFault;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/**
 * A server with three nodes, one of them bad, from sending to how nodes are judged and what their blocks have settled;
 * another server reads through its own node.
 */
class SeveralNodesTest {
    private static final Duration RESEND = Duration.ofMinutes(2);
    /** As documented in docs/nodes.md. */
    private static final int MOST_OURS = 3;

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node one = network.node("one");
    private final TestNetwork.Node two = network.node("two");
    private final TestNetwork.Node three = network.node("three");
    private final TestNetwork.Node bobs = network.node("bobs");
    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void twoServersInOneChannel() throws Exception {
        network.mine(20);
        alice = TestServer.fresh(clock, one, two, three);
        bob = TestServer.fresh(clock, bobs);
        alice.personas().rename("me", "alice");
        bob.personas().rename("me", "bob");
        alice.join("lobby", Mode.RATCHET);
        bob.join("lobby", Mode.RATCHET);
        for (TestServer server : List.of(alice, bob)) {
            // Nodes start over for that; these tests do not cover what happens meanwhile.
            TestServer.await(
                    "the blocks of the last day are read",
                    () -> server.channels().reading(Optional.empty(), "lobby").look() == Channels.Look.DONE);
        }
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private long send(String text, String via) throws PartylineException {
        return alice.messages()
                .send(new Messages.Send(
                        Optional.empty(),
                        false,
                        "lobby",
                        text,
                        Optional.of(Duration.ofHours(12)),
                        false,
                        false,
                        Optional.of(via)))
                .id();
    }

    private void awaitState(long id, State state) throws Exception {
        TestServer.await("message " + id + " " + state, () -> alice.state(id) == state);
    }

    /** Runs comparisons, half a minute apart. */
    private void compare(int rounds) {
        for (int i = 0; i < rounds; i++) {
            alice.compareNodes();
            clock.pass(Duration.ofSeconds(30));
        }
    }

    private Optional<NodeFault> fault(String node) throws PartylineException {
        return alice.nodes.get(node).quarantine().map(Nodes.Quarantine::fault);
    }

    /** Checks that every packet was in one transaction, however often that was handed over. */
    private void assertNothingWentTwice() {
        Map<java.nio.ByteBuffer, Set<String>> carriers = new java.util.HashMap<>();
        for (TestNetwork.Handed handed : network.handed()) {
            TransactionScanner.scan(
                    handed.raw(),
                    (output, offset, length) -> carriers.computeIfAbsent(
                                    java.nio.ByteBuffer.wrap(
                                            java.util.Arrays.copyOfRange(handed.raw(), offset, offset + length)),
                                    none -> new HashSet<>())
                            .add(TransactionScanner.id(handed.raw()).toString()));
        }
        carriers.values().forEach(ids -> assertEquals(1, ids.size(), "a packet in two transactions"));
    }

    @Test
    void aNodeThatTakesOursAndPassesNoneOnIsSetAside() throws Exception {
        compare(6);
        one.keeps = true;
        for (int i = 0; i < MOST_OURS; i++) {
            long id = send("message " + i, "one");
            awaitState(id, State.SENT);
            clock.pass(RESEND.plusSeconds(1));
            alice.kick();
            awaitState(id, State.RELAYED);
        }
        compare(1);
        assertEquals(Optional.of(NodeFault.WITHHOLDS), fault("one"));
        assertEquals(Optional.empty(), fault("two"));
        assertEquals(Optional.empty(), fault("three"));
        assertNothingWentTwice();
        TestServer.await("all arrive", () -> bob.received().size() == MOST_OURS);
    }

    @Test
    void aReorganisationWhileLockedIsTakenUpAfterwards() throws Exception {
        long id = send("while you slept", "one");
        awaitState(id, State.RELAYED);
        network.mine();
        awaitState(id, State.CONFIRMED);
        alice.vault().lock();
        network.disconnect(1, true);
        TestServer.await(
                "it is remembered", () -> alice.store.note("gone.regtest").isPresent());
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        awaitState(id, State.RELAYED);
        // The other nodes report it, too, possibly before the remembered event is handled.
        TestServer.await(
                "it is taken up", () -> alice.store.note("gone.regtest").isEmpty());

        alice.vault().lock();
        network.mine();
        TestServer.await("collected", () -> alice.vault().collected() > 0);
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        awaitState(id, State.CONFIRMED);
    }

    /** Its packets are handled after its removal. */
    @Test
    void aBlockThatIsRemovedBeforeItsPacketsCanBeReadConfirmsNothing() throws Exception {
        long id = send("not in this chain", "one");
        awaitState(id, State.RELAYED);
        alice.stop(PacketCodec.class);
        network.mine();
        alice.read();
        network.disconnect(1, false);
        alice.read();
        alice.start(PacketCodec.class);
        alice.read();
        assertEquals(State.RELAYED, alice.messages().outgoing(id).state());
    }

    @Test
    void whatOnlyANodeOnAnotherChainConfirmedIsTakenBackWhenItIsFoundOut() throws Exception {
        long id = send("in a block of a liar", "one");
        awaitState(id, State.RELAYED);
        network.mineAt(two, 7);
        awaitState(id, State.CONFIRMED);
        two.fork = 5;
        compare(2);
        assertEquals(Optional.of(NodeFault.OTHER_CHAIN), fault("two"));
        awaitState(id, State.RELAYED);
        network.mine();
        awaitState(id, State.CONFIRMED);
    }
}
