package org.partyline.messaging.recognition;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;

/**
 * Keeps the secrets of sealed packets, one for each locator even if many packets have it, and the packets that wait for
 * a secret (PROTOCOL 4): anyone may copy a locator and append junk. Guarded by the state lock.
 */
public final class SealedSecrets implements AutoCloseable {
    /** The maximum number of packets in memory; further ones wait only in the store. */
    private static final int MOST_WAITING = 16_384;

    /** The maximum number of secrets that are kept for packets that could not be opened yet. */
    private static final int MOST_READY = 4_096;

    private final int mostWaiting;
    private final int mostReady;
    private final Map<Name, Entry> entries = new LinkedHashMap<>();
    /** Locators whose secret must be derived, by channel: channels take turns. */
    private final Map<Integer, Deque<Entry>> queues = new LinkedHashMap<>();
    /** Channels with a derivation in progress: one at a time, so that no channel uses all threads. */
    private final Set<Integer> busy = new HashSet<>();

    private int waiting;
    private int ready;
    private boolean turnedAway;

    public SealedSecrets() {
        this(MOST_WAITING, MOST_READY);
    }

    public SealedSecrets(int mostWaiting, int mostReady) {
        this.mostWaiting = mostWaiting;
        this.mostReady = mostReady;
    }

    /** A waiting packet: one seen in a mempool and in a block is checked against two clocks. */
    private record Waiting(PacketId id, boolean inBlock) {}

    private record Name(int beacon, ByteBuffer locator) {}

    /** A locator. */
    public static final class Entry {
        private final Beacon beacon;
        private final int channel;
        public final KdfParameters parameters;
        public final byte[] locator;
        private final Map<Waiting, Candidate> packets = new LinkedHashMap<>();
        private boolean more;
        private boolean failed;
        /** Whether the last derivation that ended has failed, also while it is repeated. */
        private boolean failing;

        /** Null unless the secret is being derived. */
        private @Nullable SecretBytes root;

        private @Nullable SecretBytes secret;

        private Entry(Beacon beacon, int channel, KdfParameters parameters, byte[] locator) {
            this.beacon = beacon;
            this.channel = channel;
            this.parameters = parameters;
            this.locator = locator;
        }

        private Name name() {
            return new Name(beacon.id, ByteBuffer.wrap(locator));
        }

        /** Null while it is being derived; the caller must not wipe it. */
        public @Nullable SecretBytes secret() {
            return secret;
        }

        /** The root of the day, a copy that is wiped once the secret is no longer needed. */
        public SecretBytes root() {
            return Objects.requireNonNull(root, "its secret is not being derived");
        }

        private void wipe() {
            for (SecretBytes each : java.util.Arrays.asList(root, secret)) {
                if (each != null) {
                    each.close();
                }
            }
        }
    }

    /** The entry of a locator, or null. */
    public @Nullable Entry find(Beacon beacon, byte[] locator) {
        return entries.get(new Name(beacon.id, ByteBuffer.wrap(locator)));
    }

    /** Whether the secret of a locator was to be derived and could not. */
    public boolean isFailing(Beacon beacon, byte[] locator) {
        Entry entry = find(beacon, locator);
        return entry != null && entry.secret == null && entry.failing;
    }

    /** Whether so many secrets must be derived that a packet with another locator waits only in the store. */
    public boolean isFull() {
        boolean full = entries.size() - ready >= mostWaiting;
        turnedAway |= full;
        return full;
    }

    /** The number of secrets to be derived, including those in progress. */
    public int underived() {
        return entries.size() - ready;
    }

    /** Requests a locator's secret. @param channel the channel's number */
    public Entry want(Beacon beacon, int channel, KdfParameters parameters, byte[] locator) {
        Entry entry = new Entry(beacon, channel, parameters, locator);
        entries.put(entry.name(), entry);
        queues.computeIfAbsent(channel, none -> new ArrayDeque<>()).add(entry);
        return entry;
    }

