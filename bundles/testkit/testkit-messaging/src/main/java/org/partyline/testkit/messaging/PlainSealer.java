package org.partyline.testkit.messaging;

import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.Packets;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.mailbox.CargoRecord;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.SizeRange;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.sealing.MessageSealer;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.sealing.SendPlan;
import org.partyline.messaging.sealing.SessionOpening;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.MessageWaitsException;
import org.partyline.messaging.state.StateGuard;

/** Makes packets of noise: nobody can read them, but all their visible properties are right. */
public final class PlainSealer implements MessageSealer, QueueSealer {
    /** The maximum length of a text in one packet, in bytes. */
    public static final int ROOM = 40;

    private final StateGuard guard;
    private final People people;
    private final Recognition recognition;
    private final Outbox outbox;
    private final java.time.Clock clock;
    private final SecureRandom random = new SecureRandom();
    /** The size of packets, in bytes. */
    public volatile int bucket = 80;
    /** Why nothing is sealed; null if everything is. */
    public volatile String waits;
    /** Whether the first packet of a message opens a chain. */
    public volatile boolean opens;
    /** The packets that open the next message's conversation. */
    public volatile SessionOpening opening = SessionOpening.NOTHING;
    /** How often packets that open a conversation were stored. */
    public final AtomicInteger opened = new AtomicInteger();
    /** How these would be sent; empty if there are none. */
    public volatile Optional<SendPlan> first = Optional.empty();
    /** Its plan of a message if the chain ends while that waits. */
    public volatile Optional<SendPlan> later = Optional.empty();
    /** The content of the last message that was planned. */
    public volatile Draft planned;
    /** The allowed sizes of its packets. */
    public volatile SizeRange room;
    /** Its carrier. */
    public volatile String carrier;
    /** The messages that were sealed, in order; one that was sealed again is listed again. */
    public final List<Long> sealed = new CopyOnWriteArrayList<>();
    /** The latest sealed packet of each cargo, by its number. */
    public final Map<Long, byte[]> cargo = new ConcurrentHashMap<>();
    /** Smaller packets have no room for cargo, in bytes. */
    public volatile int leastForCargo;
    /** The exception when cargo is sealed; null if there is none. */
    public volatile RuntimeException cargoFails;
    /** The messages that were abandoned after they were sealed, in order. */
    public final List<Long> abandoned = new CopyOnWriteArrayList<>();

    PlainSealer(StateGuard guard, Recognition recognition, Outbox outbox, java.time.Clock clock) {
        this.guard = guard;
        this.people = guard.people();
        this.recognition = recognition;
        this.outbox = outbox;
        this.clock = clock;
    }

    private byte[] packet() {
        return packet(bucket);
    }

    private byte[] packet(int size) {
        byte[] packet = new byte[size];
        random.nextBytes(packet);
        packet[0] = Packets.VERSION;
        return packet;
    }

    private static int packets(int words) {
        return Math.max(1, (words + ROOM - 1) / ROOM);
    }

    @Override
    public MessageSealer of(Conversation conversation) {
        return this;
    }

    @Override
    public boolean seals(Conversation conversation) {
        return true;
    }

    @Override
    public SendPlan outlook(Conversation conversation, Draft draft, SizeRange allowed, String carrier) {
        planned = draft;
        room = allowed;
        this.carrier = carrier;
        return new SendPlan(
                IntStream.range(0, packets(draft.body().length))
                        .mapToObj(i -> bucket)
                        .toList(),
                opens,
                later);
    }

    @Override
    public Optional<SendPlan> opening(Conversation conversation) {
        return first;
    }

    @Override
    public SessionOpening open(StoreTransaction tx, AfterCommit after, Conversation conversation) {
        after.then(opened::incrementAndGet);
        return opening;
    }

    @Override
    public boolean isOpen(Conversation conversation) {
        return waits == null;
    }

    @Override
    public OutgoingMessage seal(long id) throws MessageWaitsException, StoreException {
        return seal(null, id);
    }

    @Override
    public OutgoingMessage seal(Conversation conversation, long id) throws MessageWaitsException, StoreException {
        if (waits != null) {
            throw new MessageWaitsException(waits);
        }
        return guard.open(() -> {
            OutgoingMessage after = outbox.change(id, now -> now.state() == State.QUEUED ? packed(now) : now);
            if (after != null && after.state() == State.SEALED) {
                sealed.add(id);
                remember(after);
            }
            return after;
        });
    }

    @Override
    public Optional<byte[]> cargo(
            StoreTransaction tx, AfterCommit after, Conversation conversation, CargoRecord loaded, int size)
            throws MessageWaitsException {
        if (waits != null) {
            throw new MessageWaitsException(waits);
        }
        if (cargoFails != null) {
            throw cargoFails;
        }
        if (size < leastForCargo) {
            return Optional.empty();
        }
        byte[] packet = packet(size);
        cargo.put(loaded.id(), packet);
        return Optional.of(packet);
    }

    private OutgoingMessage packed(OutgoingMessage queued) {
        List<OutgoingPart> parts = IntStream.range(0, packets(queued.textBytes()))
                .mapToObj(i -> OutgoingPart.of(packet()))
                .toList();
        return queued.sealed(parts, clock.instant().getEpochSecond(), opens);
    }

    private void remember(OutgoingMessage outgoing) {
        int network = people.conversations.find(outgoing.membership()).network().code();
        for (int i = 0; i < outgoing.parts().size(); i++) {
            recognition.packets.addSent(
                    PacketId.of(network, outgoing.parts().get(i).packet()), new PacketIndex.Sent(outgoing.id(), i));
        }
    }

    @Override
    public void abandon(OutgoingMessage outgoing) {
        abandoned.add(outgoing.id());
    }
}
