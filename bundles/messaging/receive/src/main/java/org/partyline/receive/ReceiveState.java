package org.partyline.receive;

import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.state.InitialSync;
import org.partyline.messaging.state.StateParticipant;

/** Handles the collected packets once the store is open, advances channels to the next day, and ends chains. */
final class ReceiveState implements StateParticipant {
    private final InboundQueue queue;
    private final InitialSync sync;
    private final ParkedUpkeep parked;
    private final ChainUpkeep chains;
    private final ChannelDays days;
    private final Runnable opened;

    /** @param opened called when the store was created or opened */
    ReceiveState(
            InboundQueue queue,
            InitialSync sync,
            ParkedUpkeep parked,
            ChainUpkeep chains,
            ChannelDays days,
            Runnable opened) {
        this.queue = queue;
        this.sync = sync;
        this.parked = parked;
        this.chains = chains;
        this.days = days;
        this.opened = opened;
    }

    @Override
    public int place() {
        return 5;
    }

    /** No key is erased until the collected packets were read. */
    @Override
    public void opening() {
        queue.expectCollected();
    }

    @Override
    public void load(StoreTransaction tx) throws StoreException {
        queue.exchange(tx);
    }

    @Override
    public void opened() {
        opened.run();
        queue.drainCollected();
        queue.retryParked();
    }

    @Override
    public void settle() {
        queue.settleWrites();
    }

    @Override
    public void expire() throws StoreException {
        // A node that could not report where to begin may do so now.
        queue.reread();
        chains.look();
        // Packets collected while locked may be days old: until they are read, no key is erased.
        if (sync.isReading() && days.areRead()) {
            parked.expire(queue);
            days.turn();
            chains.expire();
        }
        queue.retryFailed();
    }
}
