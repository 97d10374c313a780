package org.partyline.testkit.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.NewChain;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.api.packet.PlannedPacket;
import org.partyline.api.packet.RefusedContentException;

/** Cuts messages to the size of {@link PlainCodec}'s packets, and assembles the fragments. */
public final class PlainFragmenter implements Fragmenter {
    private static final PlainCodec CODEC = new PlainCodec();
    private static final int INNER_TYPE = 1;
    private static final FragmentHeader ANY_PIECE = new FragmentHeader(0, 0, 1);

    @Override
    public List<PlannedPacket> plan(Draft draft, PacketLabel label, int maxBucket, SecureRandom random)
            throws PayloadTooLargeException {
        if (fitsOne(draft, label, maxBucket)) {
            return List.of(planned(whole(draft, draft.body()), label));
        }
        if (draft.newChain().isPresent()) {
            throw new IllegalArgumentException("a message that starts a chain has to fit one packet");
        }
        int limit = limit(draft, label, maxBucket);
        if (limit == 0 || draft.body().length > limit) {
            throw new PayloadTooLargeException(draft.body().length, limit);
        }
        return cut(draft, label, maxBucket, random.nextInt(1 << Short.SIZE));
    }

    @Override
    public boolean fitsOne(Draft draft, PacketLabel label, int maxBucket) {
        return draft.body().length <= room(whole(draft, new byte[0]), label, maxBucket);
    }

    @Override
    public int limit(Draft draft, PacketLabel label, int maxBucket) {
        int one = room(whole(draft, new byte[0]), label, maxBucket);
        int each = room(piece(draft, ANY_PIECE, new byte[0]), label, maxBucket);
        boolean pieces = draft.newChain().isEmpty() && each > 0;
        int limit = pieces ? Packets.MAX_FRAGMENTS * each - INNER_TYPE : one;
        return Math.max(0, Math.min(limit, Packets.MAX_MESSAGE));
    }

    @Override
    public Draft join(List<Content> pieces) throws RefusedContentException {
        checkTogether(pieces);
        List<Content> ordered = pieces.stream()
                .sorted(Comparator.comparingInt(
                        piece -> piece.fragment().orElseThrow().index()))
                .toList();
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        ordered.forEach(piece -> joined.writeBytes(piece.body()));
        ByteBuffer stream = ByteBuffer.wrap(joined.toByteArray());
        if (ordered.get(0).body().length < INNER_TYPE || joined.size() > INNER_TYPE + Packets.MAX_MESSAGE) {
            throw new RefusedContentException("the message has no type, or is too long");
        }
        Content first = ordered.get(0);
        try {
            Draft draft = new Draft(
                    PacketType.ofCode(stream.get()).orElseThrow(() -> new IllegalArgumentException("no such type")),
                    pieces.stream().anyMatch(Content::burn),
                    first.timestamp(),
                    first.ttlMinutes(),
                    first.senderId(),
                    Optional.empty(),
                    Plain.rest(stream),
                    pieces.stream().allMatch(piece -> piece.signature().isPresent()));
            if (draft.type() == PacketType.TEXT) {
                Plain.text(draft.body());
            }
            return draft;
        } catch (IllegalArgumentException e) {
            throw new RefusedContentException(e.getMessage());
        }
    }

    private static void checkTogether(List<Content> pieces) throws RefusedContentException {
        if (pieces.isEmpty()
                || pieces.stream().anyMatch(piece -> piece.fragment().isEmpty())) {
            throw new RefusedContentException("only pieces can be joined");
        }
        Content first = pieces.get(0);
        FragmentHeader header = first.fragment().orElseThrow();
        long indexes = pieces.stream()
                .map(piece -> piece.fragment().orElseThrow().index())
                .distinct()
                .count();
        if (pieces.size() != header.count() || indexes != header.count()) {
            throw new RefusedContentException("a piece is missing, or there twice");
        }
        for (Content piece : pieces) {
            FragmentHeader other = piece.fragment().orElseThrow();
            if (other.messageId() != header.messageId()
                    || other.count() != header.count()
                    || !piece.ttlMinutes().equals(first.ttlMinutes())
                    || !Arrays.equals(
                            piece.senderId().orElse(null), first.senderId().orElse(null))) {
                throw new RefusedContentException("the pieces are not of one message");
            }
        }
    }

    private static List<PlannedPacket> cut(Draft draft, PacketLabel label, int maxBucket, int messageId) {
        byte[] stream = ByteBuffer.allocate(INNER_TYPE + draft.body().length)
                .put((byte) draft.type().code())
                .put(draft.body())
                .array();
        int each = room(piece(draft, ANY_PIECE, new byte[0]), label, maxBucket);
        int count = (stream.length + each - 1) / each;
        List<PlannedPacket> packets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] part = Arrays.copyOfRange(stream, i * each, Math.min(stream.length, (i + 1) * each));
            packets.add(planned(piece(draft, new FragmentHeader(messageId, i, count), part), label));
        }
        return packets;
    }

    /** A full fragment needs the largest bucket anyway, so each uses the smallest that fits. */
    private static PlannedPacket planned(Content content, PacketLabel label) {
        return Packets.BUCKETS.stream()
                .filter(bucket -> room(content, label, bucket) >= 0)
                .findFirst()
                .map(bucket -> new PlannedPacket(content, bucket))
                .orElseThrow();
    }

    /** Returns how many more bytes fit; negative if the content itself does not fit. */
    private static int room(Content content, PacketLabel label, int bucket) {
        if (!Packets.BUCKETS.contains(bucket)) {
            throw new IllegalArgumentException("there is no packet of " + bucket + " bytes");
        }
        return Packets.capacity(bucket, label.locatorLength()) - CODEC.length(content);
    }

    private static Content whole(Draft draft, byte[] body) {
        return content(draft, draft.type(), draft.newChain(), Optional.empty(), body);
    }

    private static Content piece(Draft draft, FragmentHeader header, byte[] body) {
        return content(draft, PacketType.FRAGMENT, Optional.empty(), Optional.of(header), body);
    }

    private static Content content(
            Draft draft, PacketType type, Optional<NewChain> newChain, Optional<FragmentHeader> piece, byte[] body) {
        Content unsigned = new Content(
                type,
                draft.burn(),
                draft.timestamp(),
                draft.ttlMinutes(),
                draft.senderId(),
                newChain,
                piece,
                Optional.empty(),
                body);
        return draft.signed() ? unsigned.withSignature(new byte[Content.SIGNATURE_LENGTH]) : unsigned;
    }
}
