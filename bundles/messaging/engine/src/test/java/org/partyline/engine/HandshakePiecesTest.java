package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.engine.Sessions;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.engine.conversation.ContactInbox;
import org.partyline.engine.mailbox.FragmentRecord;
import org.partyline.engine.mailbox.Inbox;
import org.partyline.receive.HandshakePieces;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Whoever has a card can put false pieces of a handshake beside the true ones. */
class HandshakePiecesTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private final ContactInbox contactInbox = new ContactInbox(1, Network.REGTEST, false);
    private TestServer alice;
    private TestServer bob;
    private Intruder mallory;

    @BeforeEach
    void twoServers() throws Exception {
        alice = TestServer.fresh(clock, nodeA);
        bob = TestServer.fresh(clock, nodeB);
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        mallory = new Intruder(network, clock, bob);
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    /** Alice's handshake as mallory reads it, which bob has not seen yet. */
    private List<Content> trueOnes() throws Exception {
        network.hold();
        alice.write("bob", "hello");
        TestServer.await("the handshake is out", () -> network.broadcasts().size() == 3);
        return mallory.piecesSeen();
    }

    /** Bob hears what is held in this order: true pieces by their index, and what mallory sent at places from 3 on. */
    private void assertOpens(Integer... order) throws Exception {
        network.release(all -> {
            List<byte[]> told = new ArrayList<>();
            for (int place : order) {
                told.add(all.get(place));
            }
            return told;
        });
        TestServer.await("hello", () -> bob.received().equals(List.of("hello")));
        assertEquals(
                Sessions.State.OPEN,
                bob.contacts().get(Optional.empty(), "alice").session());
    }

    private long piecesKept() throws Exception {
        return bob.store.transact(tx -> tx.count(FragmentRecord.TABLE));
    }

    @Test
    void aFalsePieceBeforeTheTrueOnesSpoilsNothing() throws Exception {
        Content piece = trueOnes().get(0);
        mallory.send(mallory.junk(piece, 0, 3));
        assertOpens(3, 0, 1, 2);
        assertEquals(0, piecesKept(), "what came under the same id is of no use any more");
    }

    @Test
    void falsePiecesBetweenAndBehindTheTrueOnesSpoilNothing() throws Exception {
        Content piece = trueOnes().get(0);
        mallory.send(mallory.junk(piece, 1, 3));
        mallory.send(mallory.junk(piece, 2, 3));
        mallory.send(mallory.junk(piece, 0, 3));
        assertOpens(0, 3, 1, 4, 2, 5);
    }

    @Test
    void falsePiecesOfAnotherCountSpoilNothing() throws Exception {
        Content piece = trueOnes().get(0);
        mallory.send(mallory.junk(piece, 0, 2));
        mallory.send(mallory.junk(piece, 1, 16));
        assertOpens(3, 4, 0, 1, 2);
    }

    @Test
    void threeFalsePiecesForEachIndexSpoilNothing() throws Exception {
        Content piece = trueOnes().get(0);
        for (int i = 0; i < 9; i++) {
            mallory.send(mallory.junk(piece, i / 3, 3));
        }
        assertOpens(3, 4, 5, 6, 7, 8, 9, 10, 11, 2, 1, 0);
    }

    @Test
    void aTruePieceThatSomebodySealsAgainCountsOnce() throws Exception {
        List<Content> pieces = trueOnes();
        for (int i = 0; i < 5; i++) {
            mallory.send(pieces.get(0));
        }
        mallory.send(mallory.junk(pieces.get(0), 0, 3));
        assertOpens(3, 4, 5, 6, 7, 8, 0, 1, 2);
    }

    // ---- what is not acted on does not count as used

    @Test
    void aHandshakeThatSomebodySealedWithAnOldTimeFirstIsStillAnswered() throws Exception {
        alice.write("bob", "one");
        TestServer.await("one", () -> bob.received().equals(List.of("one")));
        bob.sessions().close(Optional.empty(), "alice");
        TestServer.await(
                "closed", () -> alice.contacts().get(Optional.empty(), "bob").session() == Sessions.State.CLOSED);
        // Bob's server is to have a session when the copy with the old time comes.
        clock.pass(java.time.Duration.ofSeconds(20));
        bob.write("alice", "two");
        TestServer.await("two", () -> alice.received().equals(List.of("two")));
        network.hold();
        int before = network.broadcasts().size();
        alice.sessions().close(Optional.empty(), "bob");
        TestServer.await(
                "ended", () -> alice.contacts().get(Optional.empty(), "bob").session() == Sessions.State.CLOSED);
        clock.pass(java.time.Duration.ofSeconds(20));
        alice.write("bob", "three");
        TestServer.await(
                "the end and a handshake are out", () -> network.broadcasts().size() >= before + 4);
        List<byte[]> inits = mallory.initsSeen();
        mallory.sendInit(inits.get(inits.size() - 1), clock.instant().minusSeconds(3600));
        // His copy first, while bob's session still stands, then the end and the true one.
        network.release(all -> {
            List<byte[]> told = new ArrayList<>(all);
            told.add(0, told.remove(told.size() - 1));
            return told;
        });
        TestServer.await("three", () -> bob.received().contains("three"));
    }

    // ---- bounds

    private Content piece(int index, int count, int mark) {
        return new Content(
                PacketType.FRAGMENT,
                false,
                1_000_000,
                java.util.OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new FragmentHeader(7, index, count)),
                Optional.empty(),
                new byte[] {(byte) mark});
    }

    private HandshakePieces pieces() throws Exception {
        return bob.handshakePieces();
    }

    private List<byte[]> add(HandshakePieces pieces, Content content) throws StoreException {
        return bob.store.transact(tx -> pieces.add(tx, contactInbox, content));
    }

    @Test
    void allWaysOfPuttingFourOfEachOfThreeTogetherAreTriedOnce() throws Exception {
        HandshakePieces pieces = pieces();
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            for (byte[] body : add(pieces, piece(i % 3, 3, i / 3))) {
                made.add(java.util.Arrays.toString(body));
            }
        }
        assertEquals(64, made.size());
        assertEquals(64, made.stream().distinct().count());
    }

    @Test
    void aFifthPieceOfAnIndexIsNotKept() throws Exception {
        HandshakePieces pieces = pieces();
        for (int i = 0; i < HandshakePieces.MOST_OF_AN_INDEX; i++) {
            add(pieces, piece(0, 2, i));
        }
        assertEquals(List.of(), add(pieces, piece(0, 2, 99)));
        List<byte[]> bodies = add(pieces, piece(1, 2, 50));
        assertEquals(HandshakePieces.MOST_OF_AN_INDEX, bodies.size());
        assertArrayEquals(new byte[] {0, 50}, bodies.get(0));
        assertEquals(List.of(), add(pieces, piece(1, 2, 50)), "the same piece once more makes nothing new");
    }

    @Test
    void piecesOfAnotherCountTakeNoPlaceAway() throws Exception {
        HandshakePieces pieces = pieces();
        for (int i = 0; i < HandshakePieces.MOST_OF_AN_INDEX; i++) {
            add(pieces, piece(0, 3, i));
        }
        add(pieces, piece(0, 2, 9));
        List<byte[]> bodies = add(pieces, piece(1, 2, 50));
        assertEquals(1, bodies.size());
        assertArrayEquals(new byte[] {9, 50}, bodies.get(0));
    }

    @Test
    void noMoreThan64WaysAreTriedHoweverManyPiecesThereAre() throws Exception {
        HandshakePieces pieces = pieces();
        int tried = 0;
        for (int i = 0; i < 4 * 16; i++) {
            tried += add(pieces, piece(i % 16, 16, i / 16)).size();
        }
        assertEquals(HandshakePieces.MOST_COMBINATIONS, tried);
    }

    @Test
    void anInboxHoldsNoMoreThan64IncompleteHandshakes() throws Exception {
        HandshakePieces pieces = pieces();
        for (int i = 0; i < 70; i++) {
            Content like = piece(0, 2, 1);
            add(
                    pieces,
                    new Content(
                            like.type(),
                            false,
                            1_000_000 + i,
                            like.ttlMinutes(),
                            Optional.empty(),
                            Optional.empty(),
                            like.fragment(),
                            Optional.empty(),
                            like.body()));
        }
        bob.store.transact(tx -> {
            assertEquals(Inbox.MOST_INCOMPLETE, tx.count(FragmentRecord.TABLE));
            return null;
        });
    }
}
