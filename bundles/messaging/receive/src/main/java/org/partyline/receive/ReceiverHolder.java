package org.partyline.receive;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.partyline.api.Faults;
import org.partyline.api.receive.MetPacket;
import org.partyline.api.receive.PacketForm;
import org.partyline.api.receive.PacketReceiver;
import org.partyline.api.receive.Reading;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Another bundle's receiver, and what keeps its faults to itself: each call has a thread of its own and so much time. One whose call does
 * not end is not asked until it does; one that is late time after time is asked nothing more.
 */
final class ReceiverHolder {
    /** So many calls in a row that take too long. */
    static final int MOST_LATE = 5;

    private static final Pattern ID = Pattern.compile("[a-z][a-z0-9-]{0,23}");
    private static final Logger LOG = LoggerFactory.getLogger(ReceiverHolder.class);

    final PacketReceiver receiver;
    final String id;
    final int rank;
    final List<PacketForm> forms;
    private final Duration patience;
    private final BiConsumer<String, String> audit;
    private final Runnable onFree;
    private final Faults faults;
    private int late;
    private volatile boolean resting;
    private volatile boolean stuck;

    /**
     * Reads what the receiver says of itself.
     *
     * @param patience how long a call may take
     * @param audit is told an event and its detail when one is late
     * @param onFree is run when a call ends that was given up: the receiver can be asked again
     * @throws RuntimeException when it is out of its range; whatever else the receiver throws
     */
    ReceiverHolder(PacketReceiver receiver, Duration patience, BiConsumer<String, String> audit, Runnable onFree) {
        this.receiver = receiver;
        this.patience = patience;
        this.audit = audit;
        this.onFree = onFree;
        this.id = receiver.id();
        this.rank = receiver.rank();
        this.forms = List.copyOf(receiver.forms());
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "a receiver's id has 1 to 24 lower-case letters, digits and hyphens, beginning with a letter");
        }
        if (rank < 0 || rank > PacketReceiver.MAX_RANK) {
            throw new IllegalArgumentException("its rank is 0 to " + PacketReceiver.MAX_RANK + ", not " + rank);
        }
        if (forms.isEmpty() || forms.size() > PacketReceiver.MAX_FORMS) {
            throw new IllegalArgumentException(
                    "it has 1 to " + PacketReceiver.MAX_FORMS + " forms, not " + forms.size());
        }
        this.faults = new Faults("receiver '" + id + "'", LOG::warn);
    }

    boolean reads(byte[] payload) {
        return forms.stream().anyMatch(form -> form.matches(payload));
    }

    /** Whether it can be asked now. */
    boolean isAble() {
        return !resting && !stuck;
    }

    /** A call, which ends once: in time, or later. */
    private final class Call implements Runnable {
        private final MetPacket packet;
        private final CountDownLatch ended = new CountDownLatch(1);
        private Reading reading = Reading.notMine();
        private boolean done;
        private boolean givenUp;

        Call(MetPacket packet) {
            this.packet = packet;
        }

        @Override
        public void run() {
            Reading read = null;
            try {
                read = receiver.open(packet);
                if (read == null) {
                    throw new IllegalStateException("a reading that is null");
                }
            } catch (Throwable e) {
                // Whatever it is, it is another's, and stays here.
                faults.met(e);
            }
            if (end(read)) {
                stuck = false;
                onFree.run();
            }
        }

        /** Whether it comes too late. */
        private synchronized boolean end(Reading read) {
            done = true;
            if (read != null) {
                reading = read;
            }
            ended.countDown();
            return givenUp;
        }

        /** Gives it up if it has not ended. */
        private synchronized boolean giveUp(Thread thread) {
            if (done) {
                return false;
            }
            givenUp = true;
            stuck = true;
            thread.interrupt();
            return true;
        }

        private synchronized Reading reading() {
            return reading;
        }
    }

    /** Asks it. Called by one thread. @return empty when it cannot be asked now */
    Optional<Reading> ask(MetPacket packet) throws InterruptedException {
        if (!isAble()) {
            return Optional.empty();
        }
        Call call = new Call(packet);
        Thread thread = new Thread(call, "partyline-receiver-" + id);
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError e) {
            faults.met(e);
            return Optional.empty();
        }
        if (!call.ended.await(patience.toNanos(), TimeUnit.NANOSECONDS) && call.giveUp(thread)) {
            tooLate();
            return Optional.of(Reading.notMine());
        }
        late = 0;
        return Optional.of(call.reading());
    }

    private void tooLate() {
        if (++late < MOST_LATE) {
            audit.accept(
                    "receiver-late",
                    "receiver '" + id + "' took longer than " + patience.toMillis()
                            + " ms over a packet, which it lost");
            return;
        }
        resting = true;
        audit.accept(
                "receiver-stopped",
                "receiver '" + id + "' was late " + MOST_LATE
                        + " times in a row: it is asked nothing more until its bundle is started anew");
    }
}
