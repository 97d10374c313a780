package org.partyline.api.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KdfMemoryTest {
    private static final long MIB = 1 << 20;
    /** 64 MiB, and 4 MiB for the objects that hold them. */
    private static final KdfParameters USUAL = KdfParameters.ARGON2ID_DEFAULT;

    private static final long NEED = 68 * MIB;
    /** The reserve for everything else, with a heap of 512 MiB. */
    private static final long RESERVE = 32 * MIB;

    /** A heap that the test sets. */
    private static final class SetHeap implements KdfMemory.Heap {
        private final long most;
        private volatile long used;
        private volatile long garbage;
        private final AtomicInteger collections = new AtomicInteger();

        SetHeap(long most, long used) {
            this.most = most;
            this.used = used;
        }

        @Override
        public long most() {
            return most;
        }

        @Override
        public long used() {
            return used + garbage;
        }

        @Override
        public void collect() {
            collections.incrementAndGet();
            garbage = 0;
        }
    }

    @Test
    void whatCountsIsWhatTheHeapHasLeft() {
        SetHeap heap = new SetHeap(512 * MIB, 512 * MIB - RESERVE - NEED);
        KdfMemory memory = new KdfMemory(heap);
        assertEquals("key", memory.run(USUAL, () -> "key"));
        memory.require(USUAL);
        heap.used++;
        KdfMemoryException refusal = assertThrows(KdfMemoryException.class, () -> memory.run(USUAL, () -> "key"));
        assertEquals(
                "key derivation ARGON2ID: its memory cost is 65536 KiB, but this server can use only 69631 "
                        + "KiB of its heap of 524288 KiB; choose a lower memory cost, or start the server with a larger "
                        + "PARTYLINE_HEAP",
                refusal.getMessage());
        assertThrows(KdfMemoryException.class, () -> memory.require(USUAL));
    }

    @Test
    void theReserveIsASixteenthOfTheHeapWithin16And64MiB() {
        for (long[] heap : new long[][] {{128, 16}, {512, 32}, {4096, 64}}) {
            KdfMemory enough = new KdfMemory(new SetHeap(heap[0] * MIB, heap[0] * MIB - heap[1] * MIB - NEED));
            enough.require(USUAL);
            KdfMemory less = new KdfMemory(new SetHeap(heap[0] * MIB, heap[0] * MIB - heap[1] * MIB - NEED + 1));
            assertThrows(KdfMemoryException.class, () -> less.require(USUAL));
        }
    }

    @Test
    void whatNobodyUsesAnyMoreIsCollectedBeforeARefusal() {
        SetHeap heap = new SetHeap(512 * MIB, 100 * MIB);
        heap.garbage = 380 * MIB;
        KdfMemory memory = new KdfMemory(heap);
        assertEquals("key", memory.run(USUAL, () -> "key"));
        assertEquals(1, heap.collections.get());
        memory.require(USUAL);
        assertEquals(1, heap.collections.get());
    }

    @Test
    void whatCouldNeverFitIsRefusedWithoutACollection() {
        SetHeap heap = new SetHeap(512 * MIB, 100 * MIB);
        KdfMemory memory = new KdfMemory(heap);
        KdfParameters huge = new KdfParameters(KdfId.ARGON2ID, 1, 1_048_576, 4);
        assertThrows(KdfMemoryException.class, () -> memory.run(huge, () -> "key"));
        assertThrows(KdfMemoryException.class, () -> memory.require(huge));
        assertEquals(0, heap.collections.get());
    }

    @Test
    void aDerivationThatTakesNoMemoryAlwaysRuns() {
        KdfMemory memory = new KdfMemory(new SetHeap(16 * MIB, 16 * MIB));
        assertEquals("key", memory.run(KdfParameters.PBKDF2_DEFAULT, () -> "key"));
    }

    /** Only the derivation knows how much memory it fills. */
    @Test
    void aDerivationOutsideOfTheTableTakesWhatItSays() {
        SetHeap heap = new SetHeap(512 * MIB, 512 * MIB - RESERVE - NEED);
        KdfMemory memory = new KdfMemory(heap);
        KdfId other = new KdfId(200, "SLOW_HASH");
        memory.require(other, 64 * MIB);
        assertEquals("key", memory.run(other, 64 * MIB, () -> "key"));
        assertEquals("key", memory.run(other, 0, () -> "key"));
        heap.used++;
        KdfMemoryException refusal =
                assertThrows(KdfMemoryException.class, () -> memory.run(other, 64 * MIB, () -> "key"));
        assertTrue(refusal.getMessage().startsWith("key derivation SLOW_HASH: its memory cost is 65536 KiB, but"));
        assertThrows(KdfMemoryException.class, () -> memory.require(other, 64 * MIB));
        assertThrows(IllegalArgumentException.class, () -> memory.require(other, -1));
    }

    @Test
    void memoryThatRunsOutAllTheSameIsARefusalAndTheThreadGoesOn() {
        KdfMemory memory = new KdfMemory(new SetHeap(512 * MIB, 100 * MIB));
        KdfMemoryException refusal = assertThrows(
                KdfMemoryException.class,
                () -> memory.run(USUAL, () -> {
                    throw new OutOfMemoryError("Java heap space");
                }));
        assertTrue(refusal.getMessage().contains("its memory cost is 65536 KiB"), refusal.getMessage());
        assertTrue(refusal.getMessage().endsWith("PARTYLINE_HEAP"), refusal.getMessage());
        assertEquals("key", memory.run(USUAL, () -> "key"));
    }

    @Test
    void aFailedDerivationGivesItsMemoryBack() {
        KdfMemory memory = new KdfMemory(new SetHeap(512 * MIB, 512 * MIB - RESERVE - NEED));
        for (int i = 0; i < 2; i++) {
            assertThrows(
                    IllegalStateException.class,
                    () -> memory.run(USUAL, () -> {
                        throw new IllegalStateException("a bug");
                    }));
        }
        assertEquals("key", memory.run(USUAL, () -> "key"));
    }

    @Test
    void derivationsSideBySideAreCountedTogetherBeforeTheyHaveFilledTheirMemory() throws Exception {
        // Room for two; neither has filled any memory yet when the third asks.
        SetHeap heap = new SetHeap(512 * MIB, 512 * MIB - RESERVE - 2 * NEED);
        KdfMemory memory = new KdfMemory(heap);
        CountDownLatch running = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        List<String> ended = new CopyOnWriteArrayList<>();
        Runnable first = () -> memory.run(USUAL, () -> {
            running.countDown();
            awaitUnchecked(go);
            return ended.add("first");
        });
        Thread[] two = {new Thread(first), new Thread(first)};
        for (Thread thread : two) {
            thread.start();
        }
        running.await();
        Thread third = new Thread(
                () -> memory.run(USUAL, () -> ended.add(Thread.interrupted() ? "third, interrupted" : "third")));
        third.start();
        awaitWaiting(third);
        assertTrue(ended.isEmpty());
        // An interrupt makes no room, and is not lost.
        third.interrupt();
        // It would fit alone, even once the running ones have filled theirs: this check comes before the passphrase.
        heap.used = 512 * MIB - RESERVE;
        memory.require(USUAL);
        heap.used = 512 * MIB - RESERVE - 2 * NEED;
        go.countDown();
        for (Thread thread : two) {
            thread.join();
        }
        third.join();
        assertTrue(ended.contains("third, interrupted"), ended.toString());
    }

    @Test
    void whoComesLaterDoesNotOvertake() throws Exception {
        SetHeap heap = new SetHeap(512 * MIB, 512 * MIB - RESERVE - 2 * NEED);
        KdfMemory memory = new KdfMemory(heap);
        KdfParameters large = new KdfParameters(KdfId.ARGON2ID, 1, 2 * 65536, 4);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        List<String> order = new CopyOnWriteArrayList<>();
        Thread first = new Thread(() -> memory.run(USUAL, () -> {
            running.countDown();
            awaitUnchecked(go);
            return order.add("first");
        }));
        first.start();
        running.await();
        Thread second = new Thread(() -> memory.run(large, () -> order.add("large")));
        second.start();
        awaitWaiting(second);
        Thread third = new Thread(() -> memory.run(USUAL, () -> order.add("small")));
        third.start();
        awaitWaiting(third);
        go.countDown();
        first.join();
        second.join();
        third.join();
        assertEquals(List.of("first", "large", "small"), order);
    }

    @Test
    void oneThatFitsBesideNobodyIsRefusedOnceItIsAlone() throws Exception {
        SetHeap heap = new SetHeap(512 * MIB, 512 * MIB - RESERVE - NEED);
        KdfMemory memory = new KdfMemory(heap);
        KdfParameters large = new KdfParameters(KdfId.ARGON2ID, 1, 2 * 65536, 4);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Thread first = new Thread(() -> memory.run(USUAL, () -> {
            running.countDown();
            awaitUnchecked(go);
            return "key";
        }));
        first.start();
        running.await();
        assertThrows(KdfMemoryException.class, () -> memory.require(large));
        List<Object> outcome = new CopyOnWriteArrayList<>();
        Thread second = new Thread(() -> {
            try {
                outcome.add(memory.run(large, () -> "key"));
            } catch (KdfMemoryException e) {
                outcome.add("refused");
            }
        });
        second.start();
        awaitWaiting(second);
        go.countDown();
        first.join();
        second.join();
        assertEquals(List.of("refused"), outcome);
        assertEquals("key", memory.run(USUAL, () -> "key"));
    }

    @Test
    void memoryThatOthersTookSinceCountsToo() throws Exception {
        SetHeap heap = new SetHeap(512 * MIB, 512 * MIB - RESERVE - 2 * NEED);
        KdfMemory memory = new KdfMemory(heap);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        List<String> order = new CopyOnWriteArrayList<>();
        Thread first = new Thread(() -> memory.run(USUAL, () -> {
            running.countDown();
            awaitUnchecked(go);
            return order.add("first");
        }));
        first.start();
        running.await();
        heap.used = 512 * MIB - RESERVE - NEED + 1;
        Thread second = new Thread(() -> memory.run(USUAL, () -> order.add("second")));
        second.start();
        awaitWaiting(second);
        assertFalse(order.contains("second"));
        heap.used = 512 * MIB - RESERVE - 2 * NEED;
        go.countDown();
        first.join();
        second.join();
        assertEquals(List.of("first", "second"), order);
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            assertTrue(thread.isAlive(), "it does not wait");
            Thread.onSpinWait();
        }
    }

    @Test
    void whatEndedDerivationsTookIsGivenBackOnce() {
        SetHeap heap = new SetHeap(512 * MIB, 100 * MIB);
        KdfMemory memory = new KdfMemory(heap);
        memory.settle();
        assertEquals(0, heap.collections.get(), "none ran");
        memory.run(USUAL, () -> {
            memory.settle();
            assertEquals(0, heap.collections.get(), "one is running");
            return "key";
        });
        memory.settle();
        memory.settle();
        assertEquals(1, heap.collections.get());
    }
}