    /** Makes a packet wait for the secret. */
    public void add(Entry entry, PacketId id, Candidate candidate) {
        Waiting packet = new Waiting(id, candidate.inBlock().isPresent());
        if (entry.packets.containsKey(packet)) {
            return;
        }
        if (waiting >= mostWaiting) {
            entry.more = true;
            return;
        }
        entry.packets.put(packet, candidate);
        waiting++;
    }

    /** The next secret to derive, with its root. */
    public Optional<Entry> next() {
        for (Iterator<Map.Entry<Integer, Deque<Entry>>> each = queues.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<Integer, Deque<Entry>> queue = each.next();
            int channel = queue.getKey();
            if (busy.contains(channel)) {
                continue;
            }
            Entry next = queue.getValue().poll();
            each.remove();
            if (!queue.getValue().isEmpty()) {
                // Behind the other channels.
                queues.put(channel, queue.getValue());
            }
            busy.add(channel);
            next.root = next.beacon.root.copy();
            return Optional.of(next);
        }
        return Optional.empty();
    }

    /**
     * Called when a derivation has ended.
     *
     * @param secret owned by this; null if it failed: then the packets wait until {@link #retryFailed}
     * @return the packets that can be tried now
     */
    public List<Candidate> derived(Entry entry, @Nullable SecretBytes secret) {
        busy.remove(entry.channel);
        entry.root().close();
        entry.root = null;
        if (secret == null) {
            entry.failed = true;
            entry.failing = true;
            return List.of();
        }
        if (entries.get(entry.name()) != entry) {
            secret.close();
            return List.of();
        }
        entry.secret = secret;
        ready++;
        List<Candidate> packets = List.copyOf(entry.packets.values());
        waiting -= packets.size();
        entry.packets.clear();
        forgetOldest();
        return packets;
    }

    /** Whether further packets that wait only in the store may be tried now; true once. */
    public boolean takeMore(Entry entry) {
        boolean more = entry.more || turnedAway && queues.isEmpty();
        entry.more = false;
        turnedAway &= !more;
        return more;
    }

    /** Allows failed derivations to be repeated; returns whether there are any. */
    public boolean retryFailed() {
        boolean any = false;
        for (Entry entry : entries.values()) {
            if (entry.failed) {
                entry.failed = false;
                queues.computeIfAbsent(entry.channel, none -> new ArrayDeque<>())
                        .add(entry);
                any = true;
            }
        }
        return any;
    }

    private void forgetOldest() {
        if (ready <= mostReady) {
            return;
        }
        entries.values().stream()
                .filter(entry -> entry.secret != null)
                .findFirst()
                .ifPresent(this::remove);
    }

    /** Called when the packet was opened: its secret is no longer needed. */
    public void remove(Entry entry) {
        if (entries.remove(entry.name(), entry)) {
            waiting -= entry.packets.size();
            ready -= entry.secret == null ? 0 : 1;
        }
        entry.packets.clear();
        Deque<Entry> queue = queues.get(entry.channel);
        if (queue != null && queue.remove(entry) && queue.isEmpty()) {
            queues.remove(entry.channel);
        }
        entry.wipe();
    }

    /** Called when a day's root is erased, or its channel was left. @return the packets that waited */
    public List<Candidate> drop(Beacon beacon) {
        List<Candidate> packets = new ArrayList<>();
        for (Entry entry : List.copyOf(entries.values())) {
            if (entry.beacon == beacon) {
                packets.addAll(entry.packets.values());
                remove(entry);
            }
        }
        return packets;
    }

    /** The first day of a channel for which a secret must still be derived. */
    public OptionalInt firstDay(int channel) {
        return entries.values().stream()
                .filter(entry -> entry.secret == null && !entry.failed && entry.beacon.members.contains(channel))
                .mapToInt(entry -> entry.beacon.day)
                .min();
    }

    /** The number of kept secrets. */
    public int ready() {
        return ready;
    }

    /** The number of packets that wait in memory. */
    public int waiting() {
        return waiting;
    }

    @Override
    public void close() {
        entries.values().forEach(Entry::wipe);
        entries.clear();
        queues.clear();
        busy.clear();
        waiting = 0;
        ready = 0;
        turnedAway = false;
    }
}
