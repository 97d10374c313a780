package org.partyline.delivery;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierFactory;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.carrier.Quote;
import org.partyline.api.carrier.RecallTally;
import org.partyline.api.carrier.SharedTransaction;
import org.partyline.api.carrier.SharedTransaction.Cargo;
import org.partyline.api.store.StoreException;

/** The simplest possible carrier, with changes by tests. */
class Pigeon implements CarrierFactory, Carrier {
    static final byte[] KEY = "key".getBytes(StandardCharsets.UTF_8);

    volatile CarrierContext context;

    @Override
    public String id() {
        return "pigeon";
    }

    @Override
    public Carrier open(CarrierContext opened) {
        context = opened;
        return this;
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public long quote(Quote quote, List<CarrierNode> nodes) {
        return 1;
    }

    @Override
    public long most(int persona, Network network, int bytes, List<CarrierNode> nodes) {
        return 1;
    }

    @Override
    public boolean isDue(CarriedMessage message, int index) throws StoreException {
        return context.propagation().isDue(message.ref(index));
    }

    @Override
    public void dispatch(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException {
        context.payments().pay(message.ref(index), nodes);
        context.broadcasts().hand(message.ref(index), nodes);
    }

    @Override
    public void dispatchAgain(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException {
        context.broadcasts().hand(message.ref(index), nodes);
    }

    @Override
    public void recall(CarriedMessage message, List<CarrierNode> nodes, RecallTally tally) throws PartylineException {
        context.withdrawals().withdraw(message.ref(0), nodes, tally);
    }

    @Override
    public boolean isOnTheAir(CarriedMessage message) throws StoreException {
        return context.withdrawals().isOnItsWay(message.ref(0));
    }

    SharedTransaction wanted(CarriedMessage message, Set<PacketRef> boarding, List<CarrierNode> nodes) {
        return new SharedTransaction(
                message.persona(),
                message.network(),
                KEY,
                Optional.empty(),
                List.of(new Cargo(message.ref(0), message.packets().get(0).bytes())),
                boarding,
                false,
                (fee, vsize) -> {},
                nodes);
    }
}
