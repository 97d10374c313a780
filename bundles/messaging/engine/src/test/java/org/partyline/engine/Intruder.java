package org.partyline.engine;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.partyline.aeadxchacha20poly1305.XChaCha20Poly1305;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;
import org.partyline.api.identity.ContactCard;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.identity.PublicIdentity;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.packet.PlannedPacket;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.session.Handshakes;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.packet.PacketFragmenter;
import org.partyline.ratchet.ChannelKeySchedule;
import org.partyline.ratchet.PartylineChains;
import org.partyline.session.NoiseHandshakes;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Somebody who has a person's card, hears the network, and puts packets of his own on it. */
final class Intruder {
    static final int REPLY_SECRET_AT = 1;
    static final int REPLY_SECRET_LENGTH = 16;

    final Handshakes handshakes = new NoiseHandshakes();
    final Chains chains = TestServer.make(PartylineChains.class);
    final PacketCodec codec = TestServer.codec();
    private final ChannelKeys channelKeys = TestServer.make(ChannelKeySchedule.class);
    private final Fragmenter fragmenter = TestServer.make(PacketFragmenter.class);
    private final AeadSuite suite = TestServer.make(XChaCha20Poly1305.class);
    private final SecureRandom random = new SecureRandom();
    private final TestNetwork network;
    private final HandSetClock clock;
    private final ContactCard card;

    Intruder(TestNetwork network, HandSetClock clock, TestServer victim) throws Exception {
        this(
                network,
                clock,
                TestServer.identities().decode(victim.personas().card(Optional.empty(), Optional.of(Network.REGTEST))));
    }

    Intruder(TestNetwork network, HandSetClock clock, ContactCard card) {
        this.network = network;
        this.clock = clock;
        this.card = card;
    }

    /** A card with a signing key of his own, and the X25519 key of somebody else's. */
    static ContactCard falseCard(TestServer victim) throws Exception {
        byte[] agreement = victim.keys().identity().agreement();
        IdentityKeys own = TestServer.identities().generate(new SecureRandom());
        byte[] inbox = own.inboxSecret().expose().clone();
        return new ContactCard(
                Network.REGTEST, new PublicIdentity(own.identity().signing(), agreement), inbox, "false");
    }

    /** The packets of the handshakes to the card's owner that were handed to any node, as he reads them. */
    List<Content> piecesSeen() throws Exception {
        List<Content> pieces = new ArrayList<>();
        for (byte[] payload : payloads()) {
            openInbox(payload).ifPresent(pieces::add);
        }
        return pieces;
    }

