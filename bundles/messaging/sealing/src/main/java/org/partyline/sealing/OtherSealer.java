package org.partyline.sealing;

import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.sealing.PacketRoom;
import org.partyline.api.sealing.Sealed;
import org.partyline.api.sealing.WrittenMessage;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.chains.SeenLocators;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.kernel.AfterCommit;
import org.partyline.messaging.kernel.Parts;
import org.partyline.messaging.kernel.StateGuard;
import org.partyline.messaging.kernel.Unlocked;
import org.partyline.messaging.kernel.WaitsException;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.SizeRange;
import org.partyline.messaging.personas.PersonaKeyRecords;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.sealing.MessageSealer;
import org.partyline.messaging.sealing.Opening;
import org.partyline.messaging.sealing.Outlook;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Has what goes to a channel sealed by another bundle, where the channel was given to its sealer. That is asked without the kernel's lock, and what it
 * answers is looked at before it is stored: packets and the sealer's new state in one transaction, as a chain's next key and its packets are
 * (PROTOCOL 5). An answer to a state that is not the stored one any more is dropped.
 */
public final class OtherSealer implements MessageSealer {
    private final StateGuard guard;
    private final Clock clock;
    private final Parts parts;
    private final PacketSizes sizes;
    private final Outbox outbox;
    private final CoverOrders orders;
    private final OfferedSealers offered;

    OtherSealer(
            StateGuard guard,
            Clock clock,
            Parts parts,
            PacketSizes sizes,
            Outbox outbox,
            CoverOrders orders,
            OfferedSealers offered) {
        this.guard = guard;
        this.clock = clock;
        this.parts = parts;
        this.sizes = sizes;
        this.outbox = outbox;
        this.orders = orders;
        this.offered = offered;
    }

    @Override
    public boolean seals(Conversation conversation) {
        return conversation instanceof ChannelMembership member
                && member.sealer().isPresent();
    }

    private static String id(Conversation conversation) {
        return ((ChannelMembership) conversation).sealer().orElse("");
    }

    /** Nobody but the sealer knows how many packets it will take. */
    @Override
    public Outlook outlook(Unlocked memory, Conversation conversation, Draft draft, SizeRange room, String carrier)
            throws NoSuchThingException {
        Optional<String> unfit = unfit(conversation, draft.type() == PacketType.TEXT, draft.burn(), draft.signed());
        if (unfit.isPresent()) {
            throw new NoSuchThingException(unfit.get());
        }
        if (draft.body().length > Packets.MAX_MESSAGE) {
            throw new NoSuchThingException("the message has " + draft.body().length + " bytes and may have "
                    + Packets.MAX_MESSAGE + ": say it shorter");
        }
        return Outlook.UNKNOWN;
    }

    private static Optional<String> unfit(Conversation conversation, boolean text, boolean burn, boolean sign) {
        String what =
                !text ? "say something about another one" : burn ? "burn when it was shown" : sign ? "be signed" : "";
        return what.isEmpty()
                ? Optional.empty()
                : Optional.of("a message to '" + conversation.name() + "' cannot " + what
                        + ": what is written there is sealed by '" + id(conversation)
                        + "' (partyline:channel-set --sealer)");
    }

    @Override
    public Opening open(StoreTransaction tx, Unlocked memory, AfterCommit after, Conversation conversation) {
        Optional<SealerHolder> holder = offered.find(id(conversation));
        return new Opening(
                Optional.empty(),
                holder.map(one -> one.isAble() ? "" : one.whyNot()).orElseGet(() -> away(id(conversation))));
    }

    private static String away(String id) {
        return "it waits for the sealer '" + id + "', which no bundle offers";
    }

    @Override
    public boolean isOpen(Conversation conversation) {
        return offered.find(id(conversation)).filter(SealerHolder::isAble).isPresent();
    }

    /** One message on its way to being sealed. */
    private record Job(SealerHolder holder, OutgoingMessage outgoing, MessageRecord message, WrittenMessage written)
            implements AutoCloseable {
        @Override
        public void close() {
            written.state().close();
        }
    }

    @Override
    public OutgoingMessage seal(Conversation conversation, long id) throws WaitsException, StoreException {
        Job job = guard.open(memory -> prepare(memory, (ChannelMembership) conversation, id));
        if (job == null) {
            return null;
        }
        try (job;
                Sealed sealed = job.holder().ask(job.written())) {
            if (sealed.isWaiting()) {
                throw new WaitsException("it waits for " + sealed.reason());
            }
            return guard.open(memory -> store(memory, job, sealed));
        }
    }

    /** The next message begins with what was stored last. */
    @Override
    public void abandon(OutgoingMessage outgoing) {}

