package org.partyline.packet;

import java.io.ByteArrayOutputStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.api.packet.PlannedPacket;
import org.partyline.api.packet.RefusedContentException;

/**
 * Splits messages into packets, and joins fragments (PROTOCOL 7).
 *
 * <p>Each fragment contains the burn flag, the time to live and the sender, so that it is handled correctly before the
 * message is complete. The first fragment's body begins with the inner type.
 */
@Component
public final class PacketFragmenter implements Fragmenter {
    private static final int MARKER = 1;
    private static final int INNER_TYPE = 1;
    private static final int MESSAGE_IDS = 1 << Short.SIZE;

    /** For Declarative Services. */
    public PacketFragmenter() {}

    @Override
    public List<PlannedPacket> plan(Draft draft, PacketLabel label, int maxBucket, SecureRandom random)
            throws PayloadTooLargeException {
        if (fitsOne(draft, label, maxBucket)) {
            return List.of(
                    new PlannedPacket(whole(draft), smallestBucket(draft.body().length, overhead(draft), label)));
        }
        if (draft.newChain().isPresent()) {
            throw new IllegalArgumentException("a message of " + draft.body().length
                    + " bytes that starts a chain does not fit one packet of " + maxBucket);
        }
        int limit = limit(draft, label, maxBucket);
        if (limit == 0 || draft.body().length > limit) {
            throw new PayloadTooLargeException(draft.body().length, limit);
        }
        return cut(draft, label, maxBucket, random.nextInt(MESSAGE_IDS));
    }

    @Override
    public boolean fitsOne(Draft draft, PacketLabel label, int maxBucket) {
        return draft.body().length <= room(maxBucket, label, overhead(draft));
    }

    @Override
    public int limit(Draft draft, PacketLabel label, int maxBucket) {
        int whole = room(maxBucket, label, overhead(draft));
        int piece = whole - Layout.FRAGMENT_LENGTH;
        // A signature can fill a small packet, so that fragments have no room for even one byte.
        boolean pieces = draft.newChain().isEmpty() && piece > 0;
        int limit = pieces ? Packets.MAX_FRAGMENTS * piece - INNER_TYPE : whole;
        return Math.max(0, Math.min(Packets.MAX_MESSAGE, limit));
    }

    @Override
    public Draft join(List<Content> pieces) throws RefusedContentException {
        Content[] ordered = inOrder(pieces);
        Content first = ordered[0];
        if (first.body().length < INNER_TYPE) {
            throw new RefusedContentException("fields are missing: the first fragment has no inner type");
        }
        PacketType type = innerType(first.body()[0]);
        byte[] body = joinBodies(ordered);
        if (body.length > Packets.MAX_MESSAGE) {
            throw new RefusedContentException("a message can have 4096 bytes, not " + body.length);
        }
        if (type == PacketType.TEXT && !Utf8.isValid(body)) {
            throw new RefusedContentException("the text is not UTF-8");
        }
        // One fragment with the burn flag is enough: the cautious reading applies. A chain that a fragment opens was
        // opened together with that fragment, and does not concern the whole message.
        boolean burn = Arrays.stream(ordered).anyMatch(Content::burn);
        return new Draft(
                type,
                burn,
                first.timestamp(),
                agreedTtl(ordered),
                agreedSender(ordered),
                Optional.empty(),
                body,
                Arrays.stream(ordered).allMatch(piece -> piece.signature().isPresent()));
    }

    private static Content whole(Draft draft) {
        return new Content(
                draft.type(),
                draft.burn(),
                draft.timestamp(),
                draft.ttlMinutes(),
                draft.senderId(),
                draft.newChain(),
                Optional.empty(),
                signatureSpace(draft),
                draft.body());
    }

