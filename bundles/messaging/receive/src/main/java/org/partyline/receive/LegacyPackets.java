package org.partyline.receive;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.packet.LegacyReader;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.PacketView;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.chains.SeenLocators;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;

/**
 * Recognises messages of version 1 (PROTOCOL 10). Another bundle reads them, but this receiver belongs here: their key
 * is derived from the channel's passphrase when the channel is joined, and no other bundle may see it.
 */
public final class LegacyPackets implements Receiver {
    /**
     * Version 1 has no chain by which to detect a replay: a hash is kept for as long as a mempool may hold the message.
     */
    private static final Duration SEEN = Duration.ofDays(30);

    private final StateGuard guard;
    private final People people;
    private final Clock clock;
    private final OperatorSettings settings;
    private final SuiteDirectory suites;
    private final PacketCodec codec;
    private final Supplier<Optional<LegacyReader>> legacy;
    private final Inbox inbox;
    private final LegacyWarning warning;

    public LegacyPackets(
            StateGuard guard,
            Clock clock,
            OperatorSettings settings,
            SuiteDirectory suites,
            PacketCodec codec,
            Supplier<Optional<LegacyReader>> legacy,
            Inbox inbox,
            LegacyWarning warning) {
        this.guard = guard;
        this.people = guard.people();
        this.clock = clock;
        this.settings = settings;
        this.suites = suites;
        this.codec = codec;
        this.legacy = legacy;
        this.inbox = inbox;
        this.warning = warning;
    }

    @Override
    public RecognitionResult open(IncomingPayload packet) throws StoreException {
        return packet.isPacket() ? RecognitionResult.STRANGER : open(packet.candidate(), packet.id());
    }

    /**
     * Tries it for each channel that reads version 1.
     *
     * @return {@link RecognitionResult#PARKED} if a required bundle is missing
     */
    private RecognitionResult open(Candidate candidate, PacketId id) throws StoreException {
        Optional<LegacyReader> reader = legacy.get();
        boolean read = people.conversations.members().stream()
                .anyMatch(m -> m.legacyKey != null && m.entry.network() == candidate.network());
        if (!read || !settings.get().reading().legacyV1()) {
            return RecognitionResult.STRANGER;
        }
        if (reader.isEmpty()) {
            return RecognitionResult.PARKED;
        }
        if (!reader.get().isCandidate(candidate.payload())) {
            return RecognitionResult.STRANGER;
        }
        RecognitionResult result = RecognitionResult.STRANGER;
        for (ChannelMembership member : people.conversations.members()) {
            if (member.legacyKey == null || member.entry.network() != candidate.network()) {
                continue;
            }
            Optional<AeadSuite> eax = suites.suite(AeadId.AES_256_EAX.name());
            if (eax.isEmpty()) {
                return RecognitionResult.PARKED;
            }
            Optional<LegacyReader.LegacyMessage> message =
                    reader.get().open(candidate.payload(), member.legacyKey, eax.get());
            if (message.isPresent()) {
                accept(member, candidate, id, message.get());
                result = RecognitionResult.OPENED;
            }
        }
        return result;
    }

    private void accept(ChannelMembership member, Candidate candidate, PacketId id, LegacyReader.LegacyMessage message)
            throws StoreException {
        PacketView view = new PacketView(
                1,
                PacketType.LEGACY,
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                message.timestamp(),
                AeadId.AES_256_EAX,
                Optional.of(KdfParameters.defaults(KdfId.PBKDF2_SHA256)),
                "mempool_partyline_salt".getBytes(StandardCharsets.US_ASCII),
                message.nonce(),
                message.ciphertext(),
                message.tag(),
                OptionalLong.empty(),
                Optional.empty());
        Inbox.Source source = new Inbox.Source(
                member,
                candidate,
                id,
                message.sender(),
                -1,
                message.timestamp(),
                -1,
                codec.json(view),
                SignerId.NOBODY);
        byte[] seen = Keys.of(member.id(), id.hash());
        Optional<MessageRecord> kept = guard.transact(tx -> {
            tx.delete(HeldPackets.PARKED, id.hash());
            if (tx.contains(SeenLocators.TABLE, seen)) {
                return Optional.<MessageRecord>empty();
            }
            tx.put(
                    SeenLocators.TABLE,
                    seen,
                    Keys.ALL,
                    new byte[] {1},
                    clock.instant().plus(SEEN));
            return inbox.legacy(tx, source, message.text(), message.timestamp());
        });
        if (kept.isPresent()) {
            warning.count(clock.instant());
            inbox.arrived(source, kept);
        }
    }
}
