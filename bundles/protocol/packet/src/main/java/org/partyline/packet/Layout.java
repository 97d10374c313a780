package org.partyline.packet;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.NewChain;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.RefusedContentException;

/** The order of the fields in a plaintext, without its padding (PROTOCOL 2.3). */
final class Layout {
    /** Type, flags and timestamp: the header of every plaintext. */
    static final int HEADER_LENGTH = 5;
    /** Message id, index and count of a fragment. */
    static final int FRAGMENT_LENGTH = 3;

    private static final int TTL_LENGTH = 2;

    private static final int TYPE_MASK = 0x07;
    private static final int TTL = 0x08;
    private static final int NEW_CHAIN = 0x10;
    private static final int SIGNED = 0x20;
    private static final int BURN = 0x40;
    private static final int SENDER = 0x80;

    private Layout() {}

    /**
     * A parsed plaintext.
     *
     * @param signedPart the signed part; empty if there is none
     */
    record Parsed(Content content, byte[] signedPart) {}

    /** The number of bytes before the body of such a packet, without a signature. */
    static int overhead(OptionalInt ttlMinutes, Optional<byte[]> senderId, Optional<NewChain> newChain) {
        return HEADER_LENGTH
                + (ttlMinutes.isPresent() ? TTL_LENGTH : 0)
                + (senderId.isPresent() ? Content.SENDER_ID_LENGTH : 0)
                + newChain.map(start -> NewChain.SEED_LENGTH + 1 + Utf8.encode(start.nickname()).length)
                        .orElse(0);
    }

    /** The length of the result of {@link #write}. */
    static int length(Content content) {
        return unsignedLength(content)
                + (content.signature().isPresent() ? Content.SIGNATURE_LENGTH : 0)
                + content.body().length;
    }

    /** The plaintext, not padded yet. */
    static byte[] write(Content content) {
        ByteBuffer out = ByteBuffer.allocate(length(content));
        writeFields(content, content.signature().isPresent(), out);
        content.signature().ifPresent(out::put);
        out.put(content.body());
        return out.array();
    }

    /** The signed form of the plaintext: the flag is set, the signature itself is left out. */
    static byte[] signedPart(Content content) {
        ByteBuffer out = ByteBuffer.allocate(unsignedLength(content) + content.body().length);
        writeFields(content, true, out);
        out.put(content.body());
        return out.array();
    }

    /**
     * Parses a plaintext. Does not check the timestamp.
     *
     * @param plaintext without its padding
     * @throws RefusedContentException if its layout differs from PROTOCOL 2.3
     */
    static Parsed read(byte[] plaintext) throws RefusedContentException {
        ByteBuffer in = ByteBuffer.wrap(plaintext);
        try {
            return readFields(in, plaintext);
        } catch (BufferUnderflowException e) {
            throw new RefusedContentException("fields are missing: the packet ends before its header does");
        }
    }

    private static int unsignedLength(Content content) {
        return overhead(content.ttlMinutes(), content.senderId(), content.newChain())
                + (content.fragment().isPresent() ? FRAGMENT_LENGTH : 0);
    }

    private static void writeFields(Content content, boolean signed, ByteBuffer out) {
        int first = content.type().code();
        first |= content.ttlMinutes().isPresent() ? TTL : 0;
        first |= content.newChain().isPresent() ? NEW_CHAIN : 0;
        first |= signed ? SIGNED : 0;
        first |= content.burn() ? BURN : 0;
        first |= content.senderId().isPresent() ? SENDER : 0;
        out.put((byte) first);
        out.putInt((int) content.timestamp());
        content.ttlMinutes().ifPresent(minutes -> out.putShort((short) minutes));
        content.senderId().ifPresent(out::put);
        content.newChain().ifPresent(start -> {
            byte[] nickname = Utf8.encode(start.nickname());
            out.put(start.seed()).put((byte) nickname.length).put(nickname);
        });
        content.fragment()
                .ifPresent(piece ->
                        out.putShort((short) piece.messageId()).put((byte) (piece.index() << 4 | piece.count() - 1)));
    }

    private static Parsed readFields(ByteBuffer in, byte[] plaintext) throws RefusedContentException {
        int first = in.get();
        int code = first & TYPE_MASK;
        PacketType type = PacketType.ofCode(code)
                .orElseThrow(() -> new RefusedContentException("there is no packet type " + code));
        long timestamp = in.getInt() & 0xffffffffL;
        OptionalInt ttl = (first & TTL) != 0 ? OptionalInt.of(readTtl(in)) : OptionalInt.empty();
        Optional<byte[]> sender =
                (first & SENDER) != 0 ? Optional.of(take(in, Content.SENDER_ID_LENGTH)) : Optional.empty();
        Optional<NewChain> start = (first & NEW_CHAIN) != 0 ? Optional.of(readNewChain(in)) : Optional.empty();
        Optional<FragmentHeader> piece = type == PacketType.FRAGMENT ? Optional.of(readFragment(in)) : Optional.empty();
        int signatureAt = in.position();
        Optional<byte[]> signature =
                (first & SIGNED) != 0 ? Optional.of(take(in, Content.SIGNATURE_LENGTH)) : Optional.empty();
        byte[] body = take(in, in.remaining());
        if (type == PacketType.TEXT && !Utf8.isValid(body)) {
            throw new RefusedContentException("the text is not UTF-8");
        }
        Content content = new Content(type, (first & BURN) != 0, timestamp, ttl, sender, start, piece, signature, body);
        return new Parsed(content, signature.isPresent() ? signedPart(plaintext, signatureAt, body) : new byte[0]);
    }

    private static int readTtl(ByteBuffer in) throws RefusedContentException {
        int minutes = in.getShort() & 0xffff;
        if (minutes == 0) {
            throw new RefusedContentException("a time to live of 0 minutes is not allowed");
        }
        return minutes;
    }

    private static NewChain readNewChain(ByteBuffer in) throws RefusedContentException {
        byte[] seed = take(in, NewChain.SEED_LENGTH);
        int length = in.get() & 0xff;
        if (length > NewChain.MAX_NICKNAME) {
            throw new RefusedContentException("a nickname has at most 32 bytes, not " + length);
        }
        byte[] bytes = take(in, length);
        String nickname;
        try {
            nickname = Utf8.decode(bytes, 0, bytes.length);
        } catch (CharacterCodingException e) {
            throw new RefusedContentException("the nickname is not UTF-8");
        }
        if (nickname.codePoints().anyMatch(Character::isISOControl)) {
            throw new RefusedContentException("a nickname has no control characters");
        }
        return new NewChain(seed, nickname);
    }

    private static FragmentHeader readFragment(ByteBuffer in) throws RefusedContentException {
        int id = in.getShort() & 0xffff;
        int place = in.get() & 0xff;
        int index = place >>> 4;
        int count = (place & 0x0f) + 1;
        if (index >= count) {
            throw new RefusedContentException("fragment index " + index + " is not below the count " + count);
        }
        return new FragmentHeader(id, index, count);
    }

    private static byte[] signedPart(byte[] plaintext, int signatureAt, byte[] body) {
        return ByteBuffer.allocate(signatureAt + body.length)
                .put(plaintext, 0, signatureAt)
                .put(body)
                .array();
    }

    private static byte[] take(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
