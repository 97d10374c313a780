package org.partyline.delivery;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.CoverContext;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.Transport;
import org.partyline.engine.delivery.CarrierViews;
import org.partyline.engine.kernel.AbsentException;
import org.partyline.engine.kernel.Bus;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Parts;
import org.partyline.engine.mailbox.PacketSizes;
import org.partyline.engine.schedule.StoreCoverTransaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the engine offers to cover traffic, until that is closed. */
public final class EngineCoverContext implements CoverContext {
    private static final Logger LOG = LoggerFactory.getLogger(EngineCoverContext.class);

    private final Core core;
    private final PacketSizes sizes;
    private final OfferedCarriers carriers;
    private volatile boolean closed;

    public EngineCoverContext(Core core, PacketSizes sizes, OfferedCarriers carriers) {
        this.core = core;
        this.sizes = sizes;
        this.carriers = carriers;
    }

    /** Whoever still has it can do nothing with it. */
    void close() {
        closed = true;
    }

    private void requireOpen() throws StoreException {
        if (closed) {
            throw new StoreException("cover traffic was closed, as its bundle went: try it again when that is back");
        }
    }

    @Override
    public Instant now() {
        return core.now();
    }

    @Override
    public SecureRandom random() {
        return core.random;
    }

    @Override
    public boolean isReady(Network network) {
        try {
            return core.parts.has(Parts.NODES) && !core.nodes.ready(network).isEmpty();
        } catch (AbsentException e) {
            return false;
        }
    }

    @Override
    public boolean isAccepted(Network network) {
        return core.isAccepted(network);
    }

    @Override
    public void requireAccepted(Network network) throws PartylineException {
        core.requireAccepted(network);
    }

    @Override
    public int maxPacket(Network network) {
        return sizes.maxBucket(network);
    }

    @Override
    public long most(int persona, Network network) throws StoreException {
        requireOpen();
        try {
            List<Transport> nodes = core.nodes.ready(network);
            return nodes.isEmpty()
                    ? 0
                    : carriers.of(core.settings.get().sending().carrier())
                            .most(persona, network, maxPacket(network), CarrierViews.of(nodes));
        } catch (AbsentException e) {
            // Nothing leaves by it; slots pass as ever.
            LOG.debug("a packet's cost is not known: {}", e.getMessage());
            return 0;
        } catch (StoreException e) {
            throw e;
        } catch (PartylineException e) {
            LOG.debug("a packet's cost is not known: {}", e.getMessage());
            return 0;
        }
    }

    @Override
    public void changed() {
        core.bus.publish(new Bus.Retry());
    }

    @Override
    public void audit(String event, String detail) {
        core.audit(event, detail);
    }

    @Override
    public <T, X extends Exception> T transact(Work<T, X> work) throws X, StoreException {
        requireOpen();
        return core.<T, X>open(
                memory -> core.store.<T, X>transact(tx -> work.run(new StoreCoverTransaction(core, tx))));
    }
}
