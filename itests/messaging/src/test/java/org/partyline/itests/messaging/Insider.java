package org.partyline.itests.messaging;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.aeadaes256gcm.Aes256Gcm;
import org.partyline.aeadxchacha20poly1305.XChaCha20Poly1305;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.identity.ContactCard;
import org.partyline.api.identity.Identities;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.NewChain;
import org.partyline.api.packet.OpenedPacket;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.state.Days;
import org.partyline.ratchet.ChannelKeySchedule;
import org.partyline.ratchet.PartylineChains;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** A member of a channel who keeps everything that was ever sent, and makes arbitrary packets. */
final class Insider {
    static final AeadSuite XCHACHA = TestServer.make(XChaCha20Poly1305.class);
    static final AeadSuite GCM = TestServer.make(Aes256Gcm.class);

    private final PacketCodec codec = TestServer.codec();
    private final Chains chains = TestServer.make(PartylineChains.class);
    private final ChannelKeys channelKeys = TestServer.make(ChannelKeySchedule.class);
    private final KeyDerivation kdf = new QuickArgon2id();
    private final Identities identities = TestServer.identities();
    private final SecureRandom random = new SecureRandom();
    private final TestNetwork network;
    private final HandSetClock clock;
    private final SecretBytes root;
    private final SecretBytes beacon;
    private final List<byte[]> own = new ArrayList<>();

    /** Joins a channel of {@link TestServer#join}, on the clock's day. */
    Insider(TestNetwork network, HandSetClock clock, String channel) {
        this.network = network;
        this.clock = clock;
        byte[] salt = channelKeys.salt(Network.REGTEST, channel);
        try (SecretBytes start =
                channelKeys.startingRoot(kdf, TestServer.CHEAP, salt, "channel passphrase".toCharArray())) {
            root = channelKeys.advance(start, Days.of(clock.instant()) - ChannelKeys.DEFAULT_START_DAY);
        }
        beacon = channelKeys.beacon(root);
    }

    /** A packet that the insider has read. */
    record Read(byte[] payload, Content content, AeadId suite) {}

    /** Returns the keys of a contact that a server knows from now on. */
    IdentityKeys introduce(TestServer server, String name) throws Exception {
        IdentityKeys keys = identities.generate(random);
        ContactCard card = new ContactCard(
                Network.REGTEST, keys.identity(), keys.inboxSecret().expose().clone(), name);
        server.contacts().add(Optional.empty(), identities.encode(card), Optional.of(name));
        return keys;
    }

    /** Returns every payload that was handed to any node, including the insider's own. */
    private List<byte[]> payloads() {
        List<byte[]> all = new ArrayList<>();
        for (byte[] raw : network.broadcasts()) {
            TransactionScanner.scan(
                    raw, (output, offset, length) -> all.add(Arrays.copyOfRange(raw, offset, offset + length)));
        }
        all.addAll(own);
        return all;
    }

    /** Returns the packet that opened the newest chain. */
    Read opener() throws Exception {
        Read newest = null;
        for (byte[] payload : payloads()) {
            byte[] locator = Arrays.copyOfRange(payload, 1, 1 + Packets.SEALED_LOCATOR);
            try (SecretBytes secret = secret(locator)) {
                PacketKey key = new PacketKey(secret, PacketLabel.SEALED, locator, Network.REGTEST);
                Optional<Read> read = open(payload, key);
                if (read.isPresent() && read.get().content().newChain().isPresent()) {
                    newest = read.get();
                }
            }
        }
        return Optional.ofNullable(newest).orElseThrow();
    }

    /** Reads the packet at a position of a chain. */
    Read read(byte[] seed, int position) throws Exception {
        for (byte[] payload : payloads()) {
            try (SecretBytes secret = step(seed, position).secret()) {
                byte[] locator = step(seed, position).locator();
                if (Arrays.equals(payload, 1, 9, locator, 0, 8)) {
                    return open(payload, new PacketKey(secret, PacketLabel.RATCHET, locator, Network.REGTEST))
                            .orElseThrow();
                }
            }
        }
        throw new NoSuchElementException("nothing at position " + position);
    }

