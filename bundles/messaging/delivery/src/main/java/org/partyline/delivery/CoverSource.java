package org.partyline.delivery;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.partyline.api.cover.CoverFactory;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.messaging.state.Live;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens a bundle's cover traffic once the server has started, and closes it when either stops. */
public final class CoverSource {
    private static final Logger LOG = LoggerFactory.getLogger(CoverSource.class);

    private final Live<CoverTraffic> live;
    private final Supplier<StageCoverContext> contexts;
    /** Null while no bundle provides any. */
    private @Nullable CoverFactory factory;

    private @Nullable StageCoverContext context;
    /** Null while there is none. */
    private @Nullable CoverTraffic traffic;

    private boolean begun;

    /** @param contexts a new one for each opening */
    public CoverSource(Live<CoverTraffic> live, Supplier<StageCoverContext> contexts) {
        this.live = live;
        this.contexts = contexts;
    }

    /** A bundle provides it, which replaces a previous one. */
    public synchronized void added(CoverFactory next) {
        close();
        factory = next;
        open();
    }

    /** Removes a bundle's cover traffic. Waits a while for a call in progress. */
    public synchronized void removed(CoverFactory gone) {
        if (factory == gone) {
            close();
            factory = null;
        }
    }

    /** The server has started. */
    public synchronized void begin() {
        begun = true;
        open();
    }

    /** The server stops. */
    public synchronized void end() {
        begun = false;
        close();
    }

    private void open() {
        if (!begun || factory == null || traffic != null) {
            return;
        }
        StageCoverContext next = contexts.get();
        try {
            CoverTraffic opened = factory.open(next);
            traffic = opened;
            context = next;
            live.set(opened);
        } catch (RuntimeException | LinkageError e) {
            next.close();
            LOG.error("cover traffic cannot be opened: messages leave by their own schedule ({})", Faults.reason(e));
        }
    }

    private void close() {
        if (traffic == null) {
            return;
        }
        live.unset(traffic);
        if (context != null) {
            context.close();
        }
        try {
            traffic.close();
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("cover traffic could not be closed properly: {}", Faults.reason(e));
        }
        traffic = null;
        context = null;
    }
}
