package org.partyline.delivery;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.cover.CoverTraffic.Covered;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.SecurityLog;
import org.partyline.messaging.state.StateGuard;

/** Tracks how long cover traffic has been unavailable, and records that if it was ordered. */
final class CoverAbsence {
    /**
     * How long ordered cover traffic must be unavailable before that is recorded, so that an update of its bundle is
     * not.
     */
    private static final Duration AWAY = Duration.ofSeconds(5);

    /** Since when it is unavailable; null while it is available. */
    private @Nullable Instant away;

    private boolean recorded;

    private final StateGuard guard;
    private final Clock clock;
    private final Live<CoverTraffic> traffic;
    private final SecurityLog security;
    private final BooleanSupplier stopping;

    /**
     * @param stopping whether the whole program stops: then cover traffic does not come back, and nothing may leave
     *     because of it
     */
    CoverAbsence(
            StateGuard guard, Clock clock, Live<CoverTraffic> traffic, SecurityLog security, BooleanSupplier stopping) {
        this.traffic = traffic;
        this.guard = guard;
        this.clock = clock;
        this.security = security;
        this.stopping = stopping;
    }

    /** Whether no bundle provides cover traffic. */
    boolean isAway() {
        return !traffic.isHere();
    }

    /**
     * Called when no bundle provides cover traffic: no persona is covered, except while the program stops, when nothing
     * may leave because of that.
     */
    Optional<List<Covered>> nobody() throws StoreException {
        if (stopping.getAsBoolean()) {
            return Optional.empty();
        }
        if (away == null) {
            away = clock.instant();
        }
        if (!recorded
                && !clock.instant().isBefore(away.plus(AWAY))
                && !guard.open(() -> guard.transact(CoverOrders::ordered)).isEmpty()) {
            recorded = true;
            security.record("cover-away", "cover traffic was ordered but is not running: its bundle is stopped");
        }
        return Optional.of(List.of());
    }

    /** Called when cover traffic is available. */
    void over() {
        away = null;
        if (recorded) {
            recorded = false;
            security.record("cover-returned", "cover traffic runs again: its bundle is back");
        }
    }
}
