package org.partyline.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.cover.CoverContext;
import org.partyline.api.cover.CoverFactory;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.cover.CoverTransaction;
import org.partyline.testkit.HandSetClock;

/** A bundle's cover traffic: a slot a minute, with any bytes that the test chooses. */
final class ForeignCover implements CoverFactory, CoverTraffic {
    private static final Duration GAP = Duration.ofMinutes(1);

    private final HandSetClock clock;
    CoverContext context;
    Optional<Network> network = Optional.of(Network.REGTEST);
    /** Whether nothing leaves while no node of the network is ready, as far as it knows. */
    boolean looksForNodes;

    byte[] decoy = UnderCover.packet(1);
    int left;
    int closed;
    RuntimeException fails;
    RuntimeException failsToEnd;
    RuntimeException failsToOpen;
    Instant next;
    final List<Use> uses = new ArrayList<>();

    ForeignCover(HandSetClock clock) {
        this.clock = clock;
        next = clock.instant().plus(GAP);
    }

    @Override
    public CoverTraffic open(CoverContext with) {
        context = with;
        if (failsToOpen != null) {
            throw failsToOpen;
        }
        return this;
    }

    @Override
    public List<Covered> look() {
        if (fails != null) {
            throw fails;
        }
        boolean isReady = !looksForNodes || context.isReady(Network.REGTEST);
        return List.of(new Covered(UnderCover.ALICE, isReady ? network : Optional.empty(), next));
    }

    @Override
    public Over over(CoverTransaction tx, Covered slot, Use use) {
        if (failsToEnd != null) {
            throw failsToEnd;
        }
        uses.add(use);
        next = clock.instant().plus(GAP);
        return new Over(Optional.of(next), Optional.of(decoy));
    }

    @Override
    public void left(CoverTransaction tx, int persona) {
        left++;
    }

    @Override
    public void refused(int persona, long fee) {}

    @Override
    public Optional<CoverOrder> order(CoverTransaction tx, int persona) {
        return persona == UnderCover.ALICE ? Optional.of(new CoverOrder(GAP, 100_000, 80)) : Optional.empty();
    }

    @Override
    public void sent(CoverTransaction tx, int persona, int size) {}

    @Override
    public void close() {
        closed++;
    }
}
