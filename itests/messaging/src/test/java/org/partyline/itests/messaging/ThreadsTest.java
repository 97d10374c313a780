package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.partyline.delivery.Sender;
import org.partyline.messaging.state.InitialSync;
import org.partyline.receive.Inbound;
import org.partyline.receive.InboundQueue;

/** Threads and repeated tasks continue, whatever exception is thrown in them. */
class ThreadsTest {
    private static final long LIMIT_SECONDS = 60;

    @Test
    void theIntakeGoesOnWhateverALookThrows() throws InterruptedException {
        BlockingQueue<String> made = new LinkedBlockingQueue<>();
        // The field that it reads after each task is not set.
        InboundQueue inboundQueue =
                new InboundQueue(null, new Inbound(null, null, null, new InitialSync()), null, null, null, null, null);
        inboundQueue.start();
        try {
            for (String task : List.of("one", "two", "three")) {
                inboundQueue.submit(() -> made.add(task));
                assertEquals(task, made.poll(LIMIT_SECONDS, TimeUnit.SECONDS));
            }
        } finally {
            inboundQueue.stop();
        }
    }

    @Test
    void aRoundOfTheSenderLetsNothingOut() {
        List<Runnable> repeated = new ArrayList<>();
        ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1) {
            @Override
            public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long first, long pause, TimeUnit unit) {
                repeated.add(task);
                return null;
            }
        };
        try {
            Sender sender = new Sender(null, null, null, null, null, null, null, thread);
            sender.start();

            assertEquals(1, repeated.size());
            assertDoesNotThrow(repeated.get(0)::run);
        } finally {
            thread.shutdownNow();
        }
    }
}
