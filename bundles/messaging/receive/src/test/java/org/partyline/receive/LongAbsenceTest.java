package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.mailbox.Inbox;

/** A server reads a message in a mempool, is unavailable for days, and then reads the block that contains it. */
class LongAbsenceTest {
    private final ReceiveBench bench = new ReceiveBench();
    private ChannelMembership lobby;
    private Speaker bob;

    @BeforeEach
    void join() throws Exception {
        lobby = bench.join("lobby");
        bob = new Speaker(bench.stage, lobby);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    /**
     * Data that expires is deleted before the first block is read; the days' roots are kept, since those days were not
     * read.
     */
    private void comeBackAfter(Duration absence) throws Exception {
        bench.stop();
        byte[] other = bob.sealed(bob.text("meanwhile"));
        bench.network.takes(bench.network.transaction(List.of(other)));
        bench.clock.pass(Duration.ofMinutes(10));
        bench.network.mine();
        bench.clock.pass(absence);
        bench.stage.guard.transact(tx -> tx.deleteExpired(bench.clock.instant()));
        assertEquals(List.of(), bench.texts());
        bench.stage.forget();
        bench.open();
        bench.start();
        bench.network.mine();
        bench.settle();
        assertEquals(List.of("meanwhile"), bench.texts(), "the block was read, and nothing of it again");
    }

    @Test
    void aSealedMessageIsNotShownTwice() throws Exception {
        bench.hear(bob.sealed(bob.text("once")));
        bench.assertTold("once");
        comeBackAfter(Duration.ofDays(6));
        bench.assertTold("once", "meanwhile");
    }

    /** The first message of its chain is read days later. */
    @Test
    void aMessageThatArrivedBeforeTheFirstOfItsChainIsReadAfterAnAbsence() throws Exception {
        byte[] seed = bob.newSeed();
        bench.hear(bob.onChain(seed, 0, bob.text("early")));
        assertEquals(1, bench.unmatched());
        bench.stop();
        byte[] opener = bench.network.transaction(List.of(bob.opener(seed, "bob", "first")));
        bench.clock.pass(Duration.ofMinutes(10));
        bench.network.mine(TransactionScanner.id(opener), opener);
        bench.clock.pass(Duration.ofDays(3));
        bench.stage.guard.transact(tx -> tx.deleteExpired(bench.clock.instant()));
        bench.stage.forget();
        bench.open();
        bench.start();
        bench.network.mine();
        bench.settle();
        assertEquals(List.of("first", "early"), bench.texts());
    }

    @Test
    void aSenderDoesNotReadItsOwnWords() throws Exception {
        byte[] mine = bob.sealed(bob.text("mine"));
        bench.made(lobby, mine, 1);
        bench.hear(mine);
        comeBackAfter(Duration.ofDays(6));
        bench.assertTold("meanwhile");
    }

    @Test
    void wordsOnAChainAreNotShownTwice() throws Exception {
        byte[] seed = bob.newSeed();
        bench.hear(bob.opener(seed, "bob", "one"), bob.onChain(seed, 0, bob.text("two")));
        bench.assertTold("one", "two");
        comeBackAfter(Duration.ofDays(6));
        bench.assertTold("one", "two", "meanwhile");
        assertEquals(List.of(), bench.stage.audited, "nobody opened a chain again");
    }

    /** Only so many keys are kept: those of the first positions are erased, and their messages are missing. */
    @Test
    void positionsThatNoLongerHaveAKeyAreMissing() throws Exception {
        byte[] seed = bob.newSeed();
        bench.hear(bob.opener(seed, "bob", "hello"));
        List<Integer> skipped = new ArrayList<>();
        int last = -1;
        while (bench.stage.inbox.gaps.isEmpty()) {
            int next = last + Chains.WINDOW;
            for (int position = last + 1; position < next; position++) {
                skipped.add(position);
            }
            bench.hear(bob.onChain(seed, next, bob.text("at " + next)));
            assertTrue(skipped.size() < 100 * Chains.WINDOW, "keys are kept without end");
            last = next;
        }
        Inbox.Skipped gap = bench.stage.inbox.gaps.get(0);
        List<Integer> first = skipped.subList(0, gap.missing().size());
        assertEquals(Set.copyOf(first), gap.missing());
        assertEquals(Set.copyOf(skipped.subList(first.size(), skipped.size())), gap.expected());
    }

    @Test
    void positionsThatWereSkippedAreReadLaterAndEachOnce() throws Exception {
        byte[] seed = bob.newSeed();
        bench.hear(bob.opener(seed, "bob", "hello"), bob.onChain(seed, 5, bob.text("five")));
        bench.clock.pass(Duration.ofHours(23));
        bench.hear(bob.onChain(seed, 2, bob.text("two")));
        assertEquals(List.of("hello", "five", "two"), bench.texts());
        bench.hear(bob.onChain(seed, 2, bob.text("another two")), bob.onChain(seed, 6, bob.text("six")));
        assertEquals(List.of("hello", "five", "two", "six"), bench.texts());
    }
}
