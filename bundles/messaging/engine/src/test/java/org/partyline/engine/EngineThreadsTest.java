package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class EngineThreadsTest {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private boolean takesIn = true;
    private boolean ended;
    private long now = Long.MAX_VALUE - 5;

    private final EngineThreads threads = new EngineThreads(
            Map.of("sender", (Runnable task) -> {
                if (ended) {
                    throw new RejectedExecutionException();
                }
                tasks.add(task);
            }),
            () -> takesIn,
            () -> now);

    @Test
    void aThreadThatComesRoundIsWellHoweverLateItIsWithinReason() {
        assertEquals(Optional.empty(), threads.failure());
        now += EngineThreads.PATIENCE.toNanos() - 1;
        assertEquals(Optional.empty(), threads.failure());
        tasks.remove().run();
        now += EngineThreads.PATIENCE.toNanos();
        assertEquals(Optional.empty(), threads.failure());
        assertEquals(1, tasks.size());
    }

    @Test
    void aThreadThatHangsIsNamed() {
        threads.failure();
        now += EngineThreads.PATIENCE.toNanos();
        assertEquals(Optional.of("the thread 'sender' has hung for 30 minutes"), threads.failure());
        tasks.remove().run();
        assertEquals(Optional.empty(), threads.failure());
    }

    @Test
    void aThreadThatHasEndedIsNamed() {
        ended = true;
        assertEquals(Optional.of("the thread 'sender' has ended"), threads.failure());
    }

    @Test
    void nobodyTakesPacketsIn() {
        takesIn = false;
        assertEquals(Optional.of("the thread that takes packets in has ended"), threads.failure());
    }
}
