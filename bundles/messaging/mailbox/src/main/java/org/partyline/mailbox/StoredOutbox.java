package org.partyline.mailbox;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.transport.BlockRef;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.CoverConversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.fees.SpentRecords;
import org.partyline.messaging.mailbox.ChainOpener;
import org.partyline.messaging.mailbox.MessageChange;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.MessageRenumbered;
import org.partyline.messaging.mailbox.MinedTooLate;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.PropagationRecord;
import org.partyline.messaging.mailbox.PropagationRecords;
import org.partyline.messaging.mailbox.PropagationTracker;
import org.partyline.messaging.mailbox.RemarkRecord;
import org.partyline.messaging.mailbox.TransactionMined;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.Notices;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores outgoing messages and their states. Each step is stored before it is acted on. */
public final class StoredOutbox implements Outbox {

    /**
     * How long a message whose first packets were sent has for the others: after that, readers reject their timestamps.
     */
    private static final Duration REST = Duration.ofHours(24);

    private static final Logger LOG = LoggerFactory.getLogger(StoredOutbox.class);

    private final StateGuard guard;
    private final People people;
    private final Recognition recognition;
    private final MessageCounts counts;
    private final Clock clock;
    private final OperatorSettings settings;
    private final CoveredConversations covered;
    private final Notices notices;
    private final PropagationTracker propagationTracker;

    public StoredOutbox(
            StateGuard guard,
            Recognition recognition,
            MessageCounts counts,
            Clock clock,
            OperatorSettings settings,
            CoveredConversations covered,
            Notices notices,
            PropagationTracker propagationTracker) {
        this.guard = guard;
        this.people = guard.people();
        this.recognition = recognition;
        this.counts = counts;
        this.clock = clock;
        this.settings = settings;
        this.covered = covered;
        this.notices = notices;
        this.propagationTracker = propagationTracker;
    }

    @Override
    public @Nullable OutgoingMessage change(long id, Change change) throws StoreException {
        return guard.open(() -> changeNow(id, (tx, now) -> change.apply(now))).orElse(null);
    }

    @Override
    public @Nullable OutgoingMessage attempt(long id, int index, String node) throws StoreException {
        return withPart(
                index,
                guard.open(() -> changeNow(
                                id,
                                (tx, now) -> OutgoingRecords.attempted(
                                        tx, now, index, node, clock.instant().toEpochMilli())))
                        .orElse(null));
    }

    /** Changes a message within the transaction that stores it. */
    private interface Step {
        OutgoingMessage apply(StoreTransaction tx, OutgoingMessage now) throws StoreException;
    }

    @Override
    public @Nullable OutgoingMessage changePart(long id, int index, UnaryOperator<OutgoingPart> change)
            throws StoreException {
        return withPart(
                index,
                change(
                        id,
                        now -> now.state().isSettled() || index >= now.parts().size()
                                ? now
                                : now.with(index, change.apply(now.parts().get(index)))));
    }

    /** Returns the changed message; null if it goes on without that packet. */
    private static @Nullable OutgoingMessage withPart(int index, @Nullable OutgoingMessage after) {
        return after == null
                        || after.state().isSettled()
                        || index < after.parts().size()
                ? after
                : null;
    }

