package org.partyline.testkit.messaging;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.zip.CRC32;
import org.partyline.api.receive.MetPacket;
import org.partyline.api.receive.PacketForm;
import org.partyline.api.receive.PacketReceiver;
import org.partyline.api.receive.Place;
import org.partyline.api.receive.ReadMessage;
import org.partyline.api.receive.Reading;

/**
 * A receiver of a bundle that this repository does not know. Its packets have a prefix, the sender's time, who, where and what as text, and a
 * checksum.
 */
public final class PrivateReceiver implements PacketReceiver {
    public static final byte[] PREFIX = {'p', 'k', 1};
    private static final int HEAD = 4;
    private static final int SUM = 4;

    /** How often it was asked. */
    public final AtomicInteger calls = new AtomicInteger();

    private final String id;
    private final int rank;
    private final PacketForm form;
    /** What it does with a packet; a test may have it do something else than read it. */
    public volatile Function<MetPacket, Reading> instead;

    public PrivateReceiver() {
        this("private", 10, new PacketForm(PREFIX, PREFIX.length + HEAD + SUM, 400));
    }

    public PrivateReceiver(String id, int rank, PacketForm form) {
        this.id = id;
        this.rank = rank;
        this.form = form;
        this.instead = this::read;
    }

    /** One that reads packets in the clothes of version 2, of 80 bytes. */
    public static PrivateReceiver disguised() {
        return new PrivateReceiver("disguised", 10, new PacketForm(new byte[] {2, 'p'}, 80, 80));
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public List<PacketForm> forms() {
        return List.of(form);
    }

    @Override
    public Reading open(MetPacket packet) {
        calls.incrementAndGet();
        return instead.apply(packet);
    }

    /** What the packet says, as its maker meant it. */
    public Reading read(MetPacket packet) {
        byte[] payload = packet.payload();
        int head = form.prefix().length;
        if (!form.matches(payload) || payload.length < head + HEAD + SUM) {
            return Reading.notMine();
        }
        int end = payload.length - SUM;
        ByteBuffer bytes = ByteBuffer.wrap(payload);
        if (bytes.getInt(end) != sum(payload, end)) {
            return Reading.notMine();
        }
        Instant sent = Instant.ofEpochSecond(bytes.getInt(head) & 0xffffffffL);
        String[] parts = new String(payload, head + HEAD, end - head - HEAD, StandardCharsets.UTF_8).split("\n", 4);
        Place place = new Place(
                Optional.of(parts[1]).filter(name -> !name.isEmpty()),
                Optional.of(parts[2]).filter(name -> !name.isEmpty()));
        return Reading.of(new ReadMessage(place, parts[0], parts[3].stripTrailing(), sent));
    }

    private static int sum(byte[] payload, int end) {
        CRC32 sum = new CRC32();
        sum.update(payload, 0, end);
        return (int) sum.getValue();
    }

    /** A packet of this kind. @param persona empty: every one @param channel empty: every one */
    public byte[] packet(String sender, String persona, String channel, String text, Instant sent) {
        byte[] words = (sender + "\n" + persona + "\n" + channel + "\n" + text).getBytes(StandardCharsets.UTF_8);
        byte[] prefix = form.prefix();
        int length = Math.max(form.minLength(), prefix.length + HEAD + words.length + SUM);
        ByteBuffer bytes = ByteBuffer.allocate(length)
                .put(prefix)
                .putInt((int) sent.getEpochSecond())
                .put(words);
        while (bytes.remaining() > SUM) {
            bytes.put((byte) ' ');
        }
        return bytes.putInt(sum(bytes.array(), length - SUM)).array();
    }
}
