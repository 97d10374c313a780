package org.partyline.messaging.recognition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;

/** A peer may invent any number of transactions; those in a block were paid for. */
class UnmatchedTest {
    /** The size of packets of version 2, and another one. */
    private static final int PACKET = 80;

    private static final int OTHER = 81;

    private final Unmatched unmatched = new Unmatched();
    private int last;

    private PacketId add(int size, boolean mined) {
        Candidate candidate = candidate(size, mined);
        unmatched.add(candidate.id(), candidate);
        return candidate.id();
    }

    private Candidate candidate(int size, boolean mined) {
        TxId id = TxId.of("ab".repeat(TxId.LENGTH));
        return Candidate.of(
                Network.REGTEST,
                ByteBuffer.allocate(size).put((byte) 2).putInt(++last).array(),
                id,
                mined ? Optional.of(new BlockRef(1, id, Instant.EPOCH)) : Optional.empty(),
                Instant.EPOCH,
                "peers");
    }

    private static int most(int size) {
        return size == PACKET ? Unmatched.MOST : Unmatched.MOST_OTHERS;
    }

    private void flood(int size, boolean mined) {
        for (int i = 0; i < most(size); i++) {
            add(size, mined);
        }
        assertEquals(most(size), unmatched.size());
    }

    @ParameterizedTest
    @ValueSource(ints = {PACKET, OTHER})
    void inventedPacketsDisplaceNoneThatAreInABlock(int size) {
        PacketId mined = add(size, true);
        PacketId seen = add(size, false);
        PacketId later = add(size, false);
        unmatched.mined(later);
        flood(size, false);
        assertTrue(unmatched.contains(mined));
        assertTrue(unmatched.contains(later), "it was in a block in the end");
        assertFalse(unmatched.contains(seen));
        unmatched.remove(mined);
        assertFalse(unmatched.contains(mined));
        unmatched.clear();
        assertEquals(0, unmatched.size());
        assertTrue(unmatched.contains(add(size, false)));
    }

    @Test
    void packetsInBlocksLeaveRoomForThoseThatAreNotYet() {
        List<PacketId> seen = new ArrayList<>();
        for (int i = 0; i < Unmatched.MOST / 4; i++) {
            seen.add(add(PACKET, false));
        }
        PacketId first = add(PACKET, true);
        flood(PACKET, true);
        assertTrue(seen.stream().allMatch(unmatched::contains));
        assertFalse(unmatched.contains(first), "the oldest makes room");
    }
}
