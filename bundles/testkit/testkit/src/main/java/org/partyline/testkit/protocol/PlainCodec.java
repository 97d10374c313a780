package org.partyline.testkit.protocol;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.NewChain;
import org.partyline.api.packet.OpenedPacket;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.PacketView;
import org.partyline.api.packet.Packets;
import org.partyline.api.packet.RefusedContentException;

/** Unencrypted packets: only the tag depends on the key and the suite, and anyone with both can open them. */
public final class PlainCodec implements PacketCodec {
    private static final int TYPE = 0x07;
    private static final int TTL = 0x08;
    private static final int NEW_CHAIN = 0x10;
    private static final int SIGNED = 0x20;
    private static final int BURN = 0x40;
    private static final int SENDER = 0x80;
    private static final byte MARKER = (byte) 0x80;
    private static final Duration MOST_AHEAD = Duration.ofSeconds(300);
    private static final Duration MOST_BEHIND = Duration.ofDays(1);

    @Override
    public int length(Content content) {
        return write(content, true).length + 1;
    }

    /** {@inheritDoc} Only the suite's code is used; it seals nothing. */
    @Override
    public byte[] seal(Content content, PacketKey key, AeadSuite suite, int bucket) {
        if (!Packets.BUCKETS.contains(bucket)) {
            throw new IllegalArgumentException("there is no packet of " + bucket + " bytes");
        }
        if (!suite.id().seals()) {
            throw new IllegalArgumentException(suite.id() + " seals nothing");
        }
        int capacity = Packets.capacity(bucket, key.locator().length);
        if (length(content) > capacity) {
            throw new IllegalArgumentException("the content needs " + length(content) + " bytes of " + capacity);
        }
        ByteBuffer packet = ByteBuffer.allocate(bucket)
                .put(Packets.VERSION)
                .put(key.locator())
                .put(write(content, true))
                .put(MARKER);
        byte[] bytes = packet.array();
        System.arraycopy(tag(bytes, key, suite.id()), 0, bytes, bucket - AeadId.TAG_LENGTH, AeadId.TAG_LENGTH);
        return bytes;
    }

    @Override
    public OpenedPacket open(byte[] packet, PacketKey key, AeadSuite suite, Instant reference)
            throws AuthenticationFailedException, RefusedContentException {
        int from = 1 + key.locator().length;
        int tagAt = packet.length - AeadId.TAG_LENGTH;
        if (!Packets.isCandidate(packet)
                || !suite.id().seals()
                || !Arrays.equals(Arrays.copyOfRange(packet, 1, from), key.locator())
                || !Arrays.equals(Arrays.copyOfRange(packet, tagAt, packet.length), tag(packet, key, suite.id()))) {
            throw new AuthenticationFailedException();
        }
        byte[] padded = Arrays.copyOfRange(packet, from, tagAt);
        Content content = read(unpadded(padded));
        checkTime(Instant.ofEpochSecond(content.timestamp()), reference);
        return new OpenedPacket(
                content,
                suite.id(),
                Arrays.copyOf(
                        Plain.hash("nonce", key.secret().expose()), suite.id().nonceLength()),
                padded,
                Arrays.copyOfRange(packet, tagAt, packet.length),
                content.signature().isPresent() ? write(content, false) : new byte[0]);
    }

    @Override
    public byte[] signatureInput(Content content, PacketKey key, AeadId suite) {
        Content signed = content.withSignature(new byte[Content.SIGNATURE_LENGTH]);
        return Plain.hash("signature", place(key, suite), key.locator(), write(signed, false));
    }

    /** {@inheritDoc} Of the key derivation only its salt; without the nonce and rarely used fields. */
    @Override
    public String json(PacketView view) {
        StringBuilder json = new StringBuilder("{\"version\":").append(view.version());
        text(json, "msg_type", view.type().name());
        view.senderId().ifPresent(id -> text(json, "sender_id", HexFormat.of().formatHex(id)));
        view.sessionId().ifPresent(id -> text(json, "session_id", HexFormat.of().formatHex(id)));
        view.sequence().ifPresent(position -> json.append(",\"sequence\":").append(position));
        json.append(",\"timestamp\":").append(view.timestamp());
        text(json, "cipher_suite", view.suite().name());
        view.kdf()
                .ifPresent(kdf -> json.append(",\"kdf_params\":{\"salt\":\"")
                        .append(HexFormat.of().formatHex(view.salt()))
                        .append("\"}"));
        text(json, "payload", HexFormat.of().formatHex(view.payload()));
        text(json, "tag", HexFormat.of().formatHex(view.tag()));
        return json.append('}').toString();
    }

    private static void text(StringBuilder json, String name, String value) {
        json.append(",\"").append(name).append("\":\"").append(value).append('"');
    }

