package org.partyline.messaging.state;

import java.util.ArrayList;
import java.util.List;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.recognition.Recognition;

/**
 * Actions in memory that run once a transaction is committed; if it is not, they are discarded and their keys wiped.
 */
public final class AfterCommit implements AutoCloseable {
    private final List<Runnable> steps = new ArrayList<>();
    private final List<Runnable> undos = new ArrayList<>();
    private final List<ReceiveChainState> chains = new ArrayList<>();
    private boolean committed;

    /** Adds an action; {@link #commit} runs them in this order. */
    public void then(Runnable step) {
        steps.add(step);
    }

    /** Adds an action that takes back what the transaction itself needed in memory; it runs if nothing is committed. */
    public void undo(Runnable step) {
        undos.add(step);
    }

    /** Adds a new chain after the commit. */
    public void follow(EventHub events, Recognition recognition, ReceiveChainState chain) {
        chains.add(chain);
        steps.add(() -> {
            events.startLine(chain.entry.number(), 0);
            recognition.chains.follow(chain);
        });
    }

    /** Called when the transaction is on the disk. */
    public void commit() {
        committed = true;
        steps.forEach(Runnable::run);
    }

    @Override
    public void close() {
        if (!committed) {
            chains.forEach(ReceiveChainState::close);
            undos.forEach(Runnable::run);
        }
    }
}
