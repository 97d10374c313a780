package org.partyline.messages;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfMemoryException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.engine.Messages.Use;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.session.Handshakes;
import org.partyline.api.store.StoreException;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.chains.PacketOpener;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactInbox;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.recognition.Beacon;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Explains what a payload means to this server, without using up any keys. */
public final class Inspector {
    private final StateGuard guard;
    private final People people;
    private final Recognition recognition;
    private final SuiteDirectory suites;
    private final PacketCodec codec;
    private final ChannelKeys channelKeys;
    private final Handshakes handshakes;
    private final PacketOpener opener;

    public Inspector(
            StateGuard guard,
            Recognition recognition,
            SuiteDirectory suites,
            PacketCodec codec,
            ChannelKeys channelKeys,
            Handshakes handshakes,
            PacketOpener opener) {
        this.guard = guard;
        this.people = guard.people();
        this.recognition = recognition;
        this.suites = suites;
        this.codec = codec;
        this.channelKeys = channelKeys;
        this.handshakes = handshakes;
        this.opener = opener;
    }

    /** The secrets of sealed packets for one inspection. Each is derived once, without the state lock. */
    final class Secrets implements AutoCloseable {
        private record Name(int beacon, ByteBuffer locator) {}

        private record Wanted(Name name, KeyDerivation kdf, KdfParameters parameters, SecretBytes root) {}

        private final Map<Name, SecretBytes> derived = new HashMap<>();
        private final Map<Name, String> refused = new HashMap<>();
        private @Nullable Wanted wanted;

        /** Returns the secret; null if it must be derived first. */
        private @Nullable SecretBytes of(Beacon beacon, KeyDerivation kdf, KdfParameters parameters, byte[] locator) {
            Name name = new Name(beacon.id, ByteBuffer.wrap(locator));
            SecretBytes secret = derived.get(name);
            if (secret == null) {
                wanted = new Wanted(name, kdf, parameters, beacon.root.copy());
            }
            return secret;
        }

        /** Returns why this machine cannot derive a secret at present; null if no reason is known. */
        private @Nullable String refusal(Beacon beacon, byte[] locator) {
            return refused.get(new Name(beacon.id, ByteBuffer.wrap(locator)));
        }

        /** Derives the missing secrets. Do not hold the state lock. */
        void derive() {
            Wanted missing = Objects.requireNonNull(wanted, "nothing is to be derived");
            wanted = null;
            try (SecretBytes root = missing.root()) {
                byte[] locator = missing.name().locator().array();
                derived.put(
                        missing.name(), channelKeys.sealedSecret(missing.kdf(), missing.parameters(), root, locator));
            } catch (KdfMemoryException e) {
                refused.put(missing.name(), e.getMessage());
            }
        }

        @Override
        public void close() {
            derived.values().forEach(SecretBytes::close);
        }
    }

    /** Returns what a payload means to us, without using it up; empty if a secret must be derived first. */
    Optional<Inspected> inspect(Candidate candidate, Secrets secrets) throws StoreException {
        return Optional.ofNullable(look(candidate, secrets));
    }

    private @Nullable Inspected look(Candidate candidate, Secrets secrets) throws StoreException {
        PacketId id = candidate.id();
        List<MessageRecord> brought = guard.transact(tx -> MessageRecords.broughtBy(tx, id));
        if (!brought.isEmpty()) {
            return known(brought.get(0), id);
        }
        PacketIndex.Sent sent = recognition.packets.sent(id);
        if (sent != null) {
            Optional<MessageRecord> message = guard.transact(
                    tx -> Tables.find(tx, MessageRecord.TABLE, Keys.of(sent.message()), MessageRecord.class));
            if (message.isPresent()) {
                return known(message.get(), id);
            }
        }
        if (!Packets.isCandidate(candidate.payload())) {
            return new Inspected("not a packet: neither its length nor its first byte matches", null, null);
        }
        return peek(candidate, secrets);
    }

    /**
     * Returns what a packet means to this server, as far as this is known without opening it; empty if it is a
     * stranger's.
     */
    Optional<Use> use(PacketId id) throws StoreException {
        PacketIndex.Sent sent = recognition.packets.sent(id);
        if (sent != null) {
            boolean cover = guard.transact(tx -> OutgoingRecords.find(tx, sent.message()))
                    .filter(one -> one.type() == PacketType.DECOY.code())
                    .isPresent();
            return Optional.of(cover ? Use.COVER : Use.SENT);
        }
        List<MessageRecord> brought = guard.transact(tx -> MessageRecords.broughtBy(tx, id));
        if (brought.isEmpty()) {
            return recognition.packets.wasOpened(id) ? Optional.of(Use.RECEIVED) : Optional.empty();
        }
        return Optional.of(brought.stream().anyMatch(MessageRecord::outgoing) ? Use.SENT : Use.RECEIVED);
    }

