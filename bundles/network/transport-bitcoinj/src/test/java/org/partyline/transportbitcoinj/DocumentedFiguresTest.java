package org.partyline.transportbitcoinj;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.partyline.api.TxId;
import org.partyline.bitcointx.MalformedException;
import org.partyline.bitcointx.RawBlock;

/** Each figure in docs/peers.md is what the program does. */
class DocumentedFiguresTest {
    private static final String DOCUMENT = read();

    private static String read() {
        try {
            return Files.readString(Path.of("../../../docs/peers.md")).replaceAll("\\s+", " ");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void says(String words) {
        assertTrue(DOCUMENT.contains(words), () -> "docs/peers.md does not say: " + words);
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static P2pSettings settings(String... pairs) {
        Map<String, String> values = new HashMap<>(Map.of("name", "home", "peers", "127.0.0.1:8333"));
        for (int i = 0; i < pairs.length; i += 2) {
            values.put(pairs[i], pairs[i + 1]);
        }
        return P2pSettings.of(values);
    }

    private static String peers(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "127.0.0.1:" + (1000 + i))
                .collect(Collectors.joining(","));
    }

    @Test
    void aNodeHasAtMost32Peers() {
        assertEquals(32, settings("peers", peers(32)).peers().size());
        assertThrows(IllegalArgumentException.class, () -> settings("peers", peers(33)));
    }

    @Test
    void aPrunedPeerIsAskedForItsLastBlocksOnly() {
        says("serves " + P2pNode.LIMITED_BLOCKS + " of them");
    }

    @Test
    void idsThatCameTakeAsMuchAsIsSaid() {
        says("ids of received transactions | " + number(P2pNode.REMEMBERED) + " (16 MiB) |");
        assertEquals(500_000, P2pNode.REMEMBERED);
        // A part of them, so that the test is quick: memory is allocated in powers of two.
        int part = 64;
        RecentIds ids = new RecentIds(P2pNode.REMEMBERED / part, 0x9E3779B97F4A7C15L, 0xC2B2AE3D27D4EB4FL);
        long most = 0;
        for (TxId id : TransactionRequestsTest.ids(0, 3 * P2pNode.REMEMBERED / part)) {
            ids.add(id);
            most = Math.max(most, ids.bytes());
        }
        assertEquals(16 << 20, part * most);
    }

    @Test
    void idsThatWereAnnouncedAreBounded() {
        says("ids announced but not received | " + number(TransactionRequests.FROM_ALL) + " in all, "
                + number(TransactionRequests.FROM_ONE) + " of one peer; and " + number(TransactionRequests.LATE)
                + " that may still arrive late |");
        says("leaves " + number(TransactionRequests.MOST_UNANSWERED) + " requests in a row unanswered");
        TransactionRequests requests = new TransactionRequests(new RecentIds(10, 3, 5), Duration.ofSeconds(20));
        for (int slot = 0; slot < 3; slot++) {
            requests.connected(slot);
            requests.announced(slot, TransactionRequestsTest.ids(slot * 1_000_000, TransactionRequests.FROM_ONE + 1));
            assertEquals(Math.min(slot + 1, 2) * 100_000, requests.size());
        }
    }

    @Test
    void headersTakeAsMuchAsIsSaid() {
        says("headers since the last checkpoint | 96 bytes each |");
        HeaderChain headers = new HeaderChain(TestChain.REGTEST, TestChain.REGTEST.genesis());
        headers.accept(new TestChain(0).grow(1030).headers(), Instant.ofEpochSecond(0xffff_0000L));
        assertTrue(headers.size() > 1030);
        assertTrue(headers.bytes() <= 96L * headers.size(), headers.bytes() + " bytes for " + headers.size());
    }

    @Test
    void blocksThatCameAreBounded() throws MalformedException {
        says("received blocks | " + (BlockFetcher.MOST_BYTES / 1_000_000) + " MB, and " + BlockFetcher.AT_ONE_PEER
                + " more in transit per peer |");
        BlockFetcher fetcher = new BlockFetcher(Duration.ofSeconds(60));
        TestChain chain = new TestChain(0);
        Set<TxId> wanted = new HashSet<>();
        List<RawBlock> blocks = new ArrayList<>();
        for (long size = 0; size <= BlockFetcher.MOST_BYTES; size += 3_900_000) {
            blocks.add(RawBlock.of(chain.grow(1, TestChain.large(3_900_000)).block(chain.height())));
        }
        blocks.forEach(block -> wanted.add(block.header().hash()));
        fetcher.want(wanted);
        assertEquals(
                BlockFetcher.AT_ONE_PEER, fetcher.next(Set.of(0), Instant.EPOCH).size());
        blocks.forEach(fetcher::received);
        wanted.addAll(TransactionRequestsTest.ids(0, 1));
        fetcher.want(wanted);
        assertEquals(List.of(), fetcher.next(Set.of(1), Instant.EPOCH), "there is no room for more");
    }

    @Test
    void messagesOfAPeerAreBounded() {
        says("messages of each peer | " + (PeerLink.IN_HAND / 1_000_000) + " MB received, "
                + (PeerLink.TO_WRITE / 1_000_000) + " MB not yet sent |");
    }

    @Test
    void aPeerThatBreaksARuleIsLeftAlone() {
        says("is ignored for ten minutes");
        assertEquals(Duration.ofMinutes(10), Peers.BANNED);
    }
}
