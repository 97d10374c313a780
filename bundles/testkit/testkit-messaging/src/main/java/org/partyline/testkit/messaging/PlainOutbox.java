package org.partyline.testkit.messaging;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.transport.BlockRef;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.TransactionMined;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.Notices;
import org.partyline.messaging.state.StateGuard;

/**
 * Stores outgoing messages as they are changed, and nothing else: no time to live begins, no decoy is made of an
 * abandoned message, and a packet counts as relayed as soon as one node reports it.
 */
public final class PlainOutbox implements Outbox {
    private final StateGuard guard;
    private final People people;
    private final Recognition recognition;
    private final Notices notices;
    private final Clock clock;
    /** The abandoned messages, in order. */
    public final List<Long> givenUp = new CopyOnWriteArrayList<>();
    /** The messages put back into the queue, in order. */
    public final List<Long> unsealed = new CopyOnWriteArrayList<>();

    PlainOutbox(StateGuard guard, Recognition recognition, Notices notices, Clock clock) {
        this.clock = clock;
        this.guard = guard;
        this.people = guard.people();
        this.recognition = recognition;
        this.notices = notices;
    }

    @Override
    public OutgoingMessage change(long id, Change change) throws StoreException {
        return guard.open(() -> changeNow(id, change));
    }

    @Override
    public OutgoingMessage changePart(long id, int index, UnaryOperator<OutgoingPart> change) throws StoreException {
        OutgoingMessage after = change(
                id,
                now -> now.state().isSettled() || index >= now.parts().size()
                        ? now
                        : now.with(index, change.apply(now.parts().get(index))));
        return after == null
                        || after.state().isSettled()
                        || index < after.parts().size()
                ? after
                : null;
    }

    @Override
    public OutgoingMessage attempt(long id, int index, String node) throws StoreException {
        return guard.open(() -> {
            OutgoingMessage after = guard.transact(tx -> {
                Optional<OutgoingMessage> before = OutgoingRecords.find(tx, id);
                return before.isEmpty()
                        ? null
                        : update(
                                tx,
                                before.get(),
                                OutgoingRecords.attempted(tx, before.get(), index, node, clock.millis()));
            });
            if (after != null) {
                notify(after);
            }
            return after;
        });
    }

    private OutgoingMessage changeNow(long id, Change change) throws StoreException {
        OutgoingMessage before =
                guard.transact(tx -> OutgoingRecords.find(tx, id).orElse(null));
        if (before == null) {
            return null;
        }
        OutgoingMessage after = guard.transact(tx -> update(tx, before, change.apply(before)));
        if (after != before) {
            notify(after);
        }
        return after;
    }

    @Override
    public OutgoingMessage update(StoreTransaction tx, OutgoingMessage before, OutgoingMessage changed)
            throws StoreException {
        if (changed != before) {
            OutgoingRecords.put(tx, changed);
        }
        return changed;
    }

    @Override
    public boolean isQueued(int conversation, Predicate<String> carrier) throws StoreException {
        return guard
                .<List<OutgoingMessage>, StoreException>transact(tx -> OutgoingRecords.of(tx, conversation))
                .stream()
                .anyMatch(one -> one.isWritten() && one.state() == State.QUEUED && carrier.test(one.carrier()));
    }

    @Override
    public OutgoingMessage giveUp(long id, MessageEvent end, String reason) throws StoreException {
        givenUp.add(id);
        return change(id, now -> now.state().isSettled() ? now : now.ended(end, reason));
    }

    @Override
    public OutgoingMessage unseal(long id, String reason) throws StoreException {
        boolean mayHaveLeft = guard.transact(tx -> {
            Optional<OutgoingMessage> now = OutgoingRecords.find(tx, id);
            return now.isEmpty() || KeptTransactionRecords.mayHaveLeft(tx, now.get());
        });
        if (mayHaveLeft) {
            return null;
        }
        OutgoingMessage after = change(id, now -> now.unsealed(reason));
        unsealed.add(id);
        recognition.packets.removeSent(id);
        return after;
    }

    @Override
    public List<OutgoingMessage> asDecoys(StoreTransaction tx, Conversation conversation) {
        return List.of();
    }

    @Override
    public void remember(List<OutgoingMessage> messages) {
        for (OutgoingMessage message : messages) {
            int network =
                    people.conversations.find(message.membership()).network().code();
            for (int i = 0; i < message.parts().size(); i++) {
                recognition.packets.addSent(
                        PacketId.of(network, message.parts().get(i).packet()), new PacketIndex.Sent(message.id(), i));
            }
        }
    }

    @Override
    public void notify(OutgoingMessage outgoing) {
        OutgoingRecords.notify(notices.events(), people, outgoing);
    }

    @Override
    public void sighting(PacketId id, Candidate candidate) throws StoreException {
        PacketIndex.Sent where = recognition.packets.sent(id);
        if (where == null) {
            return;
        }
        Optional<BlockRef> block = candidate.inBlock();
        change(where.message(), now -> {
            OutgoingPart part = now.parts().get(where.part());
            if (!part.rodeIn(candidate.transaction())) {
                return now;
            }
            return block.isPresent()
                    ? now.with(where.part(), part.minedIn(candidate.transaction()))
                    : now.on(where.part(), PacketEvent.SHOWN);
        });
        if (block.isPresent()) {
            notices.bus().publish(new TransactionMined(candidate.onNetwork(), candidate.transaction()));
        }
    }

    @Override
    public void recordBlock(long id, BlockRef block) {
        // Nobody reads it here.
    }
}
