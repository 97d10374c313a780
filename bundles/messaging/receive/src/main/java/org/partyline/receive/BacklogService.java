package org.partyline.receive;

import org.partyline.api.metrics.Backlog;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Unlocked;

/** How many packets wait on the way in. */
final class BacklogService implements Backlog {
    private final Core core;
    private final InboundQueue inboundQueue;

    BacklogService(Core core, InboundQueue inboundQueue) {
        this.core = core;
        this.inboundQueue = inboundQueue;
    }

    @Override
    public Level level() {
        core.lock.lock();
        try {
            Unlocked memory = core.unlocked();
            return memory == null
                    ? new Level(inboundQueue.size(), 0, 0)
                    : new Level(inboundQueue.size(), memory.unmatched.size(), memory.parked.size());
        } finally {
            core.lock.unlock();
        }
    }
}