    private Job prepare(Unlocked memory, ChannelMembership member, long id) throws StoreException, WaitsException {
        String sealer = id(member);
        SealerHolder holder = offered.find(sealer).orElseThrow(() -> new WaitsException(away(sealer)));
        record Read(OutgoingMessage outgoing, MessageRecord message, byte[] state, boolean covered) {}
        Read read = guard.transact(tx -> {
            Optional<OutgoingMessage> outgoing = OutgoingRecords.find(tx, id);
            Optional<MessageRecord> message = Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class);
            return outgoing.isEmpty() || outgoing.get().isText() && message.isEmpty()
                    ? null
                    : new Read(
                            outgoing.get(),
                            message.orElse(null),
                            state(tx, member.id(), sealer),
                            orders.isOn(tx, member.persona()));
        });
        if (read == null
                || read.outgoing().state() != State.QUEUED
                || memory.conversations.member(member.id()) != member) {
            return null;
        }
        OutgoingMessage outgoing = read.outgoing();
        Optional<String> unfit =
                unfit(member, outgoing.type() == PacketType.TEXT.code(), outgoing.burn(), outgoing.sign());
        if (unfit.isPresent()) {
            outbox.giveUp(memory, id, MessageEvent.FAILED, unfit.get());
            return null;
        }
        SizeRange room = sizes.room(member, outgoing);
        if (room.most() == 0) {
            throw new WaitsException("it waits for a node that relays OP_RETURN outputs of 64 bytes");
        }
        return new Job(
                holder,
                outgoing,
                read.message(),
                new WrittenMessage(
                        member.network(),
                        memory.personas.name(member.persona()),
                        member.name(),
                        read.message().text(),
                        Instant.ofEpochSecond(PacketMaker.timestamp(clock.instant(), member.lastTimestamp())),
                        outgoing.ttlMinutes() == 0
                                ? Optional.empty()
                                : Optional.of(Duration.ofMinutes(outgoing.ttlMinutes())),
                        new PacketRoom(Math.max(1, room.least()), room.most(), read.covered()),
                        SecretBytes.wrap(read.state())));
    }

    /** What a sealer said last of itself. */
    private static byte[] state(StoreTransaction tx, int membership, String sealer) throws StoreException {
        return Tables.find(tx, SendChainRecord.TABLE, Keys.of(membership), SendChainRecord.class)
                .filter(record -> record.isOf(sealer))
                .map(SendChainRecord::chain)
                .orElseGet(() -> new byte[0]);
    }

    /** @throws WaitsException when one of them must not be sent */
    private static void check(Job job, List<byte[]> packets, List<byte[]> ids) throws WaitsException {
        PacketRoom room = job.written().room();
        for (byte[] packet : packets) {
            if (!room.holds(packet)) {
                throw job.holder()
                        .refused("a packet of " + packet.length + " bytes"
                                + (room.disguised()
                                        ? ", and with cover traffic each looks like one of ours, of "
                                        : ", and each may have ")
                                + room.least() + " to " + room.most());
            }
        }
        Set<PacketId> all = new HashSet<>();
        for (byte[] id : ids) {
            if (!all.add(new PacketId(id))) {
                throw job.holder().refused("the same packet twice");
            }
        }
    }

    private OutgoingMessage store(Unlocked memory, Job job, Sealed sealed) throws StoreException, WaitsException {
        parts.requireReading();
        ChannelMembership member = memory.conversations.member(job.outgoing().membership());
        if (member == null) {
            return null;
        }
        List<byte[]> packets = sealed.packets();
        List<byte[]> ids = packets.stream()
                .map(packet -> PacketId.of(member.network().code(), packet).hash())
                .toList();
        check(job, packets, ids);
        try (AfterCommit after = new AfterCommit()) {
            OutgoingMessage stored = guard.<OutgoingMessage, WaitsException>transact(
                    tx -> put(tx, memory, after, member, job, sealed, packets, ids));
            if (stored != null) {
                after.commit();
            }
            return stored;
        }
    }

    private OutgoingMessage put(
            StoreTransaction tx,
            Unlocked memory,
            AfterCommit after,
            ChannelMembership member,
            Job job,
            Sealed sealed,
            List<byte[]> packets,
            List<byte[]> ids)
            throws StoreException, WaitsException {
        Optional<OutgoingMessage> now = OutgoingRecords.find(tx, job.outgoing().id());
        if (now.isEmpty() || now.get().state() != State.QUEUED) {
            return null;
        }
        String sealer = job.holder().id;
        byte[] before = state(tx, member.id(), sealer);
        if (!member.sealer().equals(Optional.of(sealer))
                || !MessageDigest.isEqual(before, job.written().state().expose())
                || orders.isOn(tx, member.persona()) != job.written().room().disguised()) {
            throw new WaitsException("it waits to be sealed anew: what it was sealed by has changed meanwhile");
        }
        for (byte[] id : ids) {
            if (SeenLocators.isOther(tx, member.id(), id) || memory.packets.sent(new PacketId(id)) != null) {
                throw job.holder().refused("a packet that was sent before");
            }
        }
        long timestamp = job.written().sent().getEpochSecond();
        OutgoingMessage stored = outbox.update(
                tx,
                memory,
                now.get(),
                now.get().sealed(packets.stream().map(OutgoingPart::of).toList(), timestamp, false));
        MessageRecords.put(tx, job.message().sealed(-1, timestamp, timestamp, ids, List.of()));
        Tables.putSecret(
                tx,
                SendChainRecord.TABLE,
                Keys.of(member.id()),
                Keys.ALL,
                SendChainRecord.ofSealer(member.id(), sealer, sealed.state().expose()));
        for (byte[] id : ids) {
            // We do not read our own packets, whoever can open them.
            SeenLocators.putOther(tx, member.id(), id, clock.instant());
        }
        MembershipRecord entry = member.entry.withTimestamp(timestamp);
        Tables.putSecret(
                tx,
                MembershipRecord.TABLE,
                Keys.of(member.id()),
                Keys.ALL,
                member.toStore().withTimestamp(timestamp));
        PersonaKeyRecords.countMessage(tx, after, memory.personas.keys(member.persona()));
        after.then(() -> {
            member.entry = entry;
            for (int i = 0; i < ids.size(); i++) {
                memory.packets.addSent(new PacketId(ids.get(i)), new PacketIndex.Sent(stored.id(), i));
            }
        });
        return stored;
    }
}
