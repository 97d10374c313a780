package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.TxId;

class MempoolMirrorTest {
    private final FakeNode node = new FakeNode();
    private final FakeChain chain = new FakeChain(node);
    private final MempoolMirror mirror = new MempoolMirror(3);
    private final List<String> told = new ArrayList<>();

    private final MempoolMirror.Sink sink = new MempoolMirror.Sink() {
        @Override
        public void seen(byte[] raw) {
            told.add("+" + FakeChain.id(raw));
        }

        @Override
        public void removed(TxId id) {
            told.add("-" + id);
        }
    };

    @AfterEach
    void close() {
        node.close();
    }

    private void raw(long counter, byte[] raw) {
        mirror.apply(new Notification(Notification.RAWTX, raw, counter), true, sink);
    }

    private void event(long counter, byte[] raw, char letter, long number) {
        byte[] body = ByteBuffer.allocate(41)
                .put(FakeChain.id(raw).bytes())
                .put((byte) letter)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(number)
                .array();
        mirror.apply(new Notification(Notification.SEQUENCE, body, counter), true, sink);
    }

    private void list(long sequence, byte[]... transactions) {
        mirror.beginListing(sequence);
        for (byte[] raw : transactions) {
            TxId id = FakeChain.id(raw);
            if (!mirror.touch(id)) {
                mirror.learnt(id);
            }
        }
        mirror.endListing(id -> told.add("-" + id));
    }

    @Test
    void theFirstMessageOfATopicAndEveryJumpIsAGap() {
        byte[] raw = chain.transaction();
        raw(7, raw);
        assertTrue(mirror.gap(), "what came before 7 is not known");
        list(1);
        raw(8, raw);
        assertFalse(mirror.gap());
        event(0, raw, 'A', 5);
        assertTrue(mirror.gap(), "each topic counts for itself");
        list(6, raw);
        raw(10, raw);
        assertTrue(mirror.gap());
        list(6, raw);
        raw(0, raw);
        assertTrue(mirror.gap(), "the publisher started again");
    }

    @Test
    void theCounterGoesRoundAt32Bits() {
        byte[] raw = chain.transaction();
        raw(0xffffffffL, raw);
        list(1);
        raw(0, raw);
        assertFalse(mirror.gap());
    }

    @Test
    void aTransactionIsToldWhenItsIdFollows() {
        byte[] raw = chain.transaction();
        raw(0, raw);
        assertEquals(List.of(), told);
        event(0, raw, 'A', 1);
        event(1, raw, 'A', 2);
        assertEquals(List.of("+" + FakeChain.id(raw)), told);
        event(2, raw, 'R', 3);
        event(3, raw, 'R', 4);
        assertEquals(List.of("+" + FakeChain.id(raw), "-" + FakeChain.id(raw)), told);
        assertEquals(0, mirror.size());
    }

    @Test
    void whatAListingHadIsNotToldAgainAndWhatItNoLongerHadIsToldOnce() {
        byte[] listed = chain.transaction();
        byte[] replaced = chain.transaction();
        byte[] later = chain.transaction();
        list(10, listed);
        raw(0, listed);
        event(0, listed, 'A', 8);
        raw(1, replaced);
        event(1, replaced, 'A', 7);
        event(2, replaced, 'R', 9);
        raw(2, later);
        event(3, later, 'A', 10);
        assertEquals(List.of("+" + FakeChain.id(replaced), "+" + FakeChain.id(later)), told);
        assertEquals(2, mirror.size());
    }

    @Test
    void anIdWithoutItsTransactionIsWanted() {
        byte[] raw = chain.transaction();
        event(0, raw, 'A', 1);
        assertEquals(List.of(FakeChain.id(raw)), mirror.takeWanted());
        assertEquals(List.of(), mirror.takeWanted());
    }

    @Test
    void aBlockDropsWhatWaitedForAnId() {
        byte[] raw = chain.transaction();
        raw(0, raw);
        byte[] body = new byte[33];
        body[32] = 'C';
        mirror.apply(new Notification(Notification.SEQUENCE, body, 0), true, sink);
        assertTrue(mirror.takeBlocks());
        assertFalse(mirror.takeBlocks());
        assertEquals(null, mirror.held(FakeChain.id(raw)));
    }

    @Test
    void aListingNamesWhatIsGoneAndABlockDoesNot() {
        byte[] stays = chain.transaction();
        byte[] goes = chain.transaction();
        byte[] mined = chain.transaction();
        list(1, stays, goes, mined);
        mirror.confirmed(FakeChain.id(mined));
        list(2, stays);
        assertEquals(List.of("-" + FakeChain.id(goes)), told);
    }

    @Test
    void whatWaitsIsBounded() {
        byte[] first = chain.transaction();
        raw(0, first);
        for (int i = 1; i <= 20_000; i++) {
            raw(i, chain.transaction());
        }
        assertEquals(null, mirror.held(FakeChain.id(first)));
    }

    @Test
    void nonsenseAsksForAListing() {
        byte[] raw = chain.transaction();
        raw(0, raw);
        list(1);
        raw(1, new byte[] {1});
        assertTrue(mirror.gap());
        list(1);
        mirror.apply(new Notification(Notification.SEQUENCE, new byte[7], 0), true, sink);
        assertTrue(mirror.gap());
        assertEquals(List.of(), told);
    }
}
