package org.partyline.receive;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.partyline.api.TxId;
import org.partyline.api.receive.MetPacket;
import org.partyline.api.receive.PacketReceiver;
import org.partyline.api.receive.Reading;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.kernel.Notices;
import org.partyline.messaging.kernel.StateGuard;
import org.partyline.messaging.kernel.Unlocked;
import org.partyline.messaging.recognition.Answers;
import org.partyline.messaging.scan.Candidate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the receivers of other bundles, for what none of ours has to do with. They are asked without the kernel's lock, one packet after
 * another: a packet waits in the store until its answer has come, and then goes through the row once more. So nothing that they do
 * stops the way in, and nothing is lost when one goes in the middle.
 */
public final class OtherReceivers implements Receiver {
    /** Most receivers that are asked. */
    static final int MOST = 16;
    /** Most packets that wait to be asked for; what is over that is taken up when these are done. */
    static final int MOST_QUEUED = 1_024;

    private static final Logger LOG = LoggerFactory.getLogger(OtherReceivers.class);

    private final StateGuard guard;
    private final Notices notices;
    private final OtherMessages messages;
    private final KnownForms forms;
    private final Executor executor;
    private final Duration patience;
    /** All that are services, as they came. */
    private final List<ReceiverHolder> came = new ArrayList<>();
    /** Those that are asked, by rank. */
    private volatile List<ReceiverHolder> asked = List.of();
    /** Counts what changes the answers. */
    private volatile int when;

    /** What is to be asked for; guarded by the kernel's lock, as are the next two. */
    private final Deque<Question> queue = new ArrayDeque<>();

    private boolean working;
    /** Whether something was not asked for because too much was. */
    private boolean missed;

    private record Question(Unlocked memory, Candidate candidate) {}

    /** An answer came: its packet can go on. */
    public record Answered() {}

    /** What could not be asked for can be now. */
    public record Free() {}

    /** A receiver came or has something new: what waits is looked at again. */
    public record Changed() {}

    /**
     * @param executor runs what asks, one task at a time
     * @param patience how long a receiver may take over a packet
     */
    public OtherReceivers(
            StateGuard guard,
            Notices notices,
            OtherMessages messages,
            KnownForms forms,
            Executor executor,
            Duration patience) {
        this.guard = guard;
        this.notices = notices;
        this.messages = messages;
        this.forms = forms;
        this.executor = executor;
        this.patience = patience;
    }

    @Override
    public int rank() {
        return OTHERS;
    }

    /** A receiver is a service from now on. */
    public void add(PacketReceiver receiver) {
        ReceiverHolder holder;
        try {
            holder = new ReceiverHolder(receiver, patience, notices.security()::record, this::freed);
        } catch (RuntimeException | Error e) {
            LOG.error("a receiver of packets is refused: {}", e.toString());
            return;
        }
        synchronized (this) {
            came.add(holder);
            changed();
        }
        boolean isAsked = asked.contains(holder);
        LOG.info(
                "receiver '{}' has come{}",
                holder.id,
                isAsked ? "" : ", and waits: its id is taken, or there are too many");
        notices.bus().publish(new Changed());
    }

    /** It is none any more. */
    public void remove(PacketReceiver receiver) {
        boolean successor;
        synchronized (this) {
            if (!came.removeIf(holder -> holder.receiver == receiver)) {
                return;
            }
            List<ReceiverHolder> before = asked;
            changed();
            successor = !before.containsAll(asked);
        }
        LOG.info("a receiver has gone; those of its packets that come wait for it");
        if (successor) {
            notices.bus().publish(new Changed());
        }
    }

    /** It says that something has come which it waited for. */
    public void renew(PacketReceiver receiver) {
        synchronized (this) {
            when++;
        }
        notices.bus().publish(new Changed());
    }

    private void changed() {
        Map<String, ReceiverHolder> first = new LinkedHashMap<>();
        came.forEach(holder -> first.putIfAbsent(holder.id, holder));
        asked = first.values().stream()
                .limit(MOST)
                .sorted(Comparator.comparingInt((ReceiverHolder holder) -> holder.rank)
                        .thenComparing(holder -> holder.id))
                .toList();
        forms.here(asked.stream().collect(Collectors.toMap(holder -> holder.id, holder -> holder.forms)));
        when++;
    }

