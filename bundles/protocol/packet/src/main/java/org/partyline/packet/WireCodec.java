package org.partyline.packet;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.OpenedPacket;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketView;
import org.partyline.api.packet.Packets;
import org.partyline.api.packet.Padding;
import org.partyline.api.packet.RefusedContentException;

/** Seals and opens packets (PROTOCOL 2.2, 2.3). */
@Component
public final class WireCodec implements PacketCodec {
    /** How far a timestamp may be ahead of the reference time, in seconds (PROTOCOL 2.3). */
    static final long MAX_AHEAD_SECONDS = 300;
    /** How far a timestamp may be behind the reference time, in seconds (PROTOCOL 2.3). */
    static final long MAX_BEHIND_SECONDS = 86_400;

    private static final byte[] SIGNATURE_PREFIX = "partyline/2 sig\0".getBytes(StandardCharsets.US_ASCII);
    private static final int LOCATOR_AT = 1;

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile Padding padding;

    /** For Declarative Services, which set the padding. */
    public WireCodec() {}

    WireCodec(Padding padding) {
        this.padding = padding;
    }

    @Override
    public int length(Content content) {
        return Layout.length(content) + 1;
    }

    @Override
    public byte[] seal(Content content, PacketKey key, AeadSuite suite, int bucket) {
        if (!Packets.BUCKETS.contains(bucket)) {
            throw new IllegalArgumentException("a packet has 64, 80, 128, 256 or 512 bytes, not " + bucket);
        }
        if (!suite.id().seals()) {
            throw new IllegalArgumentException(suite.id() + " opens version-1 messages only");
        }
        int capacity = Packets.capacity(bucket, key.locator().length);
        if (length(content) > capacity) {
            throw new IllegalArgumentException("the content needs " + length(content) + " bytes, and a packet of "
                    + bucket + " has room for " + capacity);
        }
        byte[] plaintext = Layout.write(content);
        byte[] padded = null;
        try (DerivedKey derived = DerivedKey.of(key, suite.id())) {
            padded = padding.pad(plaintext, capacity);
            byte[] ciphertext = suite.seal(derived.key(), derived.nonce(), derived.associatedData(), padded);
            return ByteBuffer.allocate(bucket)
                    .put(Packets.VERSION)
                    .put(key.locator())
                    .put(ciphertext)
                    .array();
        } finally {
            wipe(plaintext);
            wipe(padded);
        }
    }

    @Override
    public OpenedPacket open(byte[] packet, PacketKey key, AeadSuite suite, Instant reference)
            throws AuthenticationFailedException, RefusedContentException {
        // A cipher that never seals did not seal a version-2 packet: trying it would allow a downgrade.
        if (!Packets.isCandidate(packet)
                || !hasLocator(packet, key.locator())
                || !suite.id().seals()) {
            throw new AuthenticationFailedException();
        }
        byte[] sealed = Arrays.copyOfRange(packet, LOCATOR_AT + key.locator().length, packet.length);
        byte[] padded = null;
        byte[] plaintext = null;
        try (DerivedKey derived = DerivedKey.of(key, suite.id())) {
            padded = suite.open(derived.key(), derived.nonce(), derived.associatedData(), sealed);
            plaintext = padding.unpad(padded);
            Layout.Parsed parsed = Layout.read(plaintext);
            checkTime(parsed.content().timestamp(), reference);
            int tagAt = sealed.length - AeadId.TAG_LENGTH;
            return new OpenedPacket(
                    parsed.content(),
                    suite.id(),
                    derived.nonce(),
                    Arrays.copyOf(sealed, tagAt),
                    Arrays.copyOfRange(sealed, tagAt, sealed.length),
                    parsed.signedPart());
        } finally {
            wipe(padded);
            wipe(plaintext);
        }
    }

    @Override
    public byte[] signatureInput(Content content, PacketKey key, AeadId suite) {
        byte[] label = key.label().text().getBytes(StandardCharsets.US_ASCII);
        byte[] signedPart = Layout.signedPart(content);
        return ByteBuffer.allocate(
                        SIGNATURE_PREFIX.length + label.length + 3 + key.locator().length + signedPart.length)
                .put(SIGNATURE_PREFIX)
                .put(label)
                .put((byte) 0)
                .put(key.network().code())
                .put((byte) suite.code())
                .put(key.locator())
                .put(signedPart)
                .array();
    }

    @Override
    public String json(PacketView view) {
        return JsonView.write(view);
    }

    private static boolean hasLocator(byte[] packet, byte[] locator) {
        byte[] found = Arrays.copyOfRange(packet, LOCATOR_AT, LOCATOR_AT + locator.length);
        return MessageDigest.isEqual(found, locator);
    }

    private static void checkTime(long timestamp, Instant reference) throws RefusedContentException {
        long ahead = timestamp - reference.getEpochSecond();
        if (ahead > MAX_AHEAD_SECONDS) {
            throw new RefusedContentException("the timestamp is " + ahead + " s in the future; the maximum is 300 s");
        }
        if (-ahead > MAX_BEHIND_SECONDS) {
            throw new RefusedContentException("the timestamp is " + -ahead + " s old; the maximum is 86400 s");
        }
    }

    private static void wipe(byte @Nullable [] bytes) {
        if (bytes != null) {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
