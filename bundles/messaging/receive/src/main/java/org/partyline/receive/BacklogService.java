package org.partyline.receive;

import org.partyline.api.metrics.Backlog;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.state.StateGuard;

/** Counts the incoming packets that wait. */
final class BacklogService implements Backlog {
    private final StateGuard guard;
    private final Recognition recognition;
    private final InboundQueue inboundQueue;

    BacklogService(StateGuard guard, Recognition recognition, InboundQueue inboundQueue) {
        this.guard = guard;
        this.recognition = recognition;
        this.inboundQueue = inboundQueue;
    }

    @Override
    public Level level() {
        guard.lock();
        try {
            return !guard.isLoaded()
                    ? new Level(inboundQueue.size(), 0, 0)
                    : new Level(inboundQueue.size(), recognition.unmatched.size(), recognition.parked.size());
        } finally {
            guard.unlock();
        }
    }
}
