package org.partyline.messaging.state;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.partyline.api.metrics.StageMeter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports the stages' measurements to a listener. Without one it costs one read of a field. */
public final class Meter {
    private static final Logger LOG = LoggerFactory.getLogger(Meter.class);

    private volatile @Nullable StageMeter listener;

    /** @param to null: removes the listener */
    public void listen(@Nullable StageMeter to) {
        listener = to;
    }

    /** Removes the listener, unless another one has replaced it. */
    public void unlisten(StageMeter former) {
        if (listener == former) {
            listener = null;
        }
    }

    /** The start of a measured operation; 0 without a listener. */
    public long begin() {
        return listener == null ? 0 : System.nanoTime();
    }

    /** @param began the result of {@link #begin} */
    public void strangerRecognised(long began) {
        StageMeter now = listener;
        if (now != null && began != 0) {
            long nanos = System.nanoTime() - began;
            safely(() -> now.strangerRecognised(nanos));
        }
    }

    /** @param late how long after its due time a packet left */
    public void departed(Duration late) {
        StageMeter now = listener;
        if (now != null) {
            safely(() -> now.departed(late));
        }
    }

    /** A failure of another bundle's listener must not stop a packet. */
    private static void safely(Runnable telling) {
        try {
            telling.run();
        } catch (RuntimeException | LinkageError e) {
            LOG.debug("a measurement was not recorded: {}", Faults.reason(e));
        }
    }
}
