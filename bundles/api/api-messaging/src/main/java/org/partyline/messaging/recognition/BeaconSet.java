package org.partyline.messaging.recognition;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.ratchet.BeaconTable;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactInbox;

/**
 * The beacons that packets are tested against (PROTOCOL 2). Guarded by the state lock; wiped by {@link #close()}.
 */
public final class BeaconSet implements AutoCloseable {
    private final SealedSecrets secrets;
    private final Unmatched unmatched;
    private final Map<Integer, Beacon> byId = new HashMap<>();
    /** The beacons of channels; memberships of this server in the same channel share one. */
    private final Map<Channel, Beacon> byChannel = new HashMap<>();

    /** Null until a store was opened. */
    private @Nullable ChannelKeys channelKeys;

    /** Null while the store is locked. */
    private @Nullable BeaconTable table;

    private int next = 1;

    /** A channel on a day. @param key hash of its beacon: a thousand channels are not compared with each other */
    private record Channel(int day, Network network, ByteBuffer key) {}

    /** @param secrets and @param unmatched receive what a removed beacon leaves behind */
    public BeaconSet(SealedSecrets secrets, Unmatched unmatched) {
        this.secrets = secrets;
        this.unmatched = unmatched;
    }

    /** Expects packets from now on, until everything is wiped. */
    public void begin(ChannelKeys keys, BeaconTable beacons) {
        channelKeys = keys;
        table = beacons;
    }

    /** The root of a day; the caller wipes it. The day must not precede the stored one. */
    public SecretBytes root(ChannelMembership member, int day) {
        return member.root(keys(), day);
    }

    private ChannelKeys keys() {
        return Objects.requireNonNull(channelKeys, "no store was opened");
    }

    /** The other memberships of this server in the same channel, by number: they have the same daily roots. */
    public Set<Integer> sharers(ChannelMembership member) {
        Set<Integer> others = new TreeSet<>();
        for (Beacon beacon : byId.values()) {
            if (beacon.contactInbox == null && beacon.members.contains(member.id())) {
                others.addAll(beacon.members);
            }
        }
        others.remove(member.id());
        return others;
    }

    /** Expects sealed packets of these days; days before the stored root are skipped. Returns whether that is new. */
    public boolean add(ChannelMembership member, int firstDay, int lastDay) {
        if (table == null) {
            // It was wiped meanwhile, together with the member's keys.
            return false;
        }
        boolean added = false;
        for (int day = Math.max(firstDay, member.entry.rootDay()); day <= lastDay; day++) {
            SecretBytes root = root(member, day);
            SecretBytes key = keys().beacon(root);
            Channel channel = channel(key, day, member.network());
            Beacon shared = byChannel.get(channel);
            if (shared == null) {
                Beacon beacon = new Beacon(next++, day, null, member.network(), key, root);
                beacon.members.add(member.id());
                byId.put(beacon.id, beacon);
                byChannel.put(channel, beacon);
                table.add(beacon.id, key);
                added = true;
            } else {
                key.close();
                root.close();
                if (!shared.members.contains(member.id())) {
                    shared.members.add(member.id());
                    added = true;
                }
            }
        }
        return added;
    }

    private static Channel channel(SecretBytes key, int day, Network network) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.expose());
            return new Channel(day, network, ByteBuffer.wrap(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Advances a member's root to a later day and forgets the days before. */
    public void forgetBefore(ChannelMembership member, int day) {
        if (day <= member.entry.rootDay()) {
            return;
        }
        member.moveTo(keys(), day);
        for (Beacon beacon : List.copyOf(byId.values())) {
            if (beacon.contactInbox == null && beacon.day < day) {
                removeFrom(beacon, member.id());
            }
        }
    }

    /** Expects nothing more for a membership. */
    public void remove(ChannelMembership member) {
        for (Beacon beacon : List.copyOf(byId.values())) {
            removeFrom(beacon, member.id());
        }
    }

    private void removeFrom(Beacon beacon, int member) {
        if (beacon.contactInbox == null) {
            beacon.members.remove((Integer) member);
            if (beacon.members.isEmpty()) {
                drop(beacon);
            }
        }
    }

    private void drop(Beacon beacon) {
        if (table != null) {
            table.remove(beacon.id);
        }
        byId.remove(beacon.id);
        if (beacon.contactInbox == null) {
            byChannel.remove(channel(beacon.key, beacon.day, beacon.network));
        }
        // Treated as strangers' packets from now on.
        unmatched.again.addAll(secrets.drop(beacon));
        beacon.close();
    }

    /** Whether handshakes for an inbox are recognised. */
    public boolean expects(ContactInbox contactInbox) {
        return byId.values().stream()
                .anyMatch(beacon -> beacon.contactInbox != null && beacon.contactInbox.id() == contactInbox.id());
    }

    /**
     * Recognises handshakes for an inbox from now on. @param key its beacon; owned by this @param root owned by this
     */
    public void add(ContactInbox contactInbox, SecretBytes key, SecretBytes root) {
        if (table == null) {
            key.close();
            root.close();
            return;
        }
        Beacon beacon = new Beacon(next++, 0, contactInbox, contactInbox.network(), key, root);
        byId.put(beacon.id, beacon);
        table.add(beacon.id, key);
    }

    /** Stops recognising handshakes for a persona's inboxes. */
    public void removeInboxes(int persona) {
        for (Beacon beacon : List.copyOf(byId.values())) {
            if (beacon.contactInbox != null && beacon.contactInbox.persona() == persona) {
                drop(beacon);
            }
        }
    }

    /** The beacon whose key created a packet's locator, or null. Costs one HMAC for each beacon. */
    public @Nullable Beacon match(byte[] packet) {
        int id = table == null ? -1 : table.match(packet);
        return id < 0 ? null : byId.get(id);
    }

    @Override
    public void close() {
        byId.values().forEach(Beacon::close);
        byId.clear();
        byChannel.clear();
        BeaconTable expected = table;
        table = null;
        if (expected != null) {
            expected.clear();
        }
    }
}
