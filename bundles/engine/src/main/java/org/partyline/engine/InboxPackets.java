package org.partyline.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.OpenedPacket;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.store.StoreException;

/** Packets to an inbox: offers of a session, by anybody who has the card (PROTOCOL 6). */
final class InboxPackets {
    /** An offer comes in several packets, and anybody with the card can send many. */
    private static final Duration FORBIDDEN_PAUSE = Duration.ofMinutes(1);

    private final Core core;
    private final Inbox inbox;
    private final PacketOpener opener;
    private final Pairing pairing;
    private Instant forbiddenAudited = Instant.EPOCH;

    InboxPackets(Core core, Inbox inbox, PacketOpener opener, Pairing pairing) {
        this.core = core;
        this.inbox = inbox;
        this.opener = opener;
        this.pairing = pairing;
    }

    /** Opens what came to a letterbox. */
    Verdict open(Memory memory, Beacon beacon, Candidate candidate, PacketId id) throws StoreException {
        Letterbox letterbox = beacon.letterbox;
        byte[] locator = PacketOpener.locator(candidate, Packets.SEALED_LOCATOR);
        byte[] seen = Records.key(letterbox.id(), locator);
        if (core.store.transact(tx -> tx.contains(Records.SEEN, seen))) {
            return Verdict.OPENED;
        }
        try (SecretBytes secret = core.handshakes.inboxPacketSecret(beacon.root, locator)) {
            PacketKey key = new PacketKey(secret, PacketLabel.SEALED, locator, candidate.onNetwork());
            PacketOpener.Attempt attempt = opener.open(candidate, key, opener.everySuite());
            if (attempt.opened() == null) {
                if (attempt.missing()) {
                    auditForbidden(id);
                }
                return Verdict.ofOurs(attempt);
            }
            OpenedPacket opened = attempt.opened();
            String view = core.codec.json(
                    PacketOpener.viewOf(opened, Optional.empty(), OptionalInt.empty(), Optional.empty(), locator));
            Inbox.Source source = new Inbox.Source(
                    letterbox, candidate, id, "", -1, opened.content().timestamp(), -1, view, Records.Signer.NOBODY);
            try (After after = new After()) {
                core.store.transact(tx -> {
                    tx.put(
                            Records.SEEN,
                            seen,
                            Records.ALL,
                            new byte[] {1},
                            SealedPackets.seenUntil(core, candidate.reference()));
                    tx.delete(Records.UNMATCHED, id.hash());
                    tx.delete(Records.PARKED, id.hash());
                    // Only handshakes belong here: a text in an inbox would be a message of nobody.
                    if (isHandshake(opened.content())) {
                        Inbox.Arrival arrival = inbox.accept(tx, source, opened.content());
                        if (arrival.other().isPresent()) {
                            pairing.init(
                                    tx,
                                    memory,
                                    after,
                                    letterbox,
                                    arrival.other().get());
                        }
                    }
                    return null;
                });
                after.commit();
            }
            return Verdict.OPENED;
        }
    }

    /** Who offers a session seals the offer with a suite of it: where policy forbids that one, it forbids the offer. */
    private void auditForbidden(PacketId id) throws StoreException {
        boolean forbids = Arrays.stream(AeadId.values())
                .filter(AeadId::seals)
                .anyMatch(suite -> !core.suites.allowed().contains(suite));
        boolean news = core.store.transact(tx -> !tx.contains(Records.PARKED, id.hash()));
        if (forbids && news && core.now().isAfter(forbiddenAudited.plus(FORBIDDEN_PAUSE))) {
            forbiddenAudited = core.now();
            core.audit(
                    "handshake-refused",
                    "somebody who has a persona's card offers no cipher suite that may be used here: see partyline:suite-list");
        }
    }

    /** An INIT, or a piece of one: the first piece's body begins with the inner type. */
    private static boolean isHandshake(Content content) {
        if (content.type() == PacketType.FRAGMENT) {
            return content.fragment().orElseThrow().index() > 0
                    || content.body().length > 0 && content.body()[0] == PacketType.HANDSHAKE_INIT.code();
        }
        return content.type() == PacketType.HANDSHAKE_INIT;
    }
}
