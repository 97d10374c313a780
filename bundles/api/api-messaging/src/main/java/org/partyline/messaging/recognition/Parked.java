package org.partyline.messaging.recognition;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.partyline.messaging.scan.PacketId;

/** Lists the packets that wait in the store for a suite or a key. Guarded by the state lock. */
public final class Parked {
    /** The maximum number of waiting packets. */
    private static final int MOST = 65_536;

    private final int most;
    private final Map<PacketId, Long> hints = new LinkedHashMap<>();
    private final Map<Long, Set<PacketId>> byHint = new HashMap<>();

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
     * @return the packet that it displaces
     */
    public Optional<PacketId> add(PacketId id, long hint) {
        if (contains(id)) {
            return Optional.empty();
        }
        Optional<PacketId> gone = Optional.empty();
        if (hints.size() >= most) {
            Set<PacketId> sharing = byHint.getOrDefault(hint, hints.keySet());
            gone = Optional.of(sharing.iterator().next());
            remove(gone.get());
        }
        hints.put(id, hint);
        byHint.computeIfAbsent(hint, none -> new LinkedHashSet<>()).add(id);
        return gone;
    }

    public boolean contains(PacketId id) {
        return hints.containsKey(id);
    }

    /** Removes a packet; returns whether it waited. */
    public boolean remove(PacketId id) {
        Long hint = hints.remove(id);
        if (hint == null) {
            return false;
        }
        byHint.computeIfPresent(hint, (same, sharing) -> {
            sharing.remove(id);
            return sharing.isEmpty() ? null : sharing;
        });
        return true;
    }

    public int size() {
        return hints.size();
    }

    public void clear() {
        hints.clear();
        byHint.clear();
    }
}
