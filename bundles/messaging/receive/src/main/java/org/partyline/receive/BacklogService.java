package org.partyline.receive;

import org.partyline.api.metrics.Backlog;
import org.partyline.messaging.kernel.StateGuard;
import org.partyline.messaging.kernel.Unlocked;

/** Counts the incoming packets that wait. */
final class BacklogService implements Backlog {
    private final StateGuard guard;
    private final InboundQueue inboundQueue;

    BacklogService(StateGuard guard, InboundQueue inboundQueue) {
        this.guard = guard;
        this.inboundQueue = inboundQueue;
    }

    @Override
    public Level level() {
        guard.lock();
        try {
            Unlocked unlocked = guard.unlocked();
            return unlocked == null
                    ? new Level(inboundQueue.size(), 0, 0)
                    : new Level(inboundQueue.size(), unlocked.unmatched.size(), unlocked.parked.size());
        } finally {
            guard.unlock();
        }
    }
}
