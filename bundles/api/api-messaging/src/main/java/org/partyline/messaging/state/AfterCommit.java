package org.partyline.messaging.state;

import java.util.ArrayList;
import java.util.List;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.recognition.Recognition;

/** Actions in memory that run once a transaction is committed; wiped if it is not. */
public final class AfterCommit implements AutoCloseable {
    private final List<Runnable> steps = new ArrayList<>();
    private final List<ReceiveChainState> chains = new ArrayList<>();
    private boolean committed;

    /** Is run by {@link #commit}, in the order given. */
    public void then(Runnable step) {
        steps.add(step);
    }

    /** Follows a new chain. */
    public void follow(EventHub events, Recognition recognition, ReceiveChainState chain) {
        chains.add(chain);
        steps.add(() -> {
            events.startLine(chain.entry.number(), 0);
            recognition.chains.follow(chain);
        });
    }

    /** The transaction is on the disk. */
    public void commit() {
        committed = true;
        steps.forEach(Runnable::run);
    }

    @Override
    public void close() {
        if (!committed) {
            chains.forEach(ReceiveChainState::close);
        }
    }
}
