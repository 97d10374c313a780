package org.partyline.transportbitcoinj;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.TxId;
import org.partyline.transportbitcoinj.BlockFetcher.Request;

/** Of which peer a block is asked. */
class BlockFetcherTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Set<Integer> BOTH = Set.of(0, 1);
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    private final BlockFetcher blocks = new BlockFetcher(PATIENCE);

    private static TxId block(int number) {
        byte[] hash = new byte[TxId.LENGTH];
        hash[0] = (byte) number;
        return TxId.ofBytes(hash);
    }

    private List<Integer> asked(Set<Integer> peers, Instant now) {
        return blocks.next(peers, now).stream().map(Request::slot).toList();
    }

    @BeforeEach
    void theFirstPeerIsLate() {
        blocks.want(new LinkedHashSet<>(
                IntStream.range(0, 6).mapToObj(BlockFetcherTest::block).toList()));
        assertEquals(List.of(0, 0, 0, 0), asked(Set.of(0), NOW));
        assertEquals(Set.of(0), blocks.expire(NOW.plus(PATIENCE)));
    }

    @Test
    void aPeerThatWasLateIsNotAskedWhileThereIsAnother() {
        assertEquals(List.of(1, 1, 1, 1), asked(BOTH, NOW.plus(PATIENCE)), "the rest waits for it");
    }

    @Test
    void aPeerThatWasLateIsAskedIfThereIsNoOther() {
        blocks.want(Set.of(block(9)));
        assertEquals(List.of(0), asked(Set.of(0), NOW.plus(PATIENCE)));
    }

    @Test
    void aPeerThatWasLateIsAskedForWhatTheOtherDoesNotHave() {
        blocks.want(Set.of(block(9)));
        assertEquals(List.of(1), asked(BOTH, NOW.plus(PATIENCE)));
        blocks.notFound(1, block(9));
        assertEquals(List.of(0), asked(BOTH, NOW.plus(PATIENCE)));
    }

    @Test
    void aPeerThatSendsAgainIsAskedLikeAnother() {
        blocks.late(0, false);
        assertEquals(6, asked(BOTH, NOW.plus(PATIENCE)).size());
    }
}