    private Inspected known(MessageRecord message, PacketId id) {
        Conversation conversation = people.conversations.find(message.membership());
        String channel = conversation == null ? null : conversation.name();
        for (int i = 0; i < message.packets().size() && i < message.views().size(); i++) {
            if (Arrays.equals(message.packets().get(i), id.hash())) {
                String whose = message.outgoing() ? "our message " : "received as message ";
                return new Inspected(
                        whose + message.id(), channel, message.views().get(i));
            }
        }
        return new Inspected("part of message " + message.id(), channel, null);
    }

    private @Nullable Inspected peek(Candidate candidate, Secrets secrets) {
        List<int[]> expected = new ArrayList<>(1);
        recognition.chains.lookUp(
                Packets.hint(candidate.payload()), (chain, position) -> expected.add(new int[] {chain, position}));
        for (int[] match : expected) {
            ReceiveChainState chain = recognition.chains.find(match[0]);
            Conversation conversation = chain == null ? null : people.conversations.find(chain.entry.membership());
            if (chain == null || conversation == null) {
                // It is about to be deleted with its conversation.
                continue;
            }
            try (SecretBytes secret = chain.chain.secret(match[1])) {
                PacketKey key = new PacketKey(
                        secret, PacketOpener.label(chain), PacketOpener.locator(candidate, 8), candidate.onNetwork());
                PacketOpener.Attempt attempt = opener.open(candidate, key, opener.suites(chain));
                if (attempt.opened() != null) {
                    Optional<byte[]> session = Optional.of(chain.entry.session());
                    OptionalInt position = OptionalInt.of(match[1]);
                    return new Inspected(
                            "a packet that has not been sent yet",
                            conversation.name(),
                            conversation instanceof ChannelMembership member
                                    ? opener.view(member, attempt.opened(), session, position, member.entry.salt())
                                    : opener.view(attempt.opened(), session, position));
                }
                return new Inspected(unopened(attempt), conversation.name(), null);
            }
        }
        Beacon beacon = recognition.beacons.match(candidate.payload());
        if (beacon == null || beacon.network.code() != candidate.network()) {
            return new Inspected(
                    "an unknown packet or a decoy, or one whose key was erased: no key here opens it", null, null);
        }
        if (beacon.contactInbox != null) {
            return peekInbox(beacon, beacon.contactInbox, candidate);
        }
        ChannelMembership member = Objects.requireNonNull(people.conversations.member(beacon.members.get(0)));
        KdfParameters parameters = member.entry.parameters();
        Optional<KeyDerivation> kdf = suites.derivation(parameters);
        if (kdf.isEmpty()) {
            return new Inspected(
                    "sealed for a channel of ours; its key derivation " + parameters.id() + " is stopped or denied",
                    member.entry.name(),
                    null);
        }
        byte[] locator = PacketOpener.locator(candidate, Packets.SEALED_LOCATOR);
        String refusal = secrets.refusal(beacon, locator);
        if (refusal != null) {
            return new Inspected("sealed for a channel of ours; " + refusal, member.entry.name(), null);
        }
        SecretBytes secret = secrets.of(beacon, kdf.get(), parameters, locator);
        if (secret == null) {
            return null;
        }
        PacketKey key = new PacketKey(secret, PacketLabel.SEALED, locator, candidate.onNetwork());
        PacketOpener.Attempt attempt = opener.open(candidate, key, suites.every());
        return attempt.opened() == null
                ? new Inspected(unopened(attempt), member.entry.name(), null)
                : new Inspected(
                        "a sealed packet",
                        member.entry.name(),
                        opener.view(member, attempt.opened(), Optional.empty(), OptionalInt.empty(), locator));
    }

    private Inspected peekInbox(Beacon beacon, ContactInbox inbox, Candidate candidate) {
        byte[] locator = PacketOpener.locator(candidate, Packets.SEALED_LOCATOR);
        String whose = people.personas.name(inbox.persona());
        try (SecretBytes secret = handshakes.inboxPacketSecret(beacon.root, locator)) {
            PacketKey key = new PacketKey(secret, PacketLabel.SEALED, locator, candidate.onNetwork());
            PacketOpener.Attempt attempt = opener.open(candidate, key, suites.every());
            return attempt.opened() == null
                    ? new Inspected(unopened(attempt), whose, null)
                    : new Inspected(
                            "a handshake for persona '" + whose + "'",
                            whose,
                            codec.json(PacketOpener.viewOf(
                                    attempt.opened(),
                                    Optional.empty(),
                                    OptionalInt.empty(),
                                    Optional.empty(),
                                    locator)));
        }
    }

    private static String unopened(PacketOpener.Attempt attempt) {
        if (attempt.refused()) {
            return "made by a member against the protocol's rules: see the log";
        }
        return attempt.missing()
                ? "for a channel of ours; it waits for a cipher suite that is stopped or denied"
                : "has one of our locators but fails authentication: someone copied the locator";
    }

    /**
     * The result of an inspection.
     *
     * @param verdict one line
     * @param channel whose key opened it; null if none did
     * @param view its JSON view; null if there is none
     */
    record Inspected(
            String verdict,
            @Nullable String channel,
            @Nullable String view) {}
}
