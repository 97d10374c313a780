package org.partyline.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.store.Store;

/** The same data is served until the next measurement, one to two periods later. */
class PublisherTest {
    private static final Duration PERIOD = Duration.ofMinutes(5);

    /** Runs nothing by itself. */
    private static final class Hand extends ScheduledThreadPoolExecutor {
        final List<Long> delays = new ArrayList<>();
        Runnable next;

        Hand() {
            super(1);
        }

        @Override
        public void execute(Runnable task) {
            next = task;
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            delays.add(unit.toMillis(delay));
            next = task;
            return null;
        }
    }

    private final Hand hand = new Hand();
    private Optional<Store.State> store = Optional.of(Store.State.OPEN);

    @AfterEach
    void stop() {
        hand.shutdownNow();
    }

    private Publisher publisher(Supplier<Published> look, double random) {
        return new Publisher(look, () -> store, PERIOD, StepsTest.always(random), hand);
    }

    @Test
    void theSameIsToldUntilTheNextLook() {
        Publisher publisher = publisher(() -> new Published(new byte[0], Health.unknown()), 0.25);
        assertNull(publisher.get());
        publisher.start();
        hand.next.run();
        Published first = publisher.get();
        assertSame(first, publisher.get());
        assertEquals(List.of(PERIOD.toMillis() * 5 / 4), hand.delays);
        hand.next.run();
        assertNotSame(first, publisher.get());
    }

    @Test
    void noTwoLooksAreLessThanAPeriodApartAndNoneMoreThanTwo() {
        assertEquals(PERIOD, publisher(() -> null, 0).gap());
        assertEquals(
                PERIOD.multipliedBy(2),
                publisher(() -> null, Math.nextDown(1.0)).gap().plusMillis(1));
    }

    private static Published empty() {
        return new Published(new byte[0], Health.unknown());
    }

    @Test
    void nothingOfAStoreIsToldOnceItIsLocked() {
        Publisher publisher = publisher(PublisherTest::empty, 0);
        publisher.start();
        hand.next.run();
        Published open = publisher.get();
        publisher.forget();
        assertNull(publisher.get());
        hand.next.run();
        assertNotSame(open, publisher.get());
        assertEquals(1, hand.delays.size(), "the measurements at random times go on as before");
    }

    @Test
    void nothingOfALockedStoreIsToldOnceAPassphraseOpenedAnother() {
        store = Optional.of(Store.State.LOCKED);
        Publisher publisher = publisher(PublisherTest::empty, 0);
        publisher.start();
        hand.next.run();
        Published locked = publisher.get();
        store = Optional.of(Store.State.OPEN);
        assertNull(publisher.get());
        hand.next.run();
        assertNotSame(locked, publisher.get());
    }

    /** The look began before the lock, and another store is open when it ends. */
    @Test
    void aLookDuringWhichTheStoreWasLockedIsNotTold() {
        AtomicReference<Publisher> publisher = new AtomicReference<>();
        publisher.set(publisher(
                () -> {
                    publisher.get().forget();
                    return empty();
                },
                0));
        publisher.get().start();
        hand.next.run();
        assertNull(publisher.get().get());
    }

    @Test
    void aLookThatFailsEndsNothing() {
        Publisher publisher = publisher(
                () -> {
                    throw new IllegalStateException("broken");
                },
                0);
        publisher.start();
        hand.next.run();
        assertEquals(1, hand.delays.size());
    }
}
