package org.partyline.engine.kernel;

import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.ratchet.BeaconTable;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.ratchet.LocatorTable;
import org.partyline.engine.conversation.ChannelMembership;
import org.partyline.engine.conversation.ContactConversation;
import org.partyline.engine.conversation.ContactInbox;
import org.partyline.engine.conversation.Conversation;
import org.partyline.engine.conversation.CoverConversation;
import org.partyline.engine.conversation.PersonaKeys;
import org.partyline.engine.conversation.ReceiveChainState;
import org.partyline.engine.recognition.Beacon;
import org.partyline.engine.recognition.Parked;
import org.partyline.engine.recognition.SealedSecrets;
import org.partyline.engine.recognition.Unmatched;
import org.partyline.engine.scan.PacketId;

/**
 * What lives in memory only while the store is open: expected locators, beacons, roots, and where our packets are. Guarded
 * by the engine's lock; wiped by {@link #close()}.
 */
public final class Memory implements AutoCloseable {
    private static final int MOST_HANDLED = 65_536;

    private final ChannelKeys channelKeys;
    public final LocatorTable locators;
    private final BeaconTable beacons;
    private final Map<Integer, String> personaNames = new HashMap<>();
    private final Map<Integer, ChannelMembership> members = new TreeMap<>();
    private final Map<Integer, ContactConversation> contacts = new TreeMap<>();
    private final Map<Integer, PersonaKeys> personaKeyStore = new TreeMap<>();
    private final Map<Integer, ReceiveChainState> tracks = new HashMap<>();
    private final Map<Integer, Beacon> beaconById = new HashMap<>();
    private int nextBeacon = 1;
    public final Unmatched unmatched = new Unmatched();
    /** The keys of sealed packets, and the packets that wait for one. */
    public final SealedSecrets secrets = new SealedSecrets();
    /** The packets that wait in the store, for a suite or for their key. */
    public final Parked parked = new Parked();

    private final LocatorTable own;
    private final Map<Integer, List<Long>> ownByContact = new HashMap<>();
    private final Set<Integer> doubtful = new LinkedHashSet<>();
    private final Map<PacketId, Sent> sent = new HashMap<>();
    private final Map<PacketId, Set<Long>> received = new HashMap<>();
    private final Set<PacketId> handled = new LinkedHashSet<>();
    private final Set<Refused> refused = new LinkedHashSet<>();

    public Memory(ChannelKeys channelKeys, Chains chains) {
        this.channelKeys = channelKeys;
        this.locators = chains.newLocatorTable();
        this.own = chains.newLocatorTable();
        this.beacons = chains.newBeaconTable();
    }

    private record Refused(PacketId id, boolean inBlock) {}

    /** Where an outgoing packet belongs. */
    public record Sent(long message, int part) {}

    public void setPersonaName(int persona, String name) {
        personaNames.put(persona, name);
    }

    public String personaName(int persona) {
        return personaNames.getOrDefault(persona, "");
    }

    public ChannelMembership member(int id) {
        return members.get(id);
    }

    public List<ChannelMembership> members() {
        return List.copyOf(members.values());
    }

    public ReceiveChainState track(int number) {
        return tracks.get(number);
    }

    public List<ReceiveChainState> tracks() {
        return List.copyOf(tracks.values());
    }

    /** The root of a day, the caller's to wipe; the day must not be before the one that is kept. */
    public SecretBytes root(ChannelMembership member, int day) {
        return member.root(channelKeys, day);
    }

    public void add(ChannelMembership member, int firstDay, int lastDay) {
        members.put(member.id(), member);
        addBeacons(member, firstDay, lastDay);
    }

    /** The other places of this server in the same channel: they have the same root of a day. */
    public List<ChannelMembership> sharers(ChannelMembership member) {
        Set<Integer> others = new TreeSet<>();
        for (Beacon beacon : beaconById.values()) {
            if (beacon.contactInbox == null && beacon.members.contains(member.id())) {
                others.addAll(beacon.members);
            }
        }
        others.remove(member.id());
        return others.stream().map(members::get).toList();
    }

