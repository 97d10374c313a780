package org.partyline.receive;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.NewChain;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.SendChain;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.state.Days;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.protocol.PlainSuite;

/** A member of a channel elsewhere, who makes arbitrary packets: with seeds of its own chains, or of others'. */
final class Speaker {
    static final AeadSuite XCHACHA = new PlainSuite(AeadId.XCHACHA20_POLY1305);
    static final AeadSuite GCM = new PlainSuite(AeadId.AES_256_GCM);

    private final StageBench bench;
    private final KdfParameters kdf;
    private final Network network;
    private final SecretBytes root;

    /** Uses today's root of a membership's channel. */
    Speaker(StageBench bench, ChannelMembership member) {
        this.bench = bench;
        this.kdf = member.entry.parameters();
        this.network = member.network();
        this.root = member.root(bench.channelKeys, Days.of(bench.clock.instant()));
    }

    byte[] newSeed() {
        byte[] seed = new byte[NewChain.SEED_LENGTH];
        bench.random.nextBytes(seed);
        return seed;
    }

    Content text(String words) {
        return Content.of(PacketType.TEXT, bench.clock.instant(), words.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns a fragment of a text. */
    Content piece(int message, int index, int count, String words) {
        byte[] body = ((index == 0 ? (char) PacketType.TEXT.code() : "") + words).getBytes(StandardCharsets.UTF_8);
        return new Content(
                PacketType.FRAGMENT,
                false,
                bench.clock.instant().getEpochSecond(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new FragmentHeader(message, index, count)),
                Optional.empty(),
                body);
    }

    /** Returns the packet that opens a chain, with a text beside its seed. */
    byte[] opener(byte[] seed, String nickname, String words) {
        return sealed(with(text(words), new NewChain(seed, nickname)));
    }

    byte[] newLocator() {
        try (SecretBytes beacon = bench.channelKeys.beacon(root)) {
            return bench.channelKeys.newLocator(beacon, bench.random);
        }
    }

    /** Returns a sealed packet with a new locator. */
    byte[] sealed(Content content) {
        return sealed(newLocator(), content, XCHACHA);
    }

    /** Returns a sealed packet with another's locator. */
    byte[] sealed(byte[] locator, Content content, AeadSuite suite) {
        try (SecretBytes secret =
                bench.channelKeys.sealedSecret(bench.suites.derivation(kdf).orElseThrow(), kdf, root, locator)) {
            return packet(content, new PacketKey(secret, PacketLabel.SEALED, locator, network), suite);
        }
    }

    private SendChain.Step step(byte[] seed, int position) {
        try (SecretBytes chainKey = bench.chains.channelChainKey(seed, root, network);
                SendChain chain = bench.chains.sendSession(chainKey, bench.clock.instant())) {
            for (int i = 0; i < position; i++) {
                chain.step().secret().close();
            }
            return chain.step();
        }
    }

    /** Returns a packet at a position of a chain. */
    byte[] onChain(byte[] seed, int position, Content content) {
        return onChain(seed, position, content, XCHACHA);
    }

    byte[] onChain(byte[] seed, int position, Content content, AeadSuite suite) {
        SendChain.Step step = step(seed, position);
        try (SecretBytes secret = step.secret()) {
            return packet(content, new PacketKey(secret, PacketLabel.RATCHET, step.locator(), network), suite);
        }
    }

    /**
     * Returns the content with a signature that is valid at a position of a chain, under XCHACHA. @param signer who
     * signs it
     */
    Content signed(byte[] seed, int position, Content content, IdentityKeys signer) {
        return signed(seed, position, from(content, signer.identity().senderId()), signer, XCHACHA);
    }

    /** Returns the content with a signature that is valid at a position of a chain; it does not name its sender. */
    Content signed(byte[] seed, int position, Content content, IdentityKeys signer, AeadSuite suite) {
        SendChain.Step step = step(seed, position);
        try (SecretBytes secret = step.secret()) {
            PacketKey key = new PacketKey(secret, PacketLabel.RATCHET, step.locator(), network);
            return content.withSignature(
                    bench.identities.sign(signer, bench.codec.signatureInput(content, key, suite.id())));
        }
    }

    private byte[] packet(Content content, PacketKey key, AeadSuite suite) {
        int bucket = Packets.BUCKETS.stream()
                .filter(size -> Packets.capacity(size, key.locator().length) >= bench.codec.length(content))
                .findFirst()
                .orElseThrow();
        return bench.codec.seal(content, key, suite, bucket);
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
