package org.partyline.delivery;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.Broadcasts;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.CarrierRules;
import org.partyline.api.carrier.FeeRates;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.carrier.Payments;
import org.partyline.api.carrier.Propagation;
import org.partyline.api.carrier.RecallTally;
import org.partyline.api.carrier.SharedTransaction;
import org.partyline.api.carrier.Withdrawals;
import org.partyline.api.settings.Settings;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.Transport;
import org.partyline.engine.delivery.CarrierViews;

/** What the engine offers to one carrier. */
public final class EngineCarrierContext implements CarrierContext, FeeRates, Payments, Broadcasts, Withdrawals {
    private final CarrierDesk desk;
    private final CarrierScope scope;

    public EngineCarrierContext(CarrierDesk desk, CarrierScope scope) {
        this.desk = desk;
        this.scope = scope;
    }

    @Override
    public Instant now() {
        return desk.core().now();
    }

    @Override
    public CarrierRules rules() {
        Settings settings = desk.core().settings.get();
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
        return this;
    }

    @Override
    public Payments payments() {
        return this;
    }

    @Override
    public Broadcasts broadcasts() {
        return this;
    }

    @Override
    public Withdrawals withdrawals() {
        return this;
    }

    @Override
    public Propagation propagation() {
        return desk.propagation();
    }

    @Override
    public boolean isCovered(int persona, Network network) {
        return desk.covered().test(persona, network);
    }

    @Override
    public List<Integer> likelySizes(long message) throws PartylineException {
        return desk.sizes().of(message);
    }

    @Override
    public <T, X extends Exception> T transact(Work<T, X> work) throws X, StoreException {
        return scope.transact(work);
    }

    // ---- what transactions pay

    @Override
    public FeeRate rate(List<CarrierNode> nodes) throws PartylineException {
        return desk.fees().rate(transports(nodes));
    }

    @Override
    public long most(List<CarrierNode> nodes, int bytes, int packets) throws PartylineException {
        return desk.fees().most(transports(nodes), bytes, packets);
    }

    @Override
    public long replacement(long fee, int before, int vsize, List<CarrierNode> nodes) {
        return desk.fees().replacement(fee, before, vsize, transports(nodes));
    }

    private List<Transport> transports(List<CarrierNode> nodes) {
        return CarrierViews.transports(desk.core(), nodes);
    }

    // ---- what is done with transactions

    @Override
    public Optional<String> pay(PacketRef packet, List<CarrierNode> nodes) throws PartylineException {
        return desk.payment().pay(scope.carrier(), packet, transports(nodes));
    }

    @Override
    public Signed sign(SharedTransaction wanted, Keep keep) throws PartylineException {
        return desk.sharedPayment().sign(scope, wanted, keep);
    }

    @Override
    public void hand(PacketRef packet, List<CarrierNode> nodes) throws PartylineException {
        desk.broadcaster().hand(scope.carrier(), packet, transports(nodes));
    }

    @Override
    public Optional<Refusal> hand(byte[] key, List<CarrierNode> nodes, Taken taken) throws PartylineException {
        return desk.sharedBroadcaster().hand(scope, key, nodes, taken);
    }

    @Override
    public void spread(byte[] key, List<CarrierNode> nodes) throws StoreException {
        desk.sharedBroadcaster().spread(scope, key, nodes);
    }

    @Override
    public void withdraw(PacketRef packet, List<CarrierNode> nodes, RecallTally tally) throws PartylineException {
        desk.replacement().withdraw(scope.carrier(), packet, transports(nodes), tally);
    }

    @Override
    public boolean isOnItsWay(PacketRef packet) throws StoreException {
        return desk.replacement().isOnItsWay(packet);
    }
}
