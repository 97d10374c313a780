package org.partyline.messaging.recognition;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.partyline.messaging.scan.PacketId;

/**
 * Finds the outgoing message that a received packet belongs to, if any. Its size is bounded; only the store knows the
 * packets of each message. Guarded by the state lock.
 */
public final class PacketIndex implements AutoCloseable {
    private static final int MOST = 65_536;

    private final Map<PacketId, Sent> sent = new HashMap<>();
    private final Set<PacketId> handled = new LinkedHashSet<>();
    private final Set<PacketId> opened = new LinkedHashSet<>();
    private final Set<Refused> refused = new LinkedHashSet<>();

    private record Refused(PacketId id, boolean inBlock) {}

    /** The position of an outgoing packet. @param part its index in the message */
    public record Sent(long message, int part) {}

    public void addSent(PacketId id, Sent where) {
        sent.put(id, where);
    }

    /** The outgoing message of a packet; null if it is not ours. */
    public @Nullable Sent sent(PacketId id) {
        return sent.get(id);
    }

    public void removeSent(long message) {
        sent.values().removeIf(where -> where.message() == message);
    }

    public boolean wasHandled(PacketId id) {
        return handled.contains(id);
    }

    public void setHandled(PacketId id) {
        add(handled, id);
    }

    private static <T> void add(Set<T> all, T one) {
        if (all.add(one) && all.size() > MOST) {
            all.remove(all.iterator().next());
        }
    }

    /** Records that a packet was read, so that it is not processed again. */
    public void setOpened(PacketId id) {
        setHandled(id);
        add(opened, id);
    }

    /** Whether a packet was read since the store was opened. */
    public boolean wasOpened(PacketId id) {
        return opened.contains(id);
    }

    /** Whether a packet was rejected by the same clock. @param inBlock whether by a block's, rather than by ours */
    public boolean wasRefused(PacketId id, boolean inBlock) {
        return refused.contains(new Refused(id, inBlock));
    }

    public void setRefused(PacketId id, boolean inBlock) {
        add(refused, new Refused(id, inBlock));
    }

    public void forgetHandled(PacketId id) {
        handled.remove(id);
    }

    /** As after a start: packets that nodes report again are handled again. */
    public void forgetHandled() {
        handled.clear();
    }

    @Override
    public void close() {
        sent.clear();
        handled.clear();
        opened.clear();
        refused.clear();
    }
}
