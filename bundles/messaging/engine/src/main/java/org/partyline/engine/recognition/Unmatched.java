package org.partyline.engine.recognition;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.partyline.api.packet.Packets;
import org.partyline.engine.scan.Candidate;
import org.partyline.engine.scan.PacketId;

/** Packets that matched nothing so far, and those of them that are to be tried again (PROTOCOL 5). */
public final class Unmatched {
    /** Most packets remembered. */
    public static final int MOST = 65_536;

    private final Map<PacketId, Candidate> candidates = new LinkedHashMap<>();
    private final Map<Long, Set<PacketId>> byHint = new HashMap<>();
    /** Those that are tried again. */
    public final Deque<Candidate> again = new ArrayDeque<>();

    /** Remembers a packet; gives back the one that had to go, or null. */
    public Candidate add(PacketId id, Candidate candidate) {
        if (candidates.putIfAbsent(id, candidate) != null) {
            return null;
        }
        byHint.computeIfAbsent(Packets.hint(candidate.payload()), hint -> new LinkedHashSet<>())
                .add(id);
        if (candidates.size() <= MOST) {
            return null;
        }
        Map.Entry<PacketId, Candidate> oldest = candidates.entrySet().iterator().next();
        remove(oldest.getKey());
        return oldest.getValue();
    }

    public boolean contains(PacketId id) {
        return candidates.containsKey(id);
    }

    public void remove(PacketId id) {
        Candidate candidate = candidates.remove(id);
        if (candidate != null) {
            long hint = Packets.hint(candidate.payload());
            Set<PacketId> sharing = byHint.get(hint);
            sharing.remove(id);
            if (sharing.isEmpty()) {
                byHint.remove(hint);
            }
        }
    }

    /** Takes those with a locator up again, which is expected now: they came too early. */
    public void retry(long hint) {
        for (PacketId id : List.copyOf(byHint.getOrDefault(hint, Set.of()))) {
            again.add(candidates.get(id));
        }
    }

    /** Takes all up again: there are new beacons. */
    public void retry() {
        again.addAll(candidates.values());
    }

    public int size() {
        return candidates.size();
    }

    public void clear() {
        candidates.clear();
        byHint.clear();
        again.clear();
    }
}
