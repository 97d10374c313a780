package org.partyline.sealing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.partyline.api.Faults;
import org.partyline.api.sealing.PacketSealer;
import org.partyline.api.sealing.Sealed;
import org.partyline.api.sealing.WrittenMessage;
import org.partyline.messaging.kernel.WaitsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Another bundle's sealer, and what keeps its faults to itself: each call has a thread of its own and so much time. One whose call does not
 * end is not asked until it does; one that is late time after time is asked nothing more.
 */
final class SealerHolder {
    /** So many calls in a row that take too long. */
    static final int MOST_LATE = 5;

    private static final Pattern ID = Pattern.compile("[a-z][a-z0-9-]{0,23}");
    private static final Logger LOG = LoggerFactory.getLogger(SealerHolder.class);

    final PacketSealer sealer;
    final String id;
    private final Duration patience;
    private final BiConsumer<String, String> audit;
    private final Runnable onFree;
    private final Faults faults;
    private final ThreadFactory threads;
    private int late;
    private volatile boolean resting;
    private volatile boolean stuck;

    /**
     * Reads what the sealer says of itself.
     *
     * @param patience how long a call may take
     * @param audit is told an event and its detail when one is late
     * @param onFree is run when a call ends that was given up: the sealer can be asked again
     * @throws RuntimeException when it has no proper id; whatever else the sealer throws
     */
    SealerHolder(PacketSealer sealer, Duration patience, BiConsumer<String, String> audit, Runnable onFree) {
        this(sealer, patience, audit, onFree, Thread::new);
    }

    /** The same. @param threads makes the thread of each call */
    SealerHolder(
            PacketSealer sealer,
            Duration patience,
            BiConsumer<String, String> audit,
            Runnable onFree,
            ThreadFactory threads) {
        this.threads = threads;
        this.sealer = sealer;
        this.patience = patience;
        this.audit = audit;
        this.onFree = onFree;
        this.id = sealer.id();
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "a sealer's id has 1 to 24 lower-case letters, digits and hyphens, beginning with a letter");
        }
        this.faults = new Faults("sealer '" + id + "'", LOG::warn);
    }

    /** Whether it can be asked now. */
    boolean isAble() {
        return !resting && !stuck;
    }

    /** A call, which ends once: in time, or later. */
    private final class Call implements Callable<Sealed> {
        private final WrittenMessage message;
        private boolean ended;
        private boolean givenUp;

        Call(WrittenMessage message) {
            this.message = message;
        }

        @Override
        public Sealed call() {
            try {
                return sealer.seal(message);
            } finally {
                over();
            }
        }

        /** It is over, also where it was given up before its thread had begun with it: then nobody else says so. */
        private void over() {
            if (end()) {
                stuck = false;
                onFree.run();
            }
        }

        /** Whether it comes too late; said once. */
        private synchronized boolean end() {
            boolean first = !ended;
            ended = true;
            return first && givenUp;
        }

        /** Gives it up if it has not ended. */
        private synchronized boolean giveUp() {
            if (!ended) {
                givenUp = true;
                stuck = true;
            }
            return givenUp;
        }
    }

    /**
     * Asks it. Called by one thread, without the kernel's lock.
     *
     * @return the caller's to close
     * @throws WaitsException when there is no answer
     */
    Sealed ask(WrittenMessage message) throws WaitsException {
        if (!isAble()) {
            throw new WaitsException(whyNot());
        }
        Call call = new Call(message);
        FutureTask<Sealed> task = new FutureTask<>(call);
        Thread thread = threads.newThread(() -> {
            task.run();
            call.over();
        });
        thread.setName("partyline-sealer-" + id);
        thread.setDaemon(true);
        try {
            thread.start();
            Sealed sealed = answer(call, task);
            late = 0;
            if (sealed == null) {
                throw failed(new IllegalStateException("an answer that is null"));
            }
            return sealed;
        } catch (ExecutionException e) {
            late = 0;
            throw failed(e.getCause());
        } catch (OutOfMemoryError e) {
            throw failed(e);
        } catch (InterruptedException e) {
            call.giveUp();
            task.cancel(true);
            Thread.currentThread().interrupt();
            throw new WaitsException(whyNot());
        }
    }

    private Sealed answer(Call call, FutureTask<Sealed> task)
            throws InterruptedException, ExecutionException, WaitsException {
        try {
            return task.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            if (!call.giveUp()) {
                return task.get();
            }
            task.cancel(true);
            tooLate();
            throw new WaitsException(whyNot());
        }
    }

    /** What a message waits for that it cannot be asked for. */
    String whyNot() {
        return "it waits for the sealer '" + id + "', "
                + (resting
                        ? "which was late " + MOST_LATE + " times in a row: its bundle has to be started anew"
                        : "which does not answer");
    }

    /** It did not do as it should: whatever that is, it is another's, and stays here. */
    WaitsException failed(Throwable fault) {
        faults.met(fault);
        return new WaitsException("it waits for the sealer '" + id + "', which failed (" + Faults.kind(fault)
                + "): it is asked again, see the log");
    }

    /** What it answered cannot be sent. @param why one line */
    WaitsException refused(String why) {
        LOG.warn("sealer '{}': its answer is refused: {}", id, why);
        return new WaitsException("it waits for the sealer '" + id + "', whose answer was refused: " + why);
    }

    private void tooLate() {
        if (++late < MOST_LATE) {
            audit.accept(
                    "sealer-late",
                    "sealer '" + id + "' took longer than " + patience.toMillis() + " ms over a message");
            return;
        }
        resting = true;
        audit.accept(
                "sealer-stopped",
                "sealer '" + id + "' was late " + MOST_LATE
                        + " times in a row: it is asked nothing more until its bundle is started anew");
    }
}
