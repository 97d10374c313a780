package org.partyline.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RoundsTest {
    private static final long LIMIT_SECONDS = 60;

    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1);
    private final BlockingQueue<String> made = new LinkedBlockingQueue<>();
    private volatile Duration pause = Duration.ofDays(1);
    private final Rounds rounds = new Rounds(thread, () -> made.add("round"), () -> pause);

    @AfterEach
    void stop() {
        thread.shutdownNow();
    }

    private void assertRound() throws InterruptedException {
        assertEquals("round", made.poll(LIMIT_SECONDS, TimeUnit.SECONDS));
    }

    @Test
    void roundFollowsRound() throws InterruptedException {
        pause = Duration.ofMillis(1);
        rounds.start();
        assertRound();
        assertRound();
        assertRound();
    }

    @Test
    void aRoundThatThrowsIsFollowedByTheNextAndSoIsAPauseThatCannotBeTold() throws InterruptedException {
        AtomicInteger count = new AtomicInteger();
        Rounds failing = new Rounds(
                thread,
                () -> {
                    made.add("round");
                    throw new OutOfMemoryError();
                },
                () -> {
                    if (count.getAndIncrement() == 1) {
                        throw new StackOverflowError();
                    }
                    return Duration.ofMillis(1);
                });
        failing.start();
        assertRound();
        assertRound();
        assertRound();
    }

    @Test
    void aShorterPauseCountsAtOnceAndPlansOneRoundOnly() throws InterruptedException {
        thread.setRemoveOnCancelPolicy(true);
        rounds.start();
        pause = Duration.ofMillis(1);
        rounds.changed();
        assertRound();
        pause = Duration.ofDays(1);
        rounds.changed();
        // Any round in progress has scheduled the next one once its thread runs something else.
        thread.execute(() -> made.add("end"));
        String last = made.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        while ("round".equals(last)) {
            last = made.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        }
        assertEquals("end", last);
        assertEquals(1, thread.getQueue().size());
    }

    @Test
    void theSamePauseChangesNothing() {
        rounds.start();
        Object planned = thread.getQueue().peek();
        rounds.changed();
        assertEquals(planned, thread.getQueue().peek());
        assertEquals(1, thread.getQueue().size());
    }
}