    private void freed() {
        synchronized (this) {
            when++;
        }
        notices.bus().publish(new Free());
    }

    @Override
    public RecognitionResult open(Incoming packet) throws StoreException {
        Answers answers = packet.memory().answers;
        Answers.Answer answer = answers.take(packet.id());
        if (answer != null
                && (answer.when() == when || !answer.reading().messages().isEmpty())) {
            return use(packet, answer);
        }
        byte[] payload = packet.candidate().payload();
        if (answers.isDeclined(packet.id())
                || asked.stream().noneMatch(holder -> holder.isAble() && holder.reads(payload))) {
            return RecognitionResult.STRANGER;
        }
        if (answers.isAsked(packet.id())) {
            return RecognitionResult.DERIVING;
        }
        if (queue.size() >= MOST_QUEUED) {
            missed = true;
            return RecognitionResult.STRANGER;
        }
        queue.add(new Question(packet.memory(), packet.candidate()));
        answers.ask(packet.id());
        begin();
        return RecognitionResult.DERIVING;
    }

    private RecognitionResult use(Incoming packet, Answers.Answer answer) throws StoreException {
        if (answer.reading().isWaiting()) {
            return RecognitionResult.PARKED;
        }
        if (!answer.reading().isNotMine() && messages.accept(packet, answer)) {
            return RecognitionResult.OPENED;
        }
        if (answer.whole()) {
            packet.memory().answers.decline(packet.id());
        }
        return RecognitionResult.STRANGER;
    }

    private void begin() {
        if (working) {
            return;
        }
        working = true;
        try {
            executor.execute(this::work);
        } catch (RejectedExecutionException e) {
            LOG.debug("the kernel has stopped");
            working = false;
        }
    }

    private void work() {
        boolean ended = false;
        try {
            while (!ended) {
                Optional<Question> next = next();
                if (next.isPresent()) {
                    put(next.get(), ask(next.get().candidate()));
                }
                ended = next.isEmpty();
            }
        } catch (InterruptedException e) {
            LOG.debug("the kernel has stopped");
        } finally {
            if (!ended) {
                stopped();
            }
        }
    }

    /** The next one to ask for; with the last one the work ends. */
    private Optional<Question> next() {
        guard.lock();
        try {
            Question next = queue.poll();
            while (next != null && next.memory() != guard.unlocked()) {
                // Locked meanwhile: it is in the store, and asked for again.
                next = queue.poll();
            }
            if (next == null) {
                working = false;
                if (missed) {
                    missed = false;
                    notices.bus().publish(new Free());
                }
            }
            return Optional.ofNullable(next);
        } finally {
            guard.unlock();
        }
    }

    private void stopped() {
        guard.lock();
        try {
            working = false;
        } finally {
            guard.unlock();
        }
    }

    private Answers.Answer ask(Candidate candidate) throws InterruptedException {
        int now = when;
        boolean whole = true;
        MetPacket packet = new MetPacket(
                candidate.onNetwork(),
                candidate.payload(),
                TxId.ofBytes(candidate.transaction()),
                candidate.inBlock(),
                candidate.reference());
        for (ReceiverHolder holder : asked) {
            if (holder.reads(candidate.payload())) {
                Optional<Reading> reading = holder.ask(packet);
                whole &= reading.isPresent();
                if (reading.isPresent() && !reading.get().isNotMine()) {
                    return new Answers.Answer(holder.id, reading.get(), now, true);
                }
            }
        }
        return new Answers.Answer("", Reading.notMine(), now, whole);
    }

    private void put(Question question, Answers.Answer answer) {
        guard.lock();
        try {
            // Locked meanwhile: it is in the store, and asked for again.
            if (guard.unlocked() == question.memory()) {
                question.memory().answers.put(question.candidate().id(), answer);
                question.memory().unmatched.again.add(question.candidate());
                notices.bus().publish(new Answered());
            }
        } finally {
            guard.unlock();
        }
    }
}
