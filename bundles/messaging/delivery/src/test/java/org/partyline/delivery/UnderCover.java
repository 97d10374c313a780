package org.partyline.delivery;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.cover.CoverTraffic.Covered;
import org.partyline.api.cover.CoverTraffic.Over;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestCover;

/** Covers the persona of a bench from when the test says so: a slot in each gap, and a decoy if it is free. */
abstract class UnderCover {
    static final int ALICE = StageBench.ALICE.id();
    static final Duration GAP = Duration.ofSeconds(30);
    /** Seven packets. */
    static final String LONG = "a long message in pieces ".repeat(10);

    final DeliveryBench bench = new DeliveryBench();
    final TestCover cover = bench.stage.cover;
    private int decoys;
    ChannelMembership lobby;

    @BeforeEach
    void join() throws Exception {
        lobby = bench.stage.join("lobby", Mode.OPEN);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    /** Bytes in the form of a packet. */
    static byte[] packet(int seed) {
        byte[] packet = new byte[80];
        new Random(seed).nextBytes(packet);
        packet[0] = Packets.VERSION;
        return packet;
    }

    void start(Duration gap) throws PartylineException {
        start(gap, Network.REGTEST);
    }

    void start(Duration gap, Network network) throws PartylineException {
        cover.orders.put(ALICE, new CoverOrder(gap, 100_000, 80));
        cover.next = slot -> new Over(Optional.of(bench.clock.instant().plus(gap)), Optional.of(packet(decoys++)));
        cover.slots.add(
                new Covered(ALICE, Optional.of(network), bench.clock.instant().plus(gap)));
        bench.round();
    }

    /** When the next slot is. */
    Instant next() {
        return cover.slots.get(0).next();
    }

    /** Waits for the next slot; returns what left in it. */
    List<byte[]> point() throws PartylineException {
        // Earlier requests are completed before.
        bench.round();
        int before = handed();
        bench.clock.set(next());
        return look(before);
    }

    /** Lets time pass, and the sender check; returns what left. */
    List<byte[]> pass(Duration time) throws PartylineException {
        int before = handed();
        bench.clock.pass(time);
        return look(before);
    }

    /** Lets the sender check once; returns what left. */
    List<byte[]> look() throws PartylineException {
        return look(handed());
    }

    /** @param before the number of packets that had left before: the sender may check by itself first */
    List<byte[]> look(int before) throws PartylineException {
        bench.round();
        return bench.network.handed().subList(before, handed()).stream()
                .map(handed -> handed.raw())
                .toList();
    }

    /** The number of packets that have left. */
    int handed() {
        return bench.network.handed().size();
    }

    /** Changes several things at once, without a check by the sender in between. */
    void atOnce(Runnable change) throws PartylineException {
        StageBench.offered(bench.delivery, SendQueue.class).call(() -> {
            change.run();
            return null;
        });
    }

    List<OutgoingMessage> decoys() throws PartylineException {
        return bench.stage.allOutgoing().stream()
                .filter(out -> out.type() == PacketType.DECOY.code())
                .toList();
    }

    String reason(long id) {
        try {
            return bench.stage.outgoing(id).reason();
        } catch (PartylineException e) {
            throw new AssertionError(e);
        }
    }

    /** A text that waits for this time at most, without a time to live for its readers. */
    long write(String text, Duration within) throws PartylineException {
        return bench.stage.queue(lobby, text, "confirm", within, 0);
    }

    long write(String text) throws PartylineException {
        return write(text, Duration.ofDays(1));
    }

    static List<ByteBuffer> payloads(byte[] raw) {
        List<ByteBuffer> all = new ArrayList<>();
        TransactionScanner.scan(
                raw,
                (output, offset, length) -> all.add(ByteBuffer.wrap(Arrays.copyOfRange(raw, offset, offset + length))));
        return all;
    }

    /** The packets that leave, of messages and decoys. */
    static List<ByteBuffer> packets(List<OutgoingMessage> messages) {
        return messages.stream()
                .flatMap(out -> out.parts().stream())
                .map(part -> ByteBuffer.wrap(part.packet()))
                .toList();
    }
}