    private static List<PlannedPacket> cut(Draft draft, PacketLabel label, int maxBucket, int messageId) {
        byte[] stream = new byte[INNER_TYPE + draft.body().length];
        stream[0] = (byte) draft.type().code();
        System.arraycopy(draft.body(), 0, stream, INNER_TYPE, draft.body().length);
        int overhead = overhead(draft) + Layout.FRAGMENT_LENGTH;
        int piece = room(maxBucket, label, overhead);
        int count = (stream.length + piece - 1) / piece;
        List<PlannedPacket> packets = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte[] part = Arrays.copyOfRange(stream, i * piece, Math.min(stream.length, (i + 1) * piece));
            Content content = new Content(
                    PacketType.FRAGMENT,
                    draft.burn(),
                    draft.timestamp(),
                    draft.ttlMinutes(),
                    draft.senderId(),
                    Optional.empty(),
                    Optional.of(new FragmentHeader(messageId, i, count)),
                    signatureSpace(draft),
                    part);
            packets.add(new PlannedPacket(content, smallestBucket(part.length, overhead, label)));
        }
        Arrays.fill(stream, (byte) 0);
        return packets;
    }

    private static int overhead(Draft draft) {
        return Layout.overhead(draft.ttlMinutes(), draft.senderId(), draft.newChain())
                + (draft.signed() ? Content.SIGNATURE_LENGTH : 0);
    }

    private static Optional<byte[]> signatureSpace(Draft draft) {
        return draft.signed() ? Optional.of(new byte[Content.SIGNATURE_LENGTH]) : Optional.empty();
    }

    /** The room for a body in bytes; negative if the header alone is too long. */
    private static int room(int bucket, PacketLabel label, int overhead) {
        if (!Packets.BUCKETS.contains(bucket)) {
            throw new IllegalArgumentException("a packet has 64, 80, 128, 256 or 512 bytes, not " + bucket);
        }
        return Packets.capacity(bucket, label.locatorLength()) - MARKER - overhead;
    }

    private static int smallestBucket(int bodyLength, int overhead, PacketLabel label) {
        return Packets.BUCKETS.stream()
                .filter(bucket -> bodyLength <= room(bucket, label, overhead))
                .findFirst()
                .orElseThrow();
    }

    private static Content[] inOrder(List<Content> pieces) throws RefusedContentException {
        if (pieces.isEmpty()
                || pieces.stream().anyMatch(piece -> piece.fragment().isEmpty())) {
            throw new RefusedContentException("only fragments can be joined");
        }
        FragmentHeader expected = pieces.get(0).fragment().orElseThrow();
        if (pieces.size() != expected.count()) {
            throw new RefusedContentException(
                    "the message has " + expected.count() + " fragments, and " + pieces.size() + " are here");
        }
        Content[] ordered = new Content[expected.count()];
        for (Content piece : pieces) {
            FragmentHeader header = piece.fragment().orElseThrow();
            if (header.messageId() != expected.messageId() || header.count() != expected.count()) {
                throw new RefusedContentException("the fragments do not agree on their message and its count");
            }
            if (ordered[header.index()] != null) {
                throw new RefusedContentException("fragment " + header.index() + " occurs twice");
            }
            ordered[header.index()] = piece;
        }
        return ordered;
    }

    private static PacketType innerType(byte code) throws RefusedContentException {
        return PacketType.ofCode(code)
                .filter(type -> type != PacketType.FRAGMENT)
                .orElseThrow(() -> new RefusedContentException(
                        "a fragmented message cannot have the inner type " + (code & 0xff)));
    }

    private static byte[] joinBodies(Content[] ordered) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int i = 0; i < ordered.length; i++) {
            int from = i == 0 ? INNER_TYPE : 0;
            body.write(ordered[i].body(), from, ordered[i].body().length - from);
        }
        return body.toByteArray();
    }

    private static OptionalInt agreedTtl(Content[] ordered) throws RefusedContentException {
        int[] values = Arrays.stream(ordered)
                .flatMapToInt(piece -> piece.ttlMinutes().stream())
                .distinct()
                .toArray();
        if (values.length > 1) {
            throw new RefusedContentException("the fragments do not agree on their time to live");
        }
        return values.length == 0 ? OptionalInt.empty() : OptionalInt.of(values[0]);
    }

    private static Optional<byte[]> agreedSender(Content[] ordered) throws RefusedContentException {
        List<byte[]> senders = Arrays.stream(ordered)
                .flatMap(piece -> piece.senderId().stream())
                .toList();
        for (byte[] sender : senders) {
            if (!Arrays.equals(sender, senders.get(0))) {
                throw new RefusedContentException("the fragments do not agree on their sender");
            }
        }
        return senders.stream().findFirst();
    }
}
