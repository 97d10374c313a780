package org.partyline.transportbitcoinj;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.TxId;

class TransactionRequestsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final RecentIds seen = new RecentIds(1000, 3, 5);
    private final TransactionRequests requests = new TransactionRequests(seen, PATIENCE);

    @BeforeEach
    void connect() {
        requests.connected(0);
        requests.connected(1);
    }

    static List<TxId> ids(int from, int count) {
        List<TxId> ids = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            byte[] id = new byte[32];
            id[0] = (byte) (i >> 24);
            id[1] = (byte) (i >> 16);
            id[2] = (byte) (i >> 8);
            id[3] = (byte) i;
            ids.add(TxId.ofBytes(id));
        }
        return ids;
    }

    private List<TxId> all(int slot, Instant now) {
        List<TxId> all = new ArrayList<>();
        for (List<TxId> batch = requests.next(slot, now); !batch.isEmpty(); batch = requests.next(slot, now)) {
            assertTrue(batch.size() <= TransactionRequests.BATCH);
            all.addAll(batch);
        }
        return all;
    }

    @Test
    void whatTwoAnnounceIsAskedOfOne() {
        requests.announced(0, ids(0, 300));
        requests.announced(1, ids(0, 300));

        assertEquals(ids(0, 300), all(0, START));
        assertEquals(List.of(), all(1, START));
    }

    @Test
    void whatDoesNotComeInTimeIsAskedOfTheOther() {
        requests.announced(0, ids(0, 3));
        requests.announced(1, ids(0, 3));
        all(0, START);
        assertTrue(requests.received(0, ids(1, 1).get(0)));

        requests.expire(START.plus(PATIENCE).minusMillis(1));
        assertEquals(List.of(), all(1, START));
        requests.expire(START.plus(PATIENCE));

        assertEquals(2, all(1, START.plus(PATIENCE)).size());
        assertEquals(List.of(), all(0, START.plus(PATIENCE)));
    }

    @Test
    void anAnswerThatIsLateCountsOnce() {
        TxId id = ids(0, 1).get(0);
        requests.announced(0, List.of(id));
        all(0, START);
        requests.expire(START.plus(PATIENCE));
        assertEquals(0, requests.size());

        assertTrue(requests.received(0, id));
        assertFalse(requests.received(0, id));
        assertFalse(requests.received(1, id), "it was not asked");
    }

    @Test
    void whatComesLateIsAskedOfNobodyAnyMore() {
        requests.announced(0, ids(0, 2));
        requests.announced(1, ids(0, 2));
        all(0, START);
        requests.expire(START.plus(PATIENCE));
        TxId asked = requests.next(1, START.plus(PATIENCE)).get(0);

        assertTrue(requests.received(0, asked));

        assertEquals(1, requests.size(), "it is waited for no more");
        assertFalse(requests.received(1, asked), "it is there");
        requests.expire(START.plus(PATIENCE.multipliedBy(2)));
        assertEquals(0, requests.size());
    }

    @Test
    void whatMayComeLateIsBounded() {
        requests.announced(0, ids(0, 2 * TransactionRequests.LATE));
        Instant now = START;
        List<TxId> asked = new ArrayList<>();
        while (requests.size() > 0) {
            asked.addAll(all(0, now));
            now = now.plus(PATIENCE);
            requests.expire(now);
        }

        assertFalse(requests.received(0, asked.get(0)));
        assertTrue(requests.received(0, asked.get(asked.size() - 1)));
        assertTrue(requests.received(0, asked.get(TransactionRequests.LATE)));
    }

    @Test
    void whatTheFirstDoesNotHaveIsAskedOfTheOtherAtOnce() {
        requests.announced(0, ids(0, 1));
        requests.announced(1, ids(0, 1));
        all(0, START);

        requests.notFound(0, ids(0, 1).get(0));

        assertEquals(ids(0, 1), all(1, START));
    }

    @Test
    void whatAPeerSaysItDoesNotHaveIsForgottenAndCountedAgainstIt() {
        for (int round = 0; round < 20; round++) {
            assertFalse(requests.useless(0));
            requests.announced(0, ids(round * 100, 100));
            for (TxId id : all(0, START)) {
                requests.notFound(0, id);
            }
            assertEquals(0, requests.size());
            assertEquals(0, requests.held(0), "nothing is left of it");
        }

        assertTrue(requests.useless(0));
        requests.announced(0, ids(100_000, 1));
        all(0, START);
        requests.received(0, ids(100_000, 1).get(0));
        assertFalse(requests.useless(0), "it has delivered");
    }

    @Test
    void whatAPeerSaysItDoesNotHaveAfterItsTimeIsNotWaitedForEither() {
        requests.announced(0, ids(0, 1));
        all(0, START);
        requests.expire(START.plus(PATIENCE));

        requests.notFound(0, ids(0, 1).get(0));

        assertEquals(0, requests.held(0));
        assertFalse(requests.received(0, ids(0, 1).get(0)));
    }

    @Test
    void aQueueHoldsEachTransactionOnce() {
        // The second is never asked, as if nobody were reading; the first keeps announcing transactions, and then
        // denying them.
        requests.announced(1, ids(0, 10));
        for (int round = 0; round < 50; round++) {
            requests.announced(0, ids(0, 10));
            for (TxId id : all(0, START)) {
                requests.notFound(0, id);
            }
        }

        assertEquals(10, requests.held(1));
        List<TxId> asked = all(1, START);
        assertEquals(10, asked.size());
        assertEquals(10, asked.stream().distinct().count());
    }

    @Test
    void whatCameAnotherWayLeavesTheQueues() {
        for (int round = 0; round < 50; round++) {
            requests.announced(0, ids(round * 10, 10));
            ids(round * 10, 10).forEach(requests::known);
        }

        assertEquals(0, requests.held(0));
    }

    @Test
    void whatAPeerMayBeAskedForIsBounded() {
        requests.announced(0, ids(0, 2 * TransactionRequests.FROM_ONE));
        assertEquals(TransactionRequests.FROM_ONE, requests.held(0));
        Instant now = START;
        for (int round = 0; round < 2; round++) {
            all(0, now);
            now = now.plus(PATIENCE);
            requests.expire(now);
            requests.announced(0, ids(1_000_000 * (round + 1), TransactionRequests.FROM_ONE));
            assertTrue(requests.held(0) <= TransactionRequests.FROM_ONE + TransactionRequests.LATE);
        }
    }

    @Test
    void whatNobodyHasAnyMoreIsForgottenAndMayBeAnnouncedAgain() {
        requests.announced(0, ids(0, 1));
        all(0, START);
        requests.notFound(0, ids(0, 1).get(0));
        assertEquals(0, requests.size());

        requests.announced(0, ids(0, 1));

        assertEquals(ids(0, 1), all(0, START));
    }

    @Test
    void whatCameIsNotAskedForAgain() {
        requests.announced(0, ids(0, 1));
        all(0, START);
        assertTrue(requests.received(0, ids(0, 1).get(0)));

        requests.announced(1, ids(0, 1));

        assertEquals(List.of(), all(1, START));
        assertFalse(requests.received(1, ids(0, 1).get(0)));
    }

    @Test
    void whatWasNotAskedOfAPeerDoesNotCountWhenItSendsIt() {
        requests.announced(0, ids(0, 1));
        all(0, START);

        assertFalse(requests.received(1, ids(0, 1).get(0)));
        assertFalse(requests.received(0, ids(5, 1).get(0)));
        assertTrue(requests.received(0, ids(0, 1).get(0)));
    }

    @Test
    void whatWasAskedOfOneThatLeavesIsAskedOfTheOther() {
        requests.announced(0, ids(0, 5));
        requests.announced(1, ids(0, 3));
        all(0, START);

        requests.disconnected(0);

        assertEquals(3, all(1, START).size());
        assertEquals(3, requests.size());
    }

    @Test
    void onlySoManyAreUnderWayAtOnePeer() {
        requests.announced(0, ids(0, 5000));

        assertEquals(TransactionRequests.UNDER_WAY, all(0, START).size());
        requests.received(0, ids(0, 1).get(0));
        assertEquals(1, all(0, START).size());
    }

    @Test
    void memoryIsBoundedForOnePeerAndForAll() {
        for (int slot = 2; slot < 6; slot++) {
            requests.connected(slot);
            requests.announced(slot, ids(slot * 1_000_000, TransactionRequests.FROM_ONE + 50_000));
        }

        assertEquals(TransactionRequests.FROM_ALL, requests.size());
        for (int slot = 2; slot < 6; slot++) {
            requests.disconnected(slot);
        }
        assertEquals(0, requests.size());
    }

    @Test
    void afterAnOverflowIsWorkedOffItIsSaidOnce() {
        requests.announced(0, ids(0, TransactionRequests.FROM_ONE + 1));
        assertFalse(requests.takeOverflow(0));
        Instant now = START;
        while (requests.size() > 0) {
            for (TxId id : all(0, now)) {
                requests.received(0, id);
            }
        }

        assertTrue(requests.takeOverflow(0));
        assertFalse(requests.takeOverflow(0));
    }

    @Test
    void aPeerThatAnnouncesAndNeverSendsIsUseless() {
        requests.announced(0, ids(0, 10_000));
        Instant now = START;
        for (int i = 0; i < 2; i++) {
            assertFalse(requests.useless(0));
            all(0, now);
            now = now.plus(PATIENCE);
            requests.expire(now);
        }

        assertTrue(requests.useless(0));
        assertFalse(requests.useless(1));
    }

    @Test
    void oneAnswerMakesAPeerUsefulAgain() {
        requests.announced(0, ids(0, 10_000));
        List<TxId> asked = all(0, START);
        requests.received(0, asked.get(0));
        requests.expire(START.plus(PATIENCE));
        List<TxId> second = all(0, START.plus(PATIENCE));
        requests.received(0, second.get(0));
        requests.expire(START.plus(PATIENCE.multipliedBy(2)));

        assertFalse(requests.useless(0));
    }

    @Test
    void remembersTheLastIdsAndForgetsOldOnes() {
        RecentIds few = new RecentIds(1000, 11, 13);
        for (TxId id : ids(0, 5000)) {
            assertTrue(few.add(id));
            assertFalse(few.add(id));
        }

        for (TxId id : ids(4000, 1000)) {
            assertTrue(few.contains(id));
        }
        assertFalse(few.contains(ids(0, 1).get(0)));
    }
}