    /** Expects sealed packets of these days; days before the kept root are left out. Tells whether that is new. */
    public boolean addBeacons(ChannelMembership member, int firstDay, int lastDay) {
        boolean added = false;
        for (int day = Math.max(firstDay, member.entry.rootDay()); day <= lastDay; day++) {
            SecretBytes root = root(member, day);
            SecretBytes key = channelKeys.beacon(root);
            Beacon shared = beacon(key, day, member.network());
            if (shared == null) {
                Beacon beacon = new Beacon(nextBeacon++, day, null, member.network(), key, root);
                beacon.members.add(member.id());
                beaconById.put(beacon.id, beacon);
                beacons.add(beacon.id, key);
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

    private Beacon beacon(SecretBytes key, int day, Network network) {
        for (Beacon beacon : beaconById.values()) {
            if (beacon.contactInbox == null
                    && beacon.day == day
                    && beacon.network == network
                    && beacon.key.equals(key)) {
                return beacon;
            }
        }
        return null;
    }

    /** Moves a member's root to a later day and forgets the days before. */
    public void forgetBefore(ChannelMembership member, int day) {
        if (day <= member.entry.rootDay()) {
            return;
        }
        member.moveTo(channelKeys, day);
        for (Beacon beacon : List.copyOf(beaconById.values())) {
            if (beacon.contactInbox == null && beacon.day < day) {
                removeFrom(beacon, member.id());
            }
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
        beacons.remove(beacon.id);
        beaconById.remove(beacon.id);
        // Strangers' from now on.
        unmatched.again.addAll(secrets.drop(beacon));
        beacon.close();
    }

    public PersonaKeys personaKeys(int persona) {
        return personaKeyStore.get(persona);
    }

    public List<PersonaKeys> personaKeyStore() {
        return List.copyOf(personaKeyStore.values());
    }

    /** A persona's keys from now on; those before are wiped, and so are its inboxes. */
    public void put(PersonaKeys personaKeys) {
        removeFace(personaKeys.persona);
        personaKeyStore.put(personaKeys.persona, personaKeys);
    }

    public void removeFace(int persona) {
        for (Beacon beacon : List.copyOf(beaconById.values())) {
            if (beacon.contactInbox != null && beacon.contactInbox.persona() == persona) {
                drop(beacon);
            }
        }
        PersonaKeys before = personaKeyStore.remove(persona);
        if (before != null) {
            before.close();
        }
    }

    /** Whether handshakes for an inbox are recognised. */
    public boolean expects(ContactInbox contactInbox) {
        return beaconById.values().stream()
                .anyMatch(beacon -> beacon.contactInbox != null && beacon.contactInbox.id() == contactInbox.id());
    }

    /** Recognises handshakes for an inbox from now on. @param key its beacon; taken over @param root taken over */
    public void add(ContactInbox contactInbox, SecretBytes key, SecretBytes root) {
        Beacon beacon = new Beacon(nextBeacon++, 0, contactInbox, contactInbox.network(), key, root);
        beaconById.put(beacon.id, beacon);
        beacons.add(beacon.id, key);
    }

    public ContactConversation contact(int id) {
        return contacts.get(id);
    }

    public List<ContactConversation> contacts() {
        return List.copyOf(contacts.values());
    }

    public void add(ContactConversation contact) {
        contacts.put(contact.id(), contact);
    }

    public void remove(ContactConversation contact) {
        for (ReceiveChainState track : tracks(contact.id())) {
            remove(track);
        }
        expectOwn(contact.id(), List.of());
        trust(contact.id());
        contacts.remove(contact.id());
    }

    /** A session comes from files that may be an old copy. */
    public void doubt(int contact) {
        doubtful.add(contact);
    }

    /** Nobody has used a session's keys but this engine. */
    public void trust(int contact) {
        doubtful.remove(contact);
    }

    public boolean isDoubtful(int contact) {
        return doubtful.contains(contact);
    }

    /** Locators that the next packets of ours to a contact will have; those before are forgotten. */
    public void expectOwn(int contact, List<Long> hints) {
        List<Long> before = ownByContact.remove(contact);
        if (before != null) {
            before.forEach(hint -> own.remove(hint, contact, 0));
        }
        if (!hints.isEmpty()) {
            ownByContact.put(contact, hints);
            hints.forEach(hint -> own.add(hint, contact, 0));
        }
    }

    /** The contact whom a packet of ours with this locator would go to; -1 when none will have it. */
    public int ownedBy(long hint) {
        int[] contact = {-1};
        own.find(hint, (owner, position) -> contact[0] = owner);
        return contact[0];
    }

    /** A channel's place or a contact; null when there is none of that number. */
    public Conversation conversation(int id) {
        if (CoverConversation.is(id)) {
            return CoverConversation.of(id);
        }
        ChannelMembership member = members.get(id);
        return member != null ? member : contacts.get(id);
    }

    /** The chains of a conversation. */
    public List<ReceiveChainState> tracks(int conversation) {
        return tracks.values().stream()
                .filter(track -> track.entry.membership() == conversation)
                .toList();
    }

    public void remove(ChannelMembership member) {
        for (Beacon beacon : List.copyOf(beaconById.values())) {
            removeFrom(beacon, member.id());
        }
        for (ReceiveChainState track : tracks()) {
            if (track.entry.membership() == member.id()) {
                remove(track);
            }
        }
        members.remove(member.id());
        member.close();
    }

    /** The beacon whose key made a packet's locator, or null. Costs one HMAC a beacon. */
    public Beacon match(byte[] packet) {
        int id = beacons.match(packet);
        return id < 0 ? null : beaconById.get(id);
    }

    int beaconCount() {
        return beacons.size();
    }

    /** Follows a chain; the state of a chain of the same number is replaced, its locators are the caller's to bring up to date. */
    public void put(ReceiveChainState track) {
        ReceiveChainState before = tracks.put(track.entry.number(), track);
        if (before != null && before.chain != track.chain) {
            // Its chain only: the handshake's state is in the new one.
            before.chain.close();
        }
    }

    /** Follows a chain and expects all its locators. */
    public void follow(ReceiveChainState track) {
        put(track);
        track.chain.forEachExpected((position, hint) -> expect(track.entry.number(), position, hint));
    }

    /** Expects a locator; a packet that came too early is taken up again. */
    public void expect(int chain, int position, long hint) {
        locators.add(hint, chain, position);
        unmatched.retry(hint);
    }

    public void remove(ReceiveChainState track) {
        int number = track.entry.number();
        track.chain.forEachExpected((position, hint) -> locators.remove(hint, number, position));
        tracks.remove(number);
        track.close();
    }

    public void addSent(PacketId id, Sent where) {
        sent.put(id, where);
    }

    public Sent sent(PacketId id) {
        return sent.get(id);
    }

    public void removeSent(long message) {
        sent.values().removeIf(where -> where.message() == message);
    }

    public void addReceived(PacketId id, long message) {
        received.computeIfAbsent(id, key -> new LinkedHashSet<>()).add(message);
    }

    public Set<Long> received(PacketId id) {
        return received.getOrDefault(id, Set.of());
    }

    public void removeReceived(PacketId id, long message) {
        Set<Long> messages = received.get(id);
        if (messages != null) {
            messages.remove(message);
            if (messages.isEmpty()) {
                received.remove(id);
            }
        }
    }

    public boolean wasHandled(PacketId id) {
        return handled.contains(id);
    }

    public void setHandled(PacketId id) {
        if (handled.add(id) && handled.size() > MOST_HANDLED) {
            handled.remove(handled.iterator().next());
        }
    }

    public boolean wasRefused(PacketId id, boolean inBlock) {
        return refused.contains(new Refused(id, inBlock));
    }

    public void setRefused(PacketId id, boolean inBlock) {
        if (refused.add(new Refused(id, inBlock)) && refused.size() > MOST_HANDLED) {
            refused.remove(refused.iterator().next());
        }
    }

    public void forgetHandled(PacketId id) {
        handled.remove(id);
    }

    @Override
    public void close() {
        members.values().forEach(ChannelMembership::close);
        tracks.values().forEach(ReceiveChainState::close);
        beaconById.values().forEach(Beacon::close);
        personaKeyStore.values().forEach(PersonaKeys::close);
        personaKeyStore.clear();
        for (ContactConversation contact : contacts.values()) {
            if (contact.entry.inboxSecret() != null) {
                Arrays.fill(contact.entry.inboxSecret(), (byte) 0);
            }
        }
        contacts.clear();
        own.clear();
        doubtful.clear();
        ownByContact.clear();
        personaNames.clear();
        members.clear();
        tracks.clear();
        beaconById.clear();
        locators.clear();
        beacons.clear();
        unmatched.clear();
        secrets.close();
        parked.clear();
        sent.clear();
        received.clear();
        handled.clear();
        refused.clear();
    }

    public static int day(Instant time) {
        return (int) Math.floorDiv(time.getEpochSecond(), 86_400L);
    }
}
