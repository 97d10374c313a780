package org.partyline.receive;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.partyline.api.SecretBytes;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.OpenedPacket;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.session.HandshakeRefusedException;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.chains.PacketOpener;
import org.partyline.messaging.chains.SeenLocators;
import org.partyline.messaging.conversation.ContactInbox;
import org.partyline.messaging.recognition.Beacon;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.SecurityLog;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;

/** Recognises packets to an inbox: session requests by anyone who has the card (PROTOCOL 6). */
public final class InboxPackets implements Receiver {
    /** An offer takes several packets, and anyone with the card can send many. */
    private static final Duration FORBIDDEN_PAUSE = Duration.ofMinutes(1);

    private final StateGuard guard;
    private final Clock clock;
    private final OperatorSettings settings;
    private final SuiteDirectory suites;
    private final Handshakes handshakes;
    private final SecurityLog security;
    private final PacketOpener opener;
    private final HandshakeManager handshakeManager;
    private final HandshakePieces pieces;
    private Instant forbiddenAudited = Instant.EPOCH;

    public InboxPackets(
            StateGuard guard,
            Clock clock,
            OperatorSettings settings,
            SuiteDirectory suites,
            Handshakes handshakes,
            SecurityLog security,
            PacketOpener opener,
            HandshakeManager handshakeManager) {
        this.guard = guard;
        this.clock = clock;
        this.settings = settings;
        this.suites = suites;
        this.handshakes = handshakes;
        this.security = security;
        this.pieces = new HandshakePieces(clock);
        this.opener = opener;
        this.handshakeManager = handshakeManager;
    }

    @Override
    public RecognitionResult open(IncomingPayload packet) throws StoreException {
        Beacon beacon = packet.beacon();
        return beacon == null || beacon.contactInbox == null
                ? RecognitionResult.STRANGER
                : open(beacon, beacon.contactInbox, packet.candidate(), packet.id());
    }

    /** Opens a packet for a contact inbox. */
    private RecognitionResult open(Beacon beacon, ContactInbox contactInbox, Candidate candidate, PacketId id)
            throws StoreException {
        byte[] locator = PacketOpener.locator(candidate, Packets.SEALED_LOCATOR);
        byte[] seen = Keys.of(contactInbox.id(), locator);
        if (guard.transact(tx -> tx.contains(SeenLocators.TABLE, seen))) {
            return RecognitionResult.OPENED;
        }
        try (SecretBytes secret = handshakes.inboxPacketSecret(beacon.root, locator)) {
            PacketKey key = new PacketKey(secret, PacketLabel.SEALED, locator, candidate.onNetwork());
            PacketOpener.Attempt attempt = opener.open(candidate, key, suites.every());
            if (attempt.opened() == null) {
                if (attempt.missing()) {
                    auditForbidden(id);
                }
                return RecognitionResult.ofOurs(attempt);
            }
            OpenedPacket opened = attempt.opened();
            try (AfterCommit after = new AfterCommit()) {
                guard.update(tx -> {
                    tx.put(
                            SeenLocators.TABLE,
                            seen,
                            Keys.ALL,
                            new byte[] {1},
                            SeenLocators.seenUntil(
                                    clock.instant(), settings.get().reading().catchUp(), candidate.reference()));
                    tx.delete(HeldPackets.UNMATCHED, id.hash());
                    tx.delete(HeldPackets.PARKED, id.hash());
                    // Only handshakes belong here: a text in an inbox would have no sender.
                    if (isHandshake(opened.content())) {
                        handshake(tx, after, contactInbox, opened.content(), candidate.reference());
                    }
                });
                after.commit();
            }
            return RecognitionResult.OPENED;
        }
    }

    private void handshake(
            StoreTransaction tx, AfterCommit after, ContactInbox contactInbox, Content content, Instant reference)
            throws StoreException {
        // A block's time may be ahead.
        long arrived = Math.min(reference.getEpochSecond(), clock.instant().getEpochSecond());
        boolean inPieces = content.type() == PacketType.FRAGMENT;
        List<byte[]> bodies = inPieces
                ? pieces.add(tx, contactInbox, content).stream()
                        .map(HandshakePieces::initOf)
                        .toList()
                : List.of(content.body());
        String refusal = "";
        for (byte[] body : bodies) {
            try {
                handshakeManager.init(tx, after, contactInbox, body, content.timestamp(), arrived);
                if (inPieces) {
                    pieces.drop(tx, contactInbox, content);
                }
                return;
            } catch (HandshakeRefusedException e) {
                refusal = e.getMessage();
            }
        }
        if (!bodies.isEmpty()) {
            security.record("handshake-refused", refusal);
        }
    }

    /**
     * An initiator seals its handshake with an offered suite: if policy forbids that suite, it forbids the handshake.
     */
    private void auditForbidden(PacketId id) throws StoreException {
        boolean fresh = guard.transact(tx -> !tx.contains(HeldPackets.PARKED, id.hash()));
        if (suites.forbidsAny() && fresh && clock.instant().isAfter(forbiddenAudited.plus(FORBIDDEN_PAUSE))) {
            forbiddenAudited = clock.instant();
            security.record(
                    "handshake-refused",
                    "a sender who has a persona's card offers no cipher suite that is allowed here: see partyline:suite-list");
        }
    }

    /** Returns whether it is an INIT or a fragment of one: the first fragment's body begins with the inner type. */
    private static boolean isHandshake(Content content) {
        if (content.type() == PacketType.FRAGMENT) {
            return content.fragment().orElseThrow().index() > 0
                    || content.body().length > 0 && content.body()[0] == PacketType.HANDSHAKE_INIT.code();
        }
        return content.type() == PacketType.HANDSHAKE_INIT;
    }
}
