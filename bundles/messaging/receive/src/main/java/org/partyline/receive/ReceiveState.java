package org.partyline.receive;

import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.state.InitialSync;
import org.partyline.messaging.state.StateParticipant;

/** Takes up what was collected once the store is open, moves channels on to the next day, and ends chains. */
final class ReceiveState implements StateParticipant {
    private final InboundQueue queue;
    private final InitialSync sync;
    private final ChainUpkeep chains;
    private final ChannelDays days;
    private final Runnable opened;

    /** @param opened is told when the store was created or opened */
    ReceiveState(InboundQueue queue, InitialSync sync, ChainUpkeep chains, ChannelDays days, Runnable opened) {
        this.queue = queue;
        this.sync = sync;
        this.chains = chains;
        this.days = days;
        this.opened = opened;
    }

    @Override
    public int place() {
        return 5;
    }

    /** Until what was collected is read no key goes. */
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
        // A node that could not tell where to begin may tell now.
        queue.reread();
        chains.look();
        // What was collected while locked may be of days ago: until it is read no key goes.
        if (sync.isReading() && days.areRead()) {
            days.turn();
            chains.expire();
        }
        queue.retryFailed();
    }
}
