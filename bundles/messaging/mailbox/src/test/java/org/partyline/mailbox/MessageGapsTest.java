package org.partyline.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.messaging.chains.ReceiveChains;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainRecordBuilder;
import org.partyline.messaging.mailbox.ConversationEraser;
import org.partyline.messaging.mailbox.GapRecord;
import org.partyline.messaging.mailbox.Inbox.Skipped;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.StoredGap;
import org.partyline.messaging.mailbox.Views;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.store.Keys;
import org.partyline.testkit.Eventually;

/** Missing messages are counted and shown in their place, and the notice disappears when they arrive. */
class MessageGapsTest {
    private static final int CHAIN = 1;

    private final InboxBench bench = new InboxBench();
    private String nickname = "mallory";

    MessageGapsTest() throws Exception {}

    @AfterEach
    void close() {
        bench.close();
    }

    private ReceiveChainRecord chain() {
        return ReceiveChainRecordBuilder.builder()
                .number(CHAIN)
                .membership(bench.lobby.id())
                .kind(ChainKind.CHANNEL)
                .session(ByteBuffer.allocate(Long.BYTES).putLong(CHAIN).array())
                .nickname(nickname)
                .opened(bench.clock.instant().getEpochSecond())
                .build();
    }

    private void gaps(Set<Integer> missing, Set<Integer> arrived, Set<Integer> expected) throws Exception {
        bench.stage.guard.open(() -> {
            try (AfterCommit after = new AfterCommit()) {
                bench.stage.guard.transact(tx -> {
                    bench.inbox.gaps(tx, after, chain(), new Skipped(missing, arrived, expected));
                    return null;
                });
                after.commit();
            }
            return null;
        });
    }

    private List<MessageRecord> notices() throws Exception {
        return bench.kept().stream()
                .filter(message -> message.gap() != null)
                .sorted(Comparator.comparingInt(MessageRecord::sequence))
                .toList();
    }

    private List<StoredGap> shown() throws Exception {
        return notices().stream().map(MessageRecord::gap).toList();
    }

    private String text() throws Exception {
        MessageRecord notice = notices().get(0);
        return bench.stage.guard.open(() -> new Views(bench.stage.people)
                .message(notice, Optional.empty(), false)
                .text()
                .orElseThrow());
    }

    private static Set<Integer> range(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().collect(Collectors.toSet());
    }

    @Test
    void piecesOfOneMessageAreOneMessage() throws Exception {
        bench.say(CHAIN, 4, bench.piece(7, 1, 4, "the second"));
        bench.say(CHAIN, 7, bench.text("after"));
        // Positions 3 to 6 belong to one message; 1 and 2 may be one each.
        gaps(Set.of(1, 2, 3, 5, 6), Set.of(), Set.of());
        assertEquals(List.of(new StoredGap(3, 1, 3, false)), shown(), "what is missing of it later is counted already");
        gaps(Set.of(), Set.of(3), Set.of());
        assertEquals(List.of(new StoredGap(2, 1, 2, false), new StoredGap(1, 5, 6, false)), shown());
        bench.say(CHAIN, 3, bench.piece(7, 0, 4, "the first"));
        bench.say(CHAIN, 5, bench.piece(7, 2, 4, "the third"));
        bench.say(CHAIN, 6, bench.piece(7, 3, 4, "the last"));
        gaps(Set.of(), Set.of(5, 6), Set.of());
        assertEquals(List.of(new StoredGap(2, 1, 2, false)), shown());
    }

    @Test
    void aGapStandsBetweenTheMessagesAroundIt() throws Exception {
        bench.say(CHAIN, 0, bench.text("before"));
        bench.clock.pass(Duration.ofMinutes(5));
        long sent = bench.clock.instant().getEpochSecond();
        bench.say(CHAIN, 4, bench.text("after"));
        bench.say(2, 0, bench.text("somebody else's"));
        bench.clock.pass(Duration.ofHours(2));
        gaps(Set.of(1, 2, 3), Set.of(), Set.of());
        assertEquals(sent, notices().get(0).sent());
        assertEquals(1, notices().get(0).sequence());
        assertEquals("mallory", notices().get(0).sender());
    }

