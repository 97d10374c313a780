package org.partyline.transportbitcoinj;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.TransactionListener;

class PeerFollowerTest {
    private static final long LIMIT_SECONDS = 60;

    /** Skips pauses, after the test has checked them. */
    private static final class Teller extends ScheduledThreadPoolExecutor {
        private final BlockingQueue<Runnable> paused = new LinkedBlockingQueue<>();

        Teller() {
            super(1);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
            if (delay > 0) {
                paused.add(work);
                return null;
            }
            return super.schedule(work, delay, unit);
        }
    }

    @Test
    void aListenerThatThrowsAnErrorIsToldAgain() throws InterruptedException {
        BlockingQueue<Integer> told = new LinkedBlockingQueue<>();
        AtomicInteger errors = new AtomicInteger(2);
        TransactionListener listener = new TransactionListener() {
            @Override
            public void transaction(byte[] raw, Optional<BlockRef> block) {
                if (errors.getAndDecrement() > 0) {
                    throw new StackOverflowError("secret words");
                }
                told.add(raw.length);
            }

            @Override
            public void blockConnected(BlockRef block) {
                // Not checked here.
            }

            @Override
            public void blockDisconnected(BlockRef block) {
                // Not checked here.
            }
        };
        Teller teller = new Teller();
        PeerFollower follower = new PeerFollower("home", listener, Optional.empty(), teller, gone -> {}, () -> {});
        try {
            follower.transaction(new byte[7]);
            follower.transaction(new byte[8]);
            for (int i = 0; i < 2; i++) {
                Runnable again = teller.paused.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
                assertEquals("StackOverflowError", follower.fault());
                teller.execute(again);
            }

            assertEquals(7, told.poll(LIMIT_SECONDS, TimeUnit.SECONDS));
            assertEquals(8, told.poll(LIMIT_SECONDS, TimeUnit.SECONDS));
            assertEquals("", follower.fault());
        } finally {
            follower.close();
            teller.shutdownNow();
        }
    }
}
