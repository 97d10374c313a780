package org.partyline.receive;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.packet.PlannedPacket;
import org.partyline.messaging.conversation.ContactInbox;
import org.partyline.testkit.messaging.StageBench;

/** Someone who has Alice's card, and seals arbitrary packets for her inbox. */
final class CardHolder {
    private final StageBench bench;
    private final SecretBytes inbox;

    CardHolder(StageBench bench) {
        this.bench = bench;
        this.inbox = bench.keys().keys.inboxSecret().copy();
        expect();
    }

    /** Makes Alice's server recognise packets to her inbox, as the owner of her keys does after each start. */
    void expect() {
        bench.guard.lock();
        try {
            SecretBytes root = root();
            bench.recognition.beacons.add(
                    new ContactInbox(StageBench.ALICE.id(), Network.REGTEST, false),
                    bench.handshakes.inboxBeacon(root),
                    root);
        } finally {
            bench.guard.unlock();
        }
    }

    private SecretBytes root() {
        return bench.handshakes.inboxRoot(inbox, Network.REGTEST);
    }

    byte[] seal(Content content) {
        try (SecretBytes root = root();
                SecretBytes beacon = bench.handshakes.inboxBeacon(root)) {
            byte[] locator = bench.channelKeys.newLocator(beacon, bench.random);
            try (SecretBytes secret = bench.handshakes.inboxPacketSecret(root, locator)) {
                PacketKey key = new PacketKey(secret, PacketLabel.SEALED, locator, Network.REGTEST);
                int bucket = Packets.BUCKETS.stream()
                        .filter(size -> Packets.capacity(size, locator.length) >= bench.codec.length(content))
                        .findFirst()
                        .orElseThrow();
                return bench.codec.seal(content, key, Speaker.XCHACHA, bucket);
            }
        }
    }

    /** Returns the fragments of an offer. */
    List<Content> pieces(byte[] body) throws PartylineException {
        Draft draft = new Draft(
                PacketType.HANDSHAKE_INIT,
                false,
                bench.clock.instant().getEpochSecond(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                body,
                false);
        List<Content> pieces = new ArrayList<>();
        for (PlannedPacket planned : bench.fragmenter.plan(draft, PacketLabel.SEALED, 80, bench.random)) {
            pieces.add(planned.content());
        }
        return pieces;
    }

    /** Returns a fragment of a message with the present time. */
    Content piece(int message, int index, int count, byte[] body) {
        return piece(bench.clock.instant().getEpochSecond(), message, index, count, body);
    }

    /** Returns a fragment that claims to belong to others, and does not. */
    Content junk(Content like, int index, int count) {
        byte[] body = new byte[like.body().length];
        bench.random.nextBytes(body);
        body[0] = (byte) PacketType.HANDSHAKE_INIT.code();
        return piece(like.timestamp(), like.fragment().orElseThrow().messageId(), index, count, body);
    }

    private static Content piece(long time, int message, int index, int count, byte[] body) {
        return new Content(
                PacketType.FRAGMENT,
                false,
                time,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new FragmentHeader(message, index, count)),
                Optional.empty(),
                body);
    }
}