    @Test
    void whatCanStillArriveIsToldFromWhatIsLost() throws Exception {
        gaps(range(0, 9), Set.of(), range(3, 9));
        assertEquals(List.of(new StoredGap(10, 0, 9, true)), shown());
        assertTrue(text().startsWith("Up to 10 messages are missing here. They can still arrive."), text());
        gaps(range(3, 9), Set.of(), Set.of());
        assertEquals(List.of(new StoredGap(10, 0, 9, false)), shown());
        assertTrue(text().startsWith("Up to 10 messages are missing here (replaced or lost before"), text());
        gaps(Set.of(), range(1, 9), Set.of());
        assertTrue(text().startsWith("A message may be missing here (replaced or lost before"), text());
    }

    private long number(int sequence) throws Exception {
        return notices().stream()
                .filter(notice -> notice.sequence() == sequence)
                .findFirst()
                .orElseThrow()
                .id();
    }

    @Test
    void aNoticeStaysTheSameWhileItsGapGrowsAndShrinksAndAnotherIsAnother() throws Exception {
        gaps(Set.of(5), Set.of(), Set.of());
        long five = number(5);
        gaps(Set.of(2), Set.of(), Set.of());
        assertEquals(five, number(5));
        assertEquals(2, notices().size());
        gaps(Set.of(6), Set.of(), Set.of());
        assertEquals(five, number(5));
        gaps(Set.of(), Set.of(5), Set.of());
        assertEquals(five, number(6));
        gaps(Set.of(5), Set.of(), Set.of());
        assertEquals(five, number(5));
        gaps(Set.of(), Set.of(6), Set.of());
        assertEquals(five, number(5));
    }

    @Test
    void aNoticeThatSaysTheSameIsLeftAsItIs() throws Exception {
        gaps(Set.of(5), Set.of(), Set.of());
        long arrived = notices().get(0).arrived();
        bench.clock.pass(Duration.ofMinutes(1));
        gaps(Set.of(2), Set.of(), Set.of());
        assertEquals(arrived + 60_000, notices().get(0).arrived());
        assertEquals(arrived, notices().get(1).arrived());
    }

    @Test
    void onlyThePositionsOfAMessageAreItsPieces() throws Exception {
        bench.say(CHAIN, 4, bench.piece(7, 1, 2, "the second"));
        gaps(Set.of(3, 5), Set.of(), Set.of());
        assertEquals(List.of(new StoredGap(1, 3, 3, false), new StoredGap(1, 5, 5, false)), shown());
    }

    @Test
    void aNoticeGoesOnceItsPositionIsAPieceOfWhatIsMissingBefore() throws Exception {
        gaps(Set.of(5), Set.of(), Set.of());
        bench.say(CHAIN, 4, bench.piece(7, 1, 3, "the second"));
        gaps(Set.of(3), Set.of(), Set.of());
        assertEquals(List.of(new StoredGap(1, 3, 3, false)), shown());
    }

    @Test
    void whatIsMissingIsToldOfAndSoIsWhatBecomesOfIt() throws Exception {
        gaps(Set.of(5), Set.of(), Set.of());
        gaps(Set.of(6), Set.of(), Set.of());
        gaps(Set.of(), Set.of(5, 6), Set.of());
        List<String> told = List.of("arrived", "GAP", "ERASED");
        Eventually.that(
                "told",
                () -> bench.stage.events.stream()
                        .map(event -> event.message().isPresent()
                                ? "arrived"
                                : event.change().orElseThrow().kind().name())
                        .toList()
                        .equals(told));
    }

    @Test
    void whatMayArriveIsKeptForAsLongAsItMayAndThenForTheUsualTime() throws Exception {
        gaps(Set.of(2, 5), Set.of(), Set.of(5));
        assertEquals(
                ReceiveChains.PATIENCE.toMillis(),
                notices().get(1).expires() - notices().get(0).expires());
    }