    private Optional<Read> open(byte[] payload, PacketKey key) throws Exception {
        for (AeadSuite suite : List.of(XCHACHA, GCM)) {
            try {
                OpenedPacket opened = codec.open(payload, key, suite, clock.instant());
                return Optional.of(new Read(payload, opened.content(), opened.suite()));
            } catch (AuthenticationFailedException e) {
                continue;
            }
        }
        return Optional.empty();
    }

    private SecretBytes secret(byte[] locator) {
        return channelKeys.sealedSecret(kdf, TestServer.CHEAP, root, locator);
    }

    private SendChain.Step step(byte[] seed, int position) {
        try (SecretBytes chainKey = chains.channelChainKey(seed, root, Network.REGTEST);
                SendChain chain = chains.send(chainKey, clock.instant())) {
            for (int i = 0; i < position; i++) {
                chain.step().secret().close();
            }
            return chain.step();
        }
    }

    byte[] newSeed() {
        byte[] seed = new byte[NewChain.SEED_LENGTH];
        random.nextBytes(seed);
        return seed;
    }

    /** Opens a chain with a text, using the insider's own seed or another's. */
    void openChain(byte[] seed, String nickname, String words) throws Exception {
        sendSealed(with(text(words), new NewChain(seed, nickname)));
    }

    /** Sends a sealed packet with a new locator. */
    void sendSealed(Content content) throws Exception {
        byte[] locator = channelKeys.newLocator(beacon, random);
        try (SecretBytes secret = secret(locator)) {
            send(content, new PacketKey(secret, PacketLabel.SEALED, locator, Network.REGTEST), XCHACHA);
        }
    }

    /** Sends a packet at a position of a chain. */
    void sendOnChain(byte[] seed, int position, Content content, AeadSuite suite) throws Exception {
        SendChain.Step step = step(seed, position);
        try (SecretBytes secret = step.secret()) {
            send(content, new PacketKey(secret, PacketLabel.RATCHET, step.locator(), Network.REGTEST), suite);
        }
    }

    /** Sends a signed packet at a position of a chain. @param signer who signs it */
    void sendSigned(byte[] seed, int position, Content content, IdentityKeys signer) throws Exception {
        SendChain.Step step = step(seed, position);
        try (SecretBytes secret = step.secret()) {
            PacketKey key = new PacketKey(secret, PacketLabel.RATCHET, step.locator(), Network.REGTEST);
            Content named = from(content, signer.identity().senderId());
            byte[] signature = identities.sign(signer, codec.signatureInput(named, key, XCHACHA.id()));
            send(named.withSignature(signature), key, XCHACHA);
        }
    }

    private void send(Content content, PacketKey key, AeadSuite suite) {
        int bucket = Packets.BUCKETS.stream()
                .filter(size -> Packets.capacity(size, key.locator().length) >= codec.length(content))
                .findFirst()
                .orElseThrow();
        byte[] packet = codec.seal(content, key, suite, bucket);
        own.add(packet);
        again(packet);
    }

    /** Sends a payload in a new transaction. */
    void again(byte[] payload) {
        network.takes(network.transaction(List.of(payload)));
    }

    Content text(String words) {
        return Content.of(PacketType.TEXT, clock.instant(), words.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns a fragment of a text. */
    Content piece(int message, int index, int count, String words) {
        byte[] body = ((index == 0 ? (char) PacketType.TEXT.code() : "") + words).getBytes(StandardCharsets.UTF_8);
        return new Content(
                PacketType.FRAGMENT,
                false,
                Instant.now(clock).getEpochSecond(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new FragmentHeader(message, index, count)),
                Optional.empty(),
                body);
    }

    private static Content with(Content content, NewChain chain) {
        return new Content(
                content.type(),
                content.burn(),
                content.timestamp(),
                content.ttlMinutes(),
                content.senderId(),
                Optional.of(chain),
                content.fragment(),
                content.signature(),
                content.body());
    }

    /** Returns the same content from another sender. */
    static Content from(Content content, byte[] senderId) {
        return new Content(
                content.type(),
                content.burn(),
                content.timestamp(),
                content.ttlMinutes(),
                Optional.of(senderId),
                content.newChain(),
                content.fragment(),
                content.signature(),
                content.body());
    }
}
