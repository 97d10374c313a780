package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.packet.Content;
import org.partyline.messaging.mailbox.FragmentRecord;

/** Anyone with a card can add false fragments to the true ones of a handshake. */
class FalsePiecesTest {
    private final ReceiveBench bench = new ReceiveBench();
    private final Neighbours neighbours = new Neighbours(bench.stage);
    private final CardHolder mallory = new CardHolder(bench.stage);
    /** A handshake for Alice, as Mallory reads it. */
    private List<Content> trueOnes;
    /** The packets on the network: the true fragments by their index, and Mallory's from position 3 on. */
    private final List<byte[]> sent = new ArrayList<>();

    @BeforeEach
    void aHandshake() throws Exception {
        byte[] body = new byte[113];
        bench.stage.random.nextBytes(body);
        neighbours.handshake = body;
        trueOnes = mallory.pieces(body);
        assertEquals(3, trueOnes.size());
        trueOnes.forEach(this::send);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void send(Content content) {
        sent.add(mallory.seal(content));
    }

    private void sendJunk(int index, int count) {
        send(mallory.junk(trueOnes.get(0), index, count));
    }

    /** Checks that it opens if nodes report the packets in this order. */
    private void assertOpens(int... order) {
        for (int place : order) {
            bench.hear(sent.get(place));
        }
        assertEquals(1, neighbours.accepted.size());
        assertArrayEquals(neighbours.handshake, neighbours.accepted.get(0));
    }

    @Test
    void aFalsePieceBeforeTheTrueOnesSpoilsNothing() throws Exception {
        sendJunk(0, 3);
        assertOpens(3, 0, 1, 2);
        assertEquals(0, bench.count(FragmentRecord.TABLE), "what came under the same id is of no use any more");
    }

    @Test
    void falsePiecesBetweenAndBehindTheTrueOnesSpoilNothing() {
        sendJunk(1, 3);
        sendJunk(2, 3);
        sendJunk(0, 3);
        assertOpens(0, 3, 1, 4, 2, 5);
    }

    @Test
    void falsePiecesOfAnotherCountSpoilNothing() {
        sendJunk(0, 2);
        sendJunk(1, 16);
        assertOpens(3, 4, 0, 1, 2);
    }

    @Test
    void threeFalsePiecesForEachIndexSpoilNothing() {
        for (int i = 0; i < 9; i++) {
            sendJunk(i / 3, 3);
        }
        assertOpens(3, 4, 5, 6, 7, 8, 9, 10, 11, 2, 1, 0);
    }

    @Test
    void aTruePieceThatSomebodySealsAgainCountsOnce() {
        for (int i = 0; i < 5; i++) {
            send(trueOnes.get(0));
        }
        sendJunk(0, 3);
        assertOpens(3, 4, 5, 6, 7, 8, 0, 1, 2);
    }
}
