package org.partyline.delivery;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.BiPredicate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.Broadcasts;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierRules;
import org.partyline.api.carrier.FeeRates;
import org.partyline.api.carrier.Payments;
import org.partyline.api.carrier.Propagation;
import org.partyline.api.carrier.Withdrawals;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.settings.Settings;
import org.partyline.api.store.StoreException;

/** The server's services for one carrier. */
public final class StageCarrierContext implements CarrierContext {
    private final Clock clock;
    private final OperatorSettings settings;
    private final CarrierScope scope;
    private final Propagation propagation;
    private final BiPredicate<Integer, Network> covered;
    private final LikelySizes sizes;
    private final FeeRates fees;
    private final CarrierWork work;

    /**
     * @param covered whether a persona's packets on a network leave in slots of cover traffic
     * @param sizes the likely sizes of packets that are not sealed yet
     */
    StageCarrierContext(
            Clock clock,
            OperatorSettings settings,
            CarrierScope scope,
            Propagation propagation,
            BiPredicate<Integer, Network> covered,
            LikelySizes sizes,
            FeeRates fees,
            CarrierWork work) {
        this.clock = clock;
        this.settings = settings;
        this.scope = scope;
        this.propagation = propagation;
        this.covered = covered;
        this.sizes = sizes;
        this.fees = fees;
        this.work = work;
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public CarrierRules rules() {
        Settings settings = this.settings.get();
        return new CarrierRules(
                settings.nodes().resendAfter(),
                settings.sending().rebroadcastAfter(),
                settings.fees().maximum(),
                settings.rolling()::spacing,
                settings.rolling().packets(),
                settings.rolling().maxFee(),
                settings.rolling().maxAge(),
                settings.rolling().burns());
    }

    @Override
    public FeeRates fees() {
        return fees;
    }

    @Override
    public Payments payments() {
        return work;
    }

    @Override
    public Broadcasts broadcasts() {
        return work;
    }

    @Override
    public Withdrawals withdrawals() {
        return work;
    }

    @Override
    public Propagation propagation() {
        return propagation;
    }

    @Override
    public boolean isCovered(int persona, Network network) {
        return covered.test(persona, network);
    }

    @Override
    public List<Integer> likelySizes(long message) throws PartylineException {
        return sizes.of(message);
    }

    @Override
    public <T, X extends Exception> T transact(Work<T, X> work) throws X, StoreException {
        return scope.transact(work);
    }
}
