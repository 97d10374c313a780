package org.partyline.delivery;

import java.util.List;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.CarrierTransaction;
import org.partyline.api.carrier.Quote;
import org.partyline.api.carrier.RecallTally;
import org.partyline.api.store.StoreException;

/** Calls a bundle's carrier, and reports when each call begins and ends. */
final class GuardedCarrier implements Carrier {
    private final String id;
    private final Carrier carrier;
    private final Runnable begin;
    private final Runnable end;

    /** @param begin may throw: then the call is not made */
    GuardedCarrier(String id, Carrier carrier, Runnable begin, Runnable end) {
        this.id = id;
        this.carrier = carrier;
        this.begin = begin;
        this.end = end;
    }

    private interface Call<T, X extends Exception> {
        T make() throws X;
    }

    private interface Act<X extends Exception> {
        void make() throws X;
    }

    private <T, X extends Exception> T call(Call<T, X> call) throws X {
        begin.run();
        try {
            return call.make();
        } finally {
            end.run();
        }
    }

    private <X extends Exception> void act(Act<X> act) throws X {
        this.<Boolean, X>call(() -> {
            act.make();
            return true;
        });
    }

    @Override
    public boolean isShared() {
        return this.<Boolean, RuntimeException>call(() -> carrier.isShared());
    }

    @Override
    public long quote(Quote quote, List<CarrierNode> nodes) throws PartylineException {
        return this.<Long, PartylineException>call(() -> carrier.quote(quote, nodes));
    }

    @Override
    public Price price(Quote quote, List<CarrierNode> nodes) throws PartylineException {
        return this.<Price, PartylineException>call(() -> carrier.price(quote, nodes));
    }

    @Override
    public boolean paysFromChange(int persona, Network network) throws StoreException {
        return this.<Boolean, StoreException>call(() -> carrier.paysFromChange(persona, network));
    }

    @Override
    public long change(int persona, Network network) throws StoreException {
        return this.<Long, StoreException>call(() -> carrier.change(persona, network));
    }

    @Override
    public boolean end(int persona, Network network, List<CarrierNode> nodes) throws PartylineException {
        return this.<Boolean, PartylineException>call(() -> carrier.end(persona, network, nodes));
    }

    @Override
    public long most(int persona, Network network, int bytes, List<CarrierNode> nodes) throws PartylineException {
        return this.<Long, PartylineException>call(() -> carrier.most(persona, network, bytes, nodes));
    }

    @Override
    public boolean looksAfter(CarriedMessage message, int index) throws StoreException {
        return this.<Boolean, StoreException>call(() -> carrier.looksAfter(message, index));
    }

    @Override
    public Optional<String> waitsFor(CarriedMessage message, int index) throws StoreException {
        return this.<Optional<String>, StoreException>call(() -> carrier.waitsFor(message, index));
    }

    @Override
    public boolean takesAlong(CarriedMessage message, int index) throws PartylineException {
        return this.<Boolean, PartylineException>call(() -> carrier.takesAlong(message, index));
    }

    @Override
    public boolean isDue(CarriedMessage message, int index) throws StoreException {
        return this.<Boolean, StoreException>call(() -> carrier.isDue(message, index));
    }

    @Override
    public boolean isLost(CarriedMessage message, int index) throws StoreException {
        return this.<Boolean, StoreException>call(() -> carrier.isLost(message, index));
    }

    @Override
    public void awaitTurn(CarriedMessage message, int index) throws PartylineException {
        this.<PartylineException>act(() -> carrier.awaitTurn(message, index));
    }

    @Override
    public void dispatch(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException {
        this.<PartylineException>act(() -> carrier.dispatch(message, index, nodes));
    }

    @Override
    public void dispatchAgain(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException {
        this.<PartylineException>act(() -> carrier.dispatchAgain(message, index, nodes));
    }

    @Override
    public void recall(CarriedMessage message, List<CarrierNode> nodes, RecallTally tally) throws PartylineException {
        this.<PartylineException>act(() -> carrier.recall(message, nodes, tally));
    }

    @Override
    public boolean isOnTheAir(CarriedMessage message) throws StoreException {
        return this.<Boolean, StoreException>call(() -> carrier.isOnTheAir(message));
    }

    @Override
    public void takeUp() throws StoreException {
        this.<StoreException>act(() -> carrier.takeUp());
    }

    @Override
    public void tick() throws StoreException {
        this.<StoreException>act(() -> carrier.tick());
    }

    @Override
    public void onMined(Network network, TxId transaction) throws StoreException {
        this.<StoreException>act(() -> carrier.onMined(network, transaction));
    }

    @Override
    public void onRenamed(CarrierTransaction tx, long message, long other) throws StoreException {
        this.<StoreException>act(() -> carrier.onRenamed(tx, message, other));
    }

    @Override
    public String toString() {
        return id;
    }
}
