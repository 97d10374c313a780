package org.partyline.messaging.recognition;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.partyline.api.packet.Packets;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;

/** Tracks unmatched packets, and which of them must be tried again (PROTOCOL 5). */
public final class Unmatched {
    /** The maximum number of remembered packets. */
    public static final int MOST = 65_536;
    /**
     * The maximum number of packets other than version 2: they have a separate space, so that they cannot displace
     * those of version 2.
     */
    public static final int MOST_OTHERS = 8_192;

    /** The maximum total size of packets other than version 2, which may be long. */
    private static final long MOST_OTHERS_BYTES = 4 << 20;

    private final Kept packets = new Kept(MOST, Long.MAX_VALUE);
    private final Kept others = new Kept(MOST_OTHERS, MOST_OTHERS_BYTES);
    private final Map<Long, Set<PacketId>> byHint = new HashMap<>();
    /** Packets that must be tried again. */
    public final Deque<Candidate> again = new ArrayDeque<>();

    /**
     * The packets of one form, oldest first. A packet in a block was paid for; a peer can invent any number of others.
     * So these displace each other once they are a quarter of all.
     */
    private static final class Kept {
        private static final int SHARE = 4;

        final int most;
        final long mostBytes;
        final Map<PacketId, Candidate> candidates = new LinkedHashMap<>();
        final Set<PacketId> mined = new LinkedHashSet<>();
        final Set<PacketId> unconfirmed = new LinkedHashSet<>();
        long bytes;

        PacketId next() {
            boolean many = unconfirmed.size() * SHARE > candidates.size() || mined.isEmpty();
            return (many ? unconfirmed : mined).iterator().next();
        }

        @Nullable
        Candidate remove(PacketId id) {
            Candidate removed = candidates.remove(id);
            if (removed != null) {
                bytes -= removed.payload().length;
                mined.remove(id);
                unconfirmed.remove(id);
            }
            return removed;
        }

        Kept(int most, long mostBytes) {
            this.most = most;
            this.mostBytes = mostBytes;
        }
    }

    /** The beginning of the locator, which copies share; a packet other than version 2 has none. */
    public static long hint(Candidate candidate) {
        return Packets.isCandidate(candidate.payload()) ? Packets.hint(candidate.payload()) : 0;
    }

    /** Remembers a packet; returns those that it displaces. */
    public List<Candidate> add(PacketId id, Candidate candidate) {
        boolean packet = Packets.isCandidate(candidate.payload());
        Kept kept = packet ? packets : others;
        if (kept.candidates.putIfAbsent(id, candidate) != null) {
            return List.of();
        }
        kept.bytes += candidate.payload().length;
        (candidate.block() == null ? kept.unconfirmed : kept.mined).add(id);
        if (packet) {
            byHint.computeIfAbsent(Packets.hint(candidate.payload()), hint -> new LinkedHashSet<>())
                    .add(id);
        }
        List<Candidate> gone = new ArrayList<>();
        while (kept.candidates.size() > kept.most || kept.bytes > kept.mostBytes) {
            PacketId next = kept.next();
            gone.add(Objects.requireNonNull(kept.candidates.get(next), "it is kept"));
            remove(next);
        }
        return gone;
    }

    /** Called when a remembered packet is in a block. Its time remains that of its arrival. */
    public void mined(PacketId id) {
        for (Kept kept : List.of(packets, others)) {
            if (kept.unconfirmed.remove(id)) {
                kept.mined.add(id);
            }
        }
    }

    public boolean contains(PacketId id) {
        return packets.candidates.containsKey(id) || others.candidates.containsKey(id);
    }

    public void remove(PacketId id) {
        others.remove(id);
        Candidate candidate = packets.remove(id);
        if (candidate != null) {
            long hint = Packets.hint(candidate.payload());
            byHint.computeIfPresent(hint, (same, sharing) -> {
                sharing.remove(id);
                return sharing.isEmpty() ? null : sharing;
            });
        }
    }

    /** Tries packets with a locator again that is expected now: they arrived too early. */
    public void retry(long hint) {
        for (PacketId id : List.copyOf(byHint.getOrDefault(hint, Set.of()))) {
            again.add(Objects.requireNonNull(packets.candidates.get(id), "it is in both maps"));
        }
    }

    /** Tries all packets again, because there are new beacons, or another receiver. */
    public void retry() {
        again.addAll(packets.candidates.values());
        again.addAll(others.candidates.values());
    }

    /** Returns the packets that arrived before a time. */
    public List<Candidate> arrivedBefore(Instant time) {
        return Stream.of(packets, others)
                .flatMap(kept -> kept.candidates.values().stream())
                .filter(candidate -> candidate.arrived() < time.toEpochMilli())
                .toList();
    }

    public int size() {
        return packets.candidates.size() + others.candidates.size();
    }

    public void clear() {
        for (Kept kept : List.of(packets, others)) {
            kept.candidates.clear();
            kept.mined.clear();
            kept.unconfirmed.clear();
            kept.bytes = 0;
        }
        byHint.clear();
        again.clear();
    }
}
