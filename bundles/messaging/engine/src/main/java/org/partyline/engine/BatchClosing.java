package org.partyline.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.engine.fees.Spending;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Unlocked;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingPart;
import org.partyline.engine.mailbox.PacketEvent;
import org.partyline.engine.mailbox.PropagationRecords;
import org.partyline.engine.mailbox.PropagationTracker;

/** Closes rolls: any version may be the one that is mined, and no packet is lost by it. */
final class BatchClosing {
    private final Core core;
    private final Outbox outbox;
    private final PropagationTracker propagationTracker;
    private final Batches rolls;
    private final ChangeLock held;

    BatchClosing(Core core, Outbox outbox, PropagationTracker propagationTracker, Batches rolls, ChangeLock held) {
        this.core = core;
        this.outbox = outbox;
        this.propagationTracker = propagationTracker;
        this.rolls = rolls;
        this.held = held;
    }

    /** A transaction stands in a block: if it is a version of a roll, the conversation goes on from there. */
    void mined(Network network, byte[] transaction) throws StoreException {
        // A reorganisation may have taken the block away before this thread looked.
        boolean stands = core.open(memory -> core.store
                        .transact(tx -> PropagationRecords.find(tx, transaction))
                        .block()
                != null);
        for (ReplaceableBatch roll : rolls.all()) {
            if (stands && roll.network() == network.code() && roll.has(transaction)) {
                close(roll, transaction);
            }
        }
    }

    /** The version that stands in a block, as nodes say; null: none does. */
    byte[] minedVersion(ReplaceableBatch roll) {
        return roll.versions().stream()
                .map(ReplaceableBatch.Version::transaction)
                .filter(version -> propagationTracker.isMined(Batches.network(roll), TxId.ofBytes(version)))
                .findFirst()
                .orElse(null);
    }

    /**
     * A roll is over. Packets of the version that was mined are confirmed; those that rode before it had their time on the
     * way; those that came after it ride again.
     *
     * @param mined the version in a block; null: something else spent the coin
     */
    void close(ReplaceableBatch roll, byte[] mined) throws StoreException {
        held.hold(roll, false);
        if (roll.replaced() != null) {
            held.hold(roll, roll.replaced(), false);
        }
        Set<Long> before = new LinkedHashSet<>();
        Set<Long> in = new LinkedHashSet<>();
        boolean passed = mined == null;
        Set<Long> after = new LinkedHashSet<>();
        for (ReplaceableBatch.Version version : roll.versions()) {
            if (!passed && Arrays.equals(version.transaction(), mined)) {
                in.addAll(version.rides());
                passed = true;
            } else if (passed) {
                after.addAll(version.rides());
            } else {
                before.addAll(version.rides());
            }
        }
        after.removeAll(in);
        before.removeAll(in);
        before.removeAll(after);
        core.open(memory -> {
            List<OutgoingMessage> changed = core.store.transact(tx -> {
                if (mined != null) {
                    uncount(tx, roll, mined);
                }
                List<OutgoingMessage> all = new ArrayList<>();
                for (long code : in) {
                    all.addAll(settle(
                            core,
                            tx,
                            memory,
                            code,
                            part -> part.state() == State.CONFIRMED ? part : part.minedIn(mined)));
                }
                for (long code : before) {
                    all.addAll(settle(core, tx, memory, code, part -> part.on(PacketEvent.SUPERSEDED)));
                }
                for (long code : after) {
                    all.addAll(settle(core, tx, memory, code, part -> part.on(PacketEvent.TRANSACTION_GONE)));
                }
                tx.delete(Batches.TABLE, Batches.key(roll));
                return all;
            });
            changed.forEach(outgoing -> outbox.tell(memory, outgoing));
            return null;
        });
    }

    /** Nobody pays what the versions behind the one in a block would have added. */
    private static void uncount(StoreTransaction tx, ReplaceableBatch roll, byte[] mined) throws StoreException {
        for (int i = roll.versions().size() - 1; i > 0; i--) {
            ReplaceableBatch.Version version = roll.versions().get(i);
            if (Arrays.equals(version.transaction(), mined)) {
                return;
            }
            long added = version.fee() - roll.versions().get(i - 1).fee();
            Spending.uncount(tx, added, roll.persona());
        }
    }

    /** Changes where a packet stands, and its message with it. Part of the caller's transaction. @return what changed, to be told */
    static List<OutgoingMessage> settle(
            Core core, StoreTransaction tx, Unlocked memory, long code, UnaryOperator<OutgoingPart> change)
            throws StoreException {
        Optional<OutgoingMessage> found = Outbox.find(tx, code >> 8);
        int index = (int) (code & 0xff);
        if (found.isEmpty() || found.get().parts().size() <= index) {
            return List.of();
        }
        OutgoingPart before = found.get().parts().get(index);
        OutgoingPart after = change.apply(before);
        if (after == before) {
            return List.of();
        }
        return List.of(Outbox.update(core, tx, memory, found.get(), found.get().with(index, after)));
    }
}
