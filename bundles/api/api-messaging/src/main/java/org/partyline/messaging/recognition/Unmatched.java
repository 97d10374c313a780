package org.partyline.messaging.recognition;

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
import org.partyline.api.packet.Packets;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;

/** Tracks unmatched packets, and those of them that must be tried again (PROTOCOL 5). */
public final class Unmatched {
    /** Most packets remembered. */
    public static final int MOST = 65_536;
    /** Most of those that are not version-2 packets: they have room of their own, so that they push out none of these. */
    public static final int MOST_OTHERS = 8_192;

    /** Most bytes of those: they may be long. */
    private static final long MOST_OTHERS_BYTES = 4 << 20;

    private final Kept packets = new Kept(MOST, Long.MAX_VALUE);
    private final Kept others = new Kept(MOST_OTHERS, MOST_OTHERS_BYTES);
    private final Map<Long, Set<PacketId>> byHint = new HashMap<>();
    /** Those that are tried again. */
    public final Deque<Candidate> again = new ArrayDeque<>();

    /** The packets of one form, oldest first. */
    private static final class Kept {
        final int most;
        final long mostBytes;
        final Map<PacketId, Candidate> candidates = new LinkedHashMap<>();
        long bytes;

        Kept(int most, long mostBytes) {
            this.most = most;
            this.mostBytes = mostBytes;
        }
    }

    /** What copies of a locator share; what is no version-2 packet has none. */
    public static long hint(Candidate candidate) {
        return Packets.isCandidate(candidate.payload()) ? Packets.hint(candidate.payload()) : 0;
    }

    /** Remembers a packet; gives back those that had to go. */
    public List<Candidate> add(PacketId id, Candidate candidate) {
        boolean packet = Packets.isCandidate(candidate.payload());
        Kept kept = packet ? packets : others;
        if (kept.candidates.putIfAbsent(id, candidate) != null) {
            return List.of();
        }
        kept.bytes += candidate.payload().length;
        if (packet) {
            byHint.computeIfAbsent(Packets.hint(candidate.payload()), hint -> new LinkedHashSet<>())
                    .add(id);
        }
        List<Candidate> gone = new ArrayList<>();
        while (kept.candidates.size() > kept.most || kept.bytes > kept.mostBytes) {
            Map.Entry<PacketId, Candidate> oldest =
                    kept.candidates.entrySet().iterator().next();
            gone.add(oldest.getValue());
            remove(oldest.getKey());
        }
        return gone;
    }

    public boolean contains(PacketId id) {
        return packets.candidates.containsKey(id) || others.candidates.containsKey(id);
    }

    public void remove(PacketId id) {
        Candidate other = others.candidates.remove(id);
        if (other != null) {
            others.bytes -= other.payload().length;
        }
        Candidate candidate = packets.candidates.remove(id);
        if (candidate != null) {
            packets.bytes -= candidate.payload().length;
            long hint = Packets.hint(candidate.payload());
            byHint.computeIfPresent(hint, (same, sharing) -> {
                sharing.remove(id);
                return sharing.isEmpty() ? null : sharing;
            });
        }
    }

    /** Takes those with a locator up again, which is expected now: they came too early. */
    public void retry(long hint) {
        for (PacketId id : List.copyOf(byHint.getOrDefault(hint, Set.of()))) {
            again.add(Objects.requireNonNull(packets.candidates.get(id), "it is in both maps"));
        }
    }

    /** Takes all up again: there are new beacons, or there is another receiver. */
    public void retry() {
        again.addAll(packets.candidates.values());
        again.addAll(others.candidates.values());
    }

    public int size() {
        return packets.candidates.size() + others.candidates.size();
    }

    public void clear() {
        for (Kept kept : List.of(packets, others)) {
            kept.candidates.clear();
            kept.bytes = 0;
        }
        byHint.clear();
        again.clear();
    }
}