    private static byte[] tag(byte[] packet, PacketKey key, AeadId suite) {
        byte[] rest = Arrays.copyOf(packet, packet.length - AeadId.TAG_LENGTH);
        return Arrays.copyOf(Plain.hash("tag", key.secret().expose(), place(key, suite), rest), AeadId.TAG_LENGTH);
    }

    /** The label, the network and the suite: a packet is valid for one of each. */
    private static byte[] place(PacketKey key, AeadId suite) {
        return (key.label().text() + ' ' + key.network().code() + ' ' + suite.code())
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] write(Content content, boolean withSignature) {
        // Longer than any content: the unused part is cut off.
        ByteBuffer out = ByteBuffer.allocate(256 + content.body().length);
        out.put((byte) first(content)).putInt((int) content.timestamp());
        content.ttlMinutes().ifPresent(minutes -> out.putShort((short) minutes));
        content.senderId().ifPresent(out::put);
        content.newChain().ifPresent(start -> {
            byte[] nickname = start.nickname().getBytes(StandardCharsets.UTF_8);
            out.put(start.seed()).put((byte) nickname.length).put(nickname);
        });
        content.fragment()
                .ifPresent(piece ->
                        out.putShort((short) piece.messageId()).put((byte) (piece.index() << 4 | piece.count() - 1)));
        if (withSignature) {
            content.signature().ifPresent(out::put);
        }
        out.put(content.body());
        return Arrays.copyOf(out.array(), out.position());
    }

    private static int first(Content content) {
        return content.type().code()
                | (content.ttlMinutes().isPresent() ? TTL : 0)
                | (content.newChain().isPresent() ? NEW_CHAIN : 0)
                | (content.signature().isPresent() ? SIGNED : 0)
                | (content.burn() ? BURN : 0)
                | (content.senderId().isPresent() ? SENDER : 0);
    }

    private static Content read(byte[] plaintext) throws RefusedContentException {
        try {
            ByteBuffer in = ByteBuffer.wrap(plaintext);
            int first = in.get();
            PacketType type = PacketType.ofCode(first & TYPE)
                    .orElseThrow(() -> new IllegalArgumentException("there is no packet type " + (first & TYPE)));
            Content content = new Content(
                    type,
                    (first & BURN) != 0,
                    Integer.toUnsignedLong(in.getInt()),
                    (first & TTL) == 0 ? OptionalInt.empty() : OptionalInt.of(Short.toUnsignedInt(in.getShort())),
                    field(in, first & SENDER, Content.SENDER_ID_LENGTH),
                    (first & NEW_CHAIN) == 0 ? Optional.empty() : Optional.of(newChain(in)),
                    type == PacketType.FRAGMENT ? Optional.of(piece(in)) : Optional.empty(),
                    field(in, first & SIGNED, Content.SIGNATURE_LENGTH),
                    Plain.rest(in));
            if (type == PacketType.TEXT) {
                Plain.text(content.body());
            }
            return content;
        } catch (BufferUnderflowException e) {
            throw new RefusedContentException("fields are missing");
        } catch (IllegalArgumentException e) {
            // The records of the interface reject contents that the protocol forbids.
            throw new RefusedContentException(e.getMessage());
        }
    }

    private static Optional<byte[]> field(ByteBuffer in, int flag, int length) {
        return flag == 0 ? Optional.empty() : Optional.of(Plain.take(in, length));
    }

    private static NewChain newChain(ByteBuffer in) {
        byte[] seed = Plain.take(in, NewChain.SEED_LENGTH);
        return new NewChain(seed, Plain.text(Plain.take(in, Byte.toUnsignedInt(in.get()))));
    }

    private static FragmentHeader piece(ByteBuffer in) {
        int messageId = Short.toUnsignedInt(in.getShort());
        int place = Byte.toUnsignedInt(in.get());
        return new FragmentHeader(messageId, place >>> 4, (place & 0x0f) + 1);
    }

    private static byte[] unpadded(byte[] padded) throws RefusedContentException {
        int end = padded.length - 1;
        while (end >= 0 && padded[end] == 0) {
            end--;
        }
        if (end < 0 || padded[end] != MARKER) {
            throw new RefusedContentException("the padding is wrong");
        }
        return Arrays.copyOf(padded, end);
    }

    private static void checkTime(Instant timestamp, Instant reference) throws RefusedContentException {
        Instant whole = Instant.ofEpochSecond(reference.getEpochSecond());
        if (timestamp.isAfter(whole.plus(MOST_AHEAD))) {
            throw new RefusedContentException("the timestamp is too far ahead");
        }
        if (timestamp.isBefore(whole.minus(MOST_BEHIND))) {
            throw new RefusedContentException("the timestamp is too old");
        }
    }
}