    private Optional<OutgoingMessage> changeNow(long id, Step change) throws StoreException {
        record Changed(OutgoingMessage before, OutgoingMessage after) {}
        Optional<Changed> changed = guard.transact(tx -> {
            Optional<OutgoingMessage> found = OutgoingRecords.find(tx, id);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new Changed(found.get(), update(tx, found.get(), change.apply(tx, found.get()))));
        });
        if (changed.isPresent() && changed.get().before() != changed.get().after()) {
            notify(changed.get().after());
        }
        return changed.map(Changed::after);
    }

    @Override
    public OutgoingMessage update(StoreTransaction tx, OutgoingMessage before, OutgoingMessage changed)
            throws StoreException {
        if (changed == before) {
            return before;
        }
        OutgoingMessage after = leaving(tx, before, changed);
        OutgoingRecords.put(tx, after);
        if (after.parts().isEmpty() && before.isPaid()) {
            SpentRecords.unsealed(tx, after.id());
        }
        // Settling removes the price of another version that is not paid now, which may be that of this packet.
        return settle(tx, before, after) ? OutgoingRecords.find(tx, after.id()).orElse(after) : after;
    }

    /**
     * A message's time to live begins when it is sent, not when it is written: under cover traffic it may wait for
     * hours before that.
     */
    private OutgoingMessage leaving(StoreTransaction tx, OutgoingMessage before, OutgoingMessage after)
            throws StoreException {
        long now = clock.instant().toEpochMilli();
        if (!before.isOut() && after.isOut() && after.isRemark()) {
            OwnRemarks.left(tx, after);
            RemarkRecord.reported(tx, after.id());
        }
        return lasting(tx, before, before.isOut() || !after.isOut() ? after : after.withoutWords(), now);
    }

    private OutgoingMessage lasting(StoreTransaction tx, OutgoingMessage before, OutgoingMessage after, long now)
            throws StoreException {
        if (!before.isOut() && after.isOut()) {
            living(tx, after, now);
            if (!isCovered(tx, after.membership())) {
                return after.isText()
                        ? after.expiring(lookedAfter(after, now))
                        : after.isAwaited() ? after.expiring(Math.max(after.expires(), now + REST.toMillis())) : after;
            }
            OutgoingMessage covered = after.expiring(now + COVERED_LIFE.toMillis());
            PropagationRecords.DeliveryOptions way = PropagationRecords.way(tx, after.id());
            PropagationRecords.put(tx, covered, new PropagationRecords.DeliveryOptions(way.unsettled(), true));
            return covered;
        }
        return !before.isBegun() && after.isBegun() && !after.isOut()
                ? after.expiring(Math.max(after.expires(), now + REST.toMillis()))
                : after;
    }

    /**
     * Returns whether a conversation's packets leave in slots of cover traffic. While the bundle that knows is
     * unavailable, returns whether cover traffic was ordered.
     */
    private boolean isCovered(StoreTransaction tx, int membership) throws StoreException {
        Conversation conversation = people.conversations.find(membership);
        return conversation != null && covered.isCovered(tx, conversation);
    }

    /**
     * Records that a packet's transaction is in a block: a transaction that would have replaced it costs nothing, unless
     * the block is removed from the chain.
     */
    private static boolean settle(StoreTransaction tx, OutgoingMessage before, OutgoingMessage after)
            throws StoreException {
        boolean any = false;
        for (int i = 0; i < after.parts().size(); i++) {
            OutgoingPart now = after.parts().get(i);
            OutgoingPart was = i < before.parts().size() ? before.parts().get(i) : null;
            boolean mined = now.state() == State.CONFIRMED
                    && (was == null
                            || was.state() != State.CONFIRMED
                            || !Arrays.equals(was.transaction(), now.transaction()));
            if (mined) {
                SpentRecords.mined(tx, now.requireTransaction());
                any = true;
            } else if (was != null && was.state() == State.CONFIRMED && now.state() == State.RELAYED) {
                SpentRecords.blockGone(tx, was.requireTransaction());
                any = true;
            }
        }
        return any;
    }

    /** Determines, from now on, until when a message's text is kept. */
    private void living(StoreTransaction tx, OutgoingMessage outgoing, long now) throws StoreException {
        Optional<MessageRecord> message =
                Tables.find(tx, MessageRecord.TABLE, Keys.of(outgoing.id()), MessageRecord.class);
        if (message.isPresent()) {
            MessageRecords.put(tx, message.get().expiring(lives(outgoing, now)));
        }
    }

    /**
     * Returns until when a sent message is handed over again. The opener of a chain is handed over for as long as the
     * chain may run: a reader that missed the opener cannot read the packets on the chain (PROTOCOL 5), so the opener
     * must not fall out of mempools before.
     */
    private long lookedAfter(OutgoingMessage outgoing, long now) {
        long lives = lives(outgoing, now);
        return outgoing.opens() && !settings.get().sending().recallsExpired()
                ? Math.max(lives, now + ChainOpener.CHAIN_LIFE.toMillis())
                : lives;
    }

    private long lives(OutgoingMessage outgoing, long now) {
        long usual = now + settings.get().sending().defaultTtl().toMillis();
        return outgoing.ttlMinutes() == 0
                ? usual
                : outgoing.dropped()
                        .orElse(now + Duration.ofMinutes(outgoing.ttlMinutes()).toMillis());
    }

    @Override
    public boolean isQueued(int conversation, Predicate<String> carrier) throws StoreException {
        return guard.open(() -> guard.transact(tx -> counts.outgoing(tx).values().stream()
                .anyMatch(one -> one.conversation() == conversation
                        && one.written()
                        && one.state() == State.QUEUED
                        && carrier.test(one.carrier()))));
    }

    @Override
    public @Nullable OutgoingMessage giveUp(long id, MessageEvent end, String reason) throws StoreException {
        List<OutgoingMessage> decoys = new ArrayList<>();
        Optional<OutgoingMessage> given = guard.transact(tx -> {
            Optional<OutgoingMessage> now = OutgoingRecords.find(tx, id);
            if (now.isEmpty() || now.get().state().isSettled()) {
                return now;
            }
            asDecoy(tx, now.get(), OutgoingPart::isOut).ifPresent(decoys::add);
            long lives = lives(now.get(), clock.instant().toEpochMilli());
            // Its state is kept for as long as its text.
            OutgoingMessage ended = now.get().ended(end, reason).expiring(lives);
            living(tx, ended, clock.instant().toEpochMilli());
            OutgoingRecords.put(tx, ended);
            RemarkRecord.reported(tx, id);
            if (!ended.parts().isEmpty()) {
                tx.delete(SendChainRecord.TABLE, Keys.of(ended.membership()));
            }
            return Optional.of(ended);
        });
        OutgoingMessage after = given.orElse(null);
        if (after != null) {
            remember(decoys);
            notify(after);
        }
        return after;
    }

    /**
     * When a message is deleted, its packets that left in slots of cover traffic remain as a decoy: no longer handing
     * them over, or no longer carrying them, would reveal that they were no decoy. Part of the caller's transaction.
     *
     * @param goesOn whether a packet has left
     * @return the decoy to store; empty if the message was not part of cover traffic, or no packet has left
     */
    private Optional<OutgoingMessage> asDecoy(
            StoreTransaction tx, OutgoingMessage outgoing, Predicate<OutgoingPart> goesOn) throws StoreException {
        Conversation conversation = people.conversations.find(outgoing.membership());
        List<OutgoingPart> left = outgoing.parts().stream().takeWhile(goesOn).toList();
        if (conversation == null
                || left.isEmpty()
                || outgoing.isGivenUp()
                || outgoing.type() == PacketType.DECOY.code()) {
            return Optional.empty();
        }
        PropagationRecords.DeliveryOptions way = PropagationRecords.way(tx, outgoing.id());
        if (!way.covered() && (outgoing.isOut() || !covered.isOrdered(tx, conversation))) {
            return Optional.empty();
        }
        OutgoingMessage decoy = new OutgoingMessage(
                Tables.next(tx, "message"),
                CoverConversation.id(conversation.persona(), conversation.network()),
                State.SEALED,
                "",
                outgoing.queued(),
                outgoing.isOut()
                        ? outgoing.expires()
                        : clock.instant().plus(COVERED_LIFE).toEpochMilli(),
                0,
                false,
                0,
                left,
                PacketType.DECOY.code(),
                null,
                false,
                outgoing.stamped(),
                outgoing.carrier(),
                false);
        decoy = decoy.with(left);
        OutgoingRecords.put(tx, decoy);
        PropagationRecords.put(tx, decoy, new PropagationRecords.DeliveryOptions(way.unsettled(), true));
        notices.bus()
                .publishWithin(new MessageRenumbered(tx, outgoing.id(), outgoing.carrier(), decoy.id()), "delivery");
        return Optional.of(decoy);
    }

    @Override
    public List<OutgoingMessage> asDecoys(StoreTransaction tx, Conversation conversation) throws StoreException {
        List<OutgoingMessage> decoys = new ArrayList<>();
        for (OutgoingMessage outgoing : OutgoingRecords.of(tx, conversation.id())) {
            // A packet may have left if it was handed to a node that did not respond.
            asDecoy(tx, outgoing, part -> part.isOut() || part.attempted()).ifPresent(decoys::add);
        }
        return decoys;
    }

    @Override
    public void remember(List<OutgoingMessage> messages) {
        for (OutgoingMessage message : messages) {
            Conversation conversation = people.conversations.find(message.membership());
            if (conversation == null) {
                // It was erased meanwhile: nothing is known of it any more.
                continue;
            }
            int network = conversation.network().code();
            for (int i = 0; i < message.parts().size(); i++) {
                recognition.packets.addSent(
                        PacketId.of(network, message.parts().get(i).packet()), new PacketIndex.Sent(message.id(), i));
            }
        }
    }

    @Override
    public @Nullable OutgoingMessage unseal(long id, String reason) throws StoreException {
        Optional<OutgoingMessage> after = guard.transact(tx -> {
            Optional<OutgoingMessage> now = OutgoingRecords.find(tx, id);
            if (now.isEmpty()
                    || now.get().state() != State.SEALED
                    || KeptTransactionRecords.mayHaveLeft(tx, now.get())) {
                return Optional.empty();
            }
            OutgoingMessage queued = update(tx, now.get(), now.get().unsealed(reason));
            tx.delete(SendChainRecord.TABLE, Keys.of(queued.membership()));
            return Optional.of(queued);
        });
        if (after.isPresent()) {
            recognition.packets.removeSent(id);
            notify(after.get());
        }
        return after.orElse(null);
    }

    @Override
    public void notify(OutgoingMessage outgoing) {
        OutgoingRecords.notify(notices.events(), people, outgoing);
        if (outgoing.isRemark() && outgoing.state() == State.SENT) {
            tellChange(outgoing);
        }
    }

    /** Our remark about a message applies here from now on. */
    private void tellChange(OutgoingMessage remark) {
        try {
            record Seen(MessageChange change, Optional<MessageRecord> original) {}
            Optional<Seen> seen = guard.transact(tx -> {
                Optional<MessageChange> change = OwnRemarks.change(tx, remark);
                return change.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Seen(
                                change.get(),
                                counts.references(tx).answered(change.get().message())));
            });
            seen.ifPresent(what -> notices.events()
                    .publish(new Messages.Event(
                            Optional.empty(),
                            Optional.empty(),
                            Optional.of(what.change().seen(people, what.original())))));
        } catch (StoreException e) {
            LOG.warn("a message's change could not be reported: {}", e.getMessage());
        }
    }

    @Override
    public void sighting(PacketId id, Candidate candidate) throws StoreException {
        PacketIndex.Sent where = recognition.packets.sent(id);
        if (where == null) {
            return;
        }
        boolean confirmed = candidate.inBlock().isPresent() && propagationTracker.tellsBlocks(candidate.node());
        Candidate counted = confirmed ? candidate : candidate.outOfBlock();
        Optional<PropagationRecord> propagationRecord = guard.transact(tx -> {
            Optional<OutgoingMessage> found = OutgoingRecords.find(tx, where.message());
            return found.isEmpty()
                    ? Optional.empty()
                    // Someone else may carry our packet in their own transaction: that is not our message arriving.
                    : NodePropagation.sighted(
                            tx, found.get(), found.get().parts().get(where.part()), counted);
        });
        if (propagationRecord.isEmpty()) {
            return;
        }
        OutgoingMessage after = change(where.message(), now -> {
            OutgoingPart part = now.parts().get(where.part());
            // Our message does not arrive in someone else's transaction, nor in a version that is reported after a
            // block spent its coin.
            if (!part.rodeIn(candidate.transaction()) || part.raw() == null && !confirmed) {
                return now;
            }
            if (confirmed) {
                return part.state() == State.CONFIRMED
                        ? now
                        : now.with(where.part(), part.minedIn(candidate.transaction()));
            }
            return now.on(
                    where.part(),
                    propagationTracker.isShown(candidate.onNetwork(), part, propagationRecord.get())
                            ? PacketEvent.SHOWN
                            : PacketEvent.TAKEN);
        });
        if (after != null && confirmed) {
            notices.bus().publish(new TransactionMined(candidate.onNetwork(), candidate.transaction()));
            recordBlock(where.message(), candidate.inBlock().orElseThrow());
        }
    }

    @Override
    public void recordBlock(long id, BlockRef block) throws StoreException {
        guard.update(tx -> {
            Optional<MessageRecord> message = Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class);
            if (message.isPresent() && message.get().block() < block.height()) {
                MessageRecords.put(
                        tx, message.get().in(block.height(), message.get().transactions()));
            }
        });
        OutgoingMessage mined = change(id, now -> now.minedAt(block.time()));
        if (mined != null && mined.isAwaited() && mined.isLate()) {
            notices.bus().publish(new MinedTooLate(mined));
        }
    }
}
