package org.partyline.messaging.recognition;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.partyline.messaging.scan.PacketId;

/** Lists the packets that wait in the store for a suite or a key. Guarded by the state lock. */
public final class Parked {
    /** The maximum number of waiting packets. */
    private static final int MOST = 65_536;

    private final int most;
    private final Map<PacketId, Waiting> packets = new LinkedHashMap<>();
    private final Map<Long, Set<PacketId>> byHint = new HashMap<>();

    private record Waiting(long hint, long arrived, int day) {}

    public Parked() {
        this(MOST);
    }

    public Parked(int most) {
        this.most = most;
    }

    /**
     * Adds a waiting packet.
     *
     * @param hint the beginning of its locator: copies of one locator displace each other before they displace others
     * @param arrived in milliseconds since 1970
     * @param day of its keys
     * @return the packet that it displaces
     */
    public Optional<PacketId> add(PacketId id, long hint, long arrived, int day) {
        if (contains(id)) {
            return Optional.empty();
        }
        Optional<PacketId> gone = Optional.empty();
        if (packets.size() >= most) {
            Set<PacketId> sharing = byHint.getOrDefault(hint, packets.keySet());
            gone = Optional.of(sharing.iterator().next());
            remove(gone.get());
        }
        packets.put(id, new Waiting(hint, arrived, day));
        byHint.computeIfAbsent(hint, none -> new LinkedHashSet<>()).add(id);
        return gone;
    }

    public boolean contains(PacketId id) {
        return packets.containsKey(id);
    }

    /** Removes a packet; returns whether it waited. */
    public boolean remove(PacketId id) {
        Waiting waiting = packets.remove(id);
        if (waiting == null) {
            return false;
        }
        byHint.computeIfPresent(waiting.hint(), (same, sharing) -> {
            sharing.remove(id);
            return sharing.isEmpty() ? null : sharing;
        });
        return true;
    }

    /** Returns the packets that arrived before a time. */
    public List<PacketId> arrivedBefore(Instant time) {
        return packets.entrySet().stream()
                .filter(each -> each.getValue().arrived() < time.toEpochMilli())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Whether a packet with this locator waits: its key is still needed. */
    public boolean waitsFor(long hint) {
        return byHint.containsKey(hint);
    }

    /** The first day of which a packet waits: the keys of that day are still needed. */
    public OptionalInt firstDay() {
        return packets.values().stream().mapToInt(Waiting::day).min();
    }

    public int size() {
        return packets.size();
    }

    public void clear() {
        packets.clear();
        byHint.clear();
    }
}