    @Test
    void itsTimeIsThatOfItsNearestNeighbour() throws Exception {
        long[] sent = new long[9];
        for (int position : new int[] {7, 6, 8, 1, 0, 2}) {
            bench.clock.pass(Duration.ofSeconds(1));
            sent[position] = bench.clock.instant().getEpochSecond();
            bench.say(CHAIN, position, bench.text("at " + position));
        }
        bench.clock.pass(Duration.ofMinutes(1));
        long now = bench.clock.instant().getEpochSecond();
        gaps(Set.of(4), Set.of(), Set.of());
        assertEquals(sent[6], notices().get(0).sent());
        gaps(Set.of(9), Set.of(), Set.of());
        assertEquals(sent[8], notices().get(1).sent());
        assertTrue(now > sent[8]);
    }

    /** A notice has a time of its own, which is no message's. */
    @Test
    void anotherGapIsNoNeighbour() throws Exception {
        gaps(Set.of(5), Set.of(), Set.of());
        bench.clock.pass(Duration.ofMinutes(1));
        gaps(Set.of(2), Set.of(), Set.of());
        assertEquals(bench.clock.instant().getEpochSecond(), notices().get(0).sent());
    }

    @Test
    void gapsThatTouchAreOne() throws Exception {
        gaps(range(0, 22), Set.of(), range(23, 40));
        long first = notices().get(0).id();
        gaps(range(23, 40), Set.of(), range(23, 40));
        assertEquals(List.of(new StoredGap(41, 0, 40, true)), shown());
        assertEquals(first, notices().get(0).id());
    }

    /** Its sender chose the name, so none of our text follows it. */
    @Test
    void aNameThatReadsLikeOurWordsIsTheLastThingAndInQuotes() throws Exception {
        nickname = "bob' were read by all. 'x";
        gaps(Set.of(0, 1), Set.of(), Set.of());
        assertTrue(text().endsWith(" The sender's nickname is '" + nickname + "'"), text());
    }

    @Test
    void aGapThatItsReaderErasedStaysErased() throws Exception {
        gaps(Set.of(0, 1), Set.of(), Set.of(0, 1));
        long erased = notices().get(0).id();
        bench.stage.guard.transact(tx -> tx.delete(MessageRecord.TABLE, Keys.of(erased)));
        gaps(Set.of(0, 1), Set.of(), Set.of());
        gaps(Set.of(), Set.of(1), Set.of());
        assertEquals(List.of(), notices());
    }

    @Test
    void nothingIsLeftOfTheGapsOfAConversationThatIsErased() throws Exception {
        gaps(Set.of(0, 1), Set.of(), Set.of());
        bench.stage.guard.transact(tx -> {
            ConversationEraser.erase(tx, bench.lobby.id());
            return null;
        });
        assertEquals(0, bench.stage.store.count(GapRecord.TABLE));
        assertEquals(List.of(), notices());
    }

    /** Positions go missing and arrive in any order: the notices are exactly the runs of missing ones. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theNoticesAreTheRunsOfWhatIsMissing(long seed) throws Exception {
        Random random = new Random(seed);
        Set<Integer> missing = new TreeSet<>();
        Set<Integer> came = new TreeSet<>();
        for (int step = 0; step < 60; step++) {
            Set<Integer> more = new TreeSet<>();
            for (int i = random.nextInt(6); i > 0; i--) {
                int position = random.nextInt(50);
                if (!came.contains(position)) {
                    more.add(position);
                }
            }
            Set<Integer> arrived = missing.stream()
                    .filter(position -> !more.contains(position) && random.nextInt(8) == 0)
                    .collect(Collectors.toSet());
            gaps(more, arrived, Set.of());
            missing.addAll(more);
            missing.removeAll(arrived);
            came.addAll(arrived);

            Set<Integer> told = new TreeSet<>();
            int last = -2;
            for (StoredGap gap : shown()) {
                assertTrue(gap.first() > last + 1, "runs do not touch");
                assertEquals(gap.last() - gap.first() + 1, gap.most());
                told.addAll(range(gap.first(), gap.last()));
                last = gap.last();
            }
            assertEquals(missing, told);
        }
    }
}
