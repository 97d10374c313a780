package org.partyline.metrics;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.QueueEntry;
import org.partyline.api.engine.Vault;
import org.partyline.api.metrics.Backlog;
import org.partyline.api.store.Store;

/** Provides numbers of waiting messages and packets. */
final class QueueNumbers implements MetricSource {
    private static final int DROPPED_STEP = 10;

    private final Clock clock;
    private final Waiting waiting;

    QueueNumbers(Clock clock, Waiting waiting) {
        this.clock = clock;
        this.waiting = waiting;
    }

    @Override
    public void write(Sources sources, Page page) throws PartylineException {
        out(sources, page);
        Backlog.Level level =
                sources.find(Backlog.class).map(Backlog::level).orElseGet(() -> new Backlog.Level(0, 0, 0));
        page.gauge(
                "intake_packets",
                "Payloads in packet form that wait to be examined, rounded down.",
                Steps.count(level.arriving()));
        page.gauge(
                "packets_unmatched",
                "Unknown packets that are remembered for a day, rounded down.",
                Steps.count(level.unmatched()));
        page.gauge(
                "packets_parked",
                "Packets that wait for a cipher or a key, rounded down: under ten is 0.",
                Steps.count(level.parked()));
        page.gauge(
                "packets_collected",
                "Packets collected while the store was locked, anyone's, rounded down.",
                Steps.count(sources.find(Vault.class).map(Vault::collected).orElse(0L)));
        page.gauge(
                "packets_dropped",
                "Packets dropped while the store was locked for lack of space, anyone's, rounded down; their "
                        + "blocks are read again.",
                Steps.of(sources.find(Vault.class).map(Vault::dropped).orElse(0L), DROPPED_STEP));
    }

    private void out(Sources sources, Page page) throws PartylineException {
        boolean open = sources.find(Vault.class)
                .filter(vault -> vault.state() == Store.State.OPEN)
                .isPresent();
        Messages messages = sources.find(Messages.class).orElse(null);
        List<QueueEntry> out = open && messages != null ? messages.queue() : List.of();
        List<Instant> waits = out.stream()
                .filter(each -> each.state().isWaiting())
                .map(QueueEntry::queued)
                .sorted(Comparator.naturalOrder())
                .toList();
        page.gauge(
                "queue_messages",
                "Messages that wait to be sent, rounded down: under ten is 0.",
                Steps.count(waits.size()));
        page.gauge(
                "queue_oldest_seconds",
                "Minimum waiting time of the oldest message: 3600, 21600 or 86400, reported up to twice as "
                        + "late; 0: no message waits that long.",
                waiting.told(waits.isEmpty() ? Duration.ZERO : Duration.between(waits.get(0), clock.instant())));
    }
}
