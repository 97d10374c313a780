package org.partyline.messaging.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class ThreadWatchdogTest {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private boolean ended;
    private long now = Long.MAX_VALUE - 5;

    private final ThreadWatchdog threads = new ThreadWatchdog(
            Map.of("sender", (Runnable task) -> {
                if (ended) {
                    throw new RejectedExecutionException();
                }
                tasks.add(task);
            }),
            () -> now);

    @Test
    void aThreadThatComesRoundIsWellHoweverLateItIsWithinReason() {
        assertEquals(Optional.empty(), threads.failure());
        now += ThreadWatchdog.PATIENCE.toNanos() - 1;
        assertEquals(Optional.empty(), threads.failure());
        tasks.remove().run();
        now += ThreadWatchdog.PATIENCE.toNanos();
        assertEquals(Optional.empty(), threads.failure());
        assertEquals(1, tasks.size());
    }

    @Test
    void aThreadThatHangsIsNamed() {
        threads.failure();
        now += ThreadWatchdog.PATIENCE.toNanos();
        assertEquals(Optional.of("the thread 'sender' has not responded for 30 minutes"), threads.failure());
        tasks.remove().run();
        assertEquals(Optional.empty(), threads.failure());
    }

    @Test
    void aThreadThatHasEndedIsNamed() {
        ended = true;
        assertEquals(Optional.of("the thread 'sender' has stopped"), threads.failure());
    }
}