    /** A piece that says it belongs to others, and is none of them. */
    Content junk(Content like, int index, int count) {
        byte[] body = new byte[like.body().length];
        random.nextBytes(body);
        body[0] = (byte) PacketType.HANDSHAKE_INIT.code();
        return new Content(
                PacketType.FRAGMENT,
                false,
                like.timestamp(),
                java.util.OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new FragmentHeader(like.fragment().orElseThrow().messageId(), index, count)),
                Optional.empty(),
                body);
    }

    /** Seals a packet for the inbox. */
    void send(Content content) throws Exception {
        try (SecretBytes root = root();
                SecretBytes beacon = handshakes.inboxBeacon(root)) {
            byte[] locator = channelKeys.newLocator(beacon, random);
            try (SecretBytes secret = handshakes.inboxPacketSecret(root, locator)) {
                PacketKey key = new PacketKey(secret, PacketLabel.SEALED, locator, Network.REGTEST);
                network.accept(network.transaction(List.of(codec.seal(content, key, suite, 80))));
            }
        }
    }

    /** Seals a handshake's body for the inbox, with a time of his choice. */
    void sendInit(byte[] body, Instant sealed) throws Exception {
        Draft draft = new Draft(
                PacketType.HANDSHAKE_INIT,
                false,
                sealed.getEpochSecond(),
                java.util.OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                body,
                false);
        sendInit(draft);
    }

    ContactCard card() {
        return card;
    }

    private SecretBytes root() {
        try (SecretBytes secret = SecretBytes.copyOf(card.inboxSecret())) {
            return handshakes.inboxRoot(secret, Network.REGTEST);
        }
    }

    /** The bodies of the handshakes to the card's owner that were handed to any node, in pieces that he puts together. */
    List<byte[]> initsSeen() throws Exception {
        Map<Integer, List<Content>> pieces = new LinkedHashMap<>();
        List<byte[]> bodies = new ArrayList<>();
        for (byte[] payload : payloads()) {
            Optional<Content> opened = openInbox(payload);
            if (opened.isEmpty()) {
                continue;
            }
            Content content = opened.get();
            if (content.fragment().isEmpty()) {
                bodies.add(content.body());
                continue;
            }
            List<Content> held = pieces.computeIfAbsent(content.fragment().get().messageId(), id -> new ArrayList<>());
            held.add(content);
            if (held.size() == content.fragment().get().count()) {
                bodies.add(fragmenter.join(held).body());
            }
        }
        return bodies;
    }

    /** Every payload that was handed to any node. */
    List<byte[]> payloads() {
        List<byte[]> all = new ArrayList<>();
        for (byte[] raw : network.broadcasts()) {
            TransactionScanner.scan(
                    raw, (output, offset, length) -> all.add(Arrays.copyOfRange(raw, offset, offset + length)));
        }
        return all;
    }

    private Optional<Content> openInbox(byte[] payload) throws Exception {
        try (SecretBytes root = root();
                SecretBytes secret = handshakes.inboxPacketSecret(root, Arrays.copyOfRange(payload, 1, 17))) {
            PacketKey key =
                    new PacketKey(secret, PacketLabel.SEALED, Arrays.copyOfRange(payload, 1, 17), Network.REGTEST);
            return Optional.of(
                    codec.open(payload, key, suite, Instant.now(clock)).content());
        } catch (AuthenticationFailedException e) {
            return Optional.empty();
        }
    }

    /** Seals a handshake's body for the inbox, with the time of now. */
    void sendInit(byte[] body) throws Exception {
        sendInit(body, clock.instant());
    }

    private void sendInit(Draft draft) throws Exception {
        try (SecretBytes root = root();
                SecretBytes beacon = handshakes.inboxBeacon(root)) {
            for (PlannedPacket planned : fragmenter.plan(draft, PacketLabel.SEALED, 256, random)) {
                byte[] locator = channelKeys.newLocator(beacon, random);
                try (SecretBytes secret = handshakes.inboxPacketSecret(root, locator)) {
                    PacketKey key = new PacketKey(secret, PacketLabel.SEALED, locator, Network.REGTEST);
                    network.accept(
                            network.transaction(List.of(codec.seal(planned.content(), key, suite, planned.bucket()))));
                }
            }
        }
    }

    /** A handshake of his own, under keys that nobody knows. */
    byte[] ownInit() throws Exception {
        return ownInit(key());
    }

    SecretBytes key() {
        byte[] key = new byte[32];
        random.nextBytes(key);
        return SecretBytes.wrap(key);
    }

    byte[] ownInit(SecretBytes key) throws Exception {
        try (SecretBytes seed = key();
                SecretBytes inbox = SecretBytes.wrap(new byte[16]);
                IdentityKeys own = TestServer.identities().restore(seed, key, inbox)) {
            return initOf(own);
        }
    }

    /** The handshake of somebody whose keys he has. */
    byte[] initOf(IdentityKeys own) throws Exception {
        try (Handshakes.Initiation made = handshakes.initiate(
                Network.REGTEST, own, card.identity(), java.util.Set.of(AeadId.XCHACHA20_POLY1305), random)) {
            return made.body();
        }
    }

    /** Puts a packet on the chain that the answer to a handshake rides on: the body of an INIT tells it. */
    void sendOnReplyChain(byte[] init, int position, Content content) {
        byte[] replySecret = Arrays.copyOfRange(init, REPLY_SECRET_AT, REPLY_SECRET_AT + REPLY_SECRET_LENGTH);
        byte[] info = "partyline/2 reply\0\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        info[info.length - 1] = (byte) Network.REGTEST.code();
        try (SecretBytes chainKey =
                        SecretBytes.wrap(org.partyline.api.crypto.Hkdf.derive(replySecret, new byte[32], info, 32));
                SendChain chain = chains.send(chainKey, clock.instant())) {
            for (int i = 0; i < position; i++) {
                chain.step().secret().close();
            }
            SendChain.Step step = chain.step();
            try (SecretBytes secret = step.secret()) {
                PacketKey key = new PacketKey(secret, PacketLabel.REPLY, step.locator(), Network.REGTEST);
                int bucket = Packets.BUCKETS.stream()
                        .filter(b -> Packets.capacity(b, Packets.CHAIN_LOCATOR) >= codec.length(content))
                        .findFirst()
                        .orElseThrow();
                network.takes(network.transaction(List.of(codec.seal(content, key, suite, bucket))));
            }
        }
    }
}
