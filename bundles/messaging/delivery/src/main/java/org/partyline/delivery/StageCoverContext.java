package org.partyline.delivery;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.CoverContext;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Notices;
import org.partyline.messaging.state.StateGuard;

/** The server's services for cover traffic until it is closed. */
public final class StageCoverContext implements CoverContext {
    private final StateGuard guard;
    private final Clock clock;
    private final SecureRandom random;
    private final CoverOrders orders;
    private final Notices notices;
    private final CoverNetworks networks;
    private volatile boolean closed;

    StageCoverContext(
            StateGuard guard,
            Clock clock,
            SecureRandom random,
            CoverOrders orders,
            Notices notices,
            CoverNetworks networks) {
        this.guard = guard;
        this.clock = clock;
        this.random = random;
        this.orders = orders;
        this.notices = notices;
        this.networks = networks;
    }

    /** Makes it unusable for those who still have it. */
    void close() {
        closed = true;
    }

    private void requireOpen() throws StoreException {
        if (closed) {
            throw new StoreException("cover traffic was closed with its bundle: try again when the bundle is back");
        }
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public SecureRandom random() {
        return random;
    }

    @Override
    public boolean isReady(Network network) {
        return networks.isReady(network);
    }

    @Override
    public boolean isAccepted(Network network) {
        return networks.isAccepted(network);
    }

    @Override
    public void requireAccepted(Network network) throws PartylineException {
        networks.requireAccepted(network);
    }

    @Override
    public int maxPacket(Network network) {
        return networks.maxPacket(network);
    }

    @Override
    public long most(int persona, Network network) throws StoreException {
        requireOpen();
        return networks.most(persona, network);
    }

    @Override
    public void changed() {
        notices.bus().publish(new Bus.Retry());
    }

    @Override
    public void audit(String event, String detail) {
        notices.security().record(event, detail);
    }

    @Override
    public <T, X extends Exception> T transact(Work<T, X> work) throws X, StoreException {
        requireOpen();
        return guard.<T, X>open(() -> guard.<T, X>transact(tx -> work.run(orders.transaction(tx))));
    }
}
