package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.conversation.ContactInbox;
import org.partyline.messaging.mailbox.FragmentRecord;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;

/**
 * False fragments beside the true ones, which anyone with a card may add: how many are kept, and how many combinations
 * are tried.
 */
class HandshakePiecesTest {
    private final MemoryStore store = MemoryStore.open();
    private final ContactInbox contactInbox = new ContactInbox(1, Network.REGTEST, false);
    private final HandshakePieces pieces = new HandshakePieces(new HandSetClock());

    private Content piece(int index, int count, int mark) {
        return new Content(
                PacketType.FRAGMENT,
                false,
                1_000_000,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new FragmentHeader(7, index, count)),
                Optional.empty(),
                new byte[] {(byte) mark});
    }

    private List<byte[]> add(Content content) throws StoreException {
        return store.transact(tx -> pieces.add(tx, contactInbox, content));
    }

    @Test
    void allWaysOfPuttingFourOfEachOfThreeTogetherAreTriedOnce() throws Exception {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            for (byte[] body : add(piece(i % 3, 3, i / 3))) {
                made.add(Arrays.toString(body));
            }
        }
        assertEquals(64, made.size());
        assertEquals(64, made.stream().distinct().count());
    }

    @Test
    void aFifthPieceOfAnIndexIsNotKept() throws Exception {
        for (int i = 0; i < HandshakePieces.MOST_OF_AN_INDEX; i++) {
            add(piece(0, 2, i));
        }
        assertEquals(List.of(), add(piece(0, 2, 99)));
        List<byte[]> bodies = add(piece(1, 2, 50));
        assertEquals(HandshakePieces.MOST_OF_AN_INDEX, bodies.size());
        assertArrayEquals(new byte[] {0, 50}, bodies.get(0));
        assertEquals(List.of(), add(piece(1, 2, 50)), "the same piece once more makes nothing new");
    }

    @Test
    void piecesOfAnotherCountTakeNoPlaceAway() throws Exception {
        for (int i = 0; i < HandshakePieces.MOST_OF_AN_INDEX; i++) {
            add(piece(0, 3, i));
        }
        add(piece(0, 2, 9));
        List<byte[]> bodies = add(piece(1, 2, 50));
        assertEquals(1, bodies.size());
        assertArrayEquals(new byte[] {9, 50}, bodies.get(0));
    }

    @Test
    void noMoreThan64WaysAreTriedHoweverManyPiecesThereAre() throws Exception {
        int tried = 0;
        for (int i = 0; i < 4 * 16; i++) {
            tried += add(piece(i % 16, 16, i / 16)).size();
        }
        assertEquals(HandshakePieces.MOST_COMBINATIONS, tried);
    }

    private static Content like(Content piece, int message, long time) {
        FragmentHeader header = piece.fragment().orElseThrow();
        return new Content(
                piece.type(),
                false,
                time,
                piece.ttlMinutes(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new FragmentHeader(message, header.index(), header.count())),
                Optional.empty(),
                piece.body());
    }

    @Test
    void piecesOfAnotherMessageOrTimeAreNotPutTogether() throws Exception {
        add(piece(0, 2, 1));
        assertEquals(List.of(), add(like(piece(1, 2, 2), 8, 1_000_000)));
        assertEquals(List.of(), add(like(piece(1, 2, 2), 7, 1_000_001)));
        assertEquals(1, add(piece(1, 2, 2)).size());
    }

    @Test
    void anInboxHoldsNoMoreThan64IncompleteHandshakes() throws Exception {
        ContactInbox other = new ContactInbox(2, Network.REGTEST, false);
        store.transact(tx -> pieces.add(tx, other, piece(0, 3, 1)));
        for (int i = 0; i < Inbox.MOST_INCOMPLETE; i++) {
            add(like(piece(0, 3, 1), 7, 1_000_000 + i));
            add(like(piece(1, 3, 1), 7, 1_000_000 + i));
        }
        assertEquals(1 + 2 * Inbox.MOST_INCOMPLETE, store.count(FragmentRecord.TABLE));
        for (int i = 0; i < 6; i++) {
            add(like(piece(0, 3, 1), 7, 2_000_000 + i));
        }
        // The oldest six were dropped with both of their fragments.
        assertEquals(1 + 2 * Inbox.MOST_INCOMPLETE - 6, store.count(FragmentRecord.TABLE));
        store.transact(tx -> pieces.add(tx, other, piece(1, 3, 1)));
        List<byte[]> whole = store.transact(tx -> pieces.add(tx, other, piece(2, 3, 1)));
        assertEquals(1, whole.size(), "another inbox keeps its own");
    }
}
