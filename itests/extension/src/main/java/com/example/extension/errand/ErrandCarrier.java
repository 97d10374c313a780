package com.example.extension.errand;

import java.util.List;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.Quote;
import org.partyline.api.carrier.RecallTally;
import org.partyline.api.carrier.TransactionSize;
import org.partyline.api.store.StoreException;

/** Runs one errand for each packet: the simplest possible carrier. */
final class ErrandCarrier implements Carrier {
    private final CarrierContext context;

    ErrandCarrier(CarrierContext context) {
        this.context = context;
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public long quote(Quote quote, List<CarrierNode> nodes) throws PartylineException {
        long fee = 0;
        for (int size : quote.sizes()) {
            fee += context.fees().rate(nodes).fee(TransactionSize.of(size, 1));
        }
        return fee;
    }

    @Override
    public long most(int persona, Network network, int bytes, List<CarrierNode> nodes) throws PartylineException {
        return context.fees().most(nodes, bytes, 1);
    }

    @Override
    public boolean isDue(CarriedMessage message, int index) throws StoreException {
        return context.propagation().isDue(message.ref(index));
    }

    @Override
    public void dispatch(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException {
        Optional<String> wallet = context.payments().pay(message.ref(index), nodes);
        if (wallet.isPresent()) {
            dispatchAgain(message, index, CarrierNode.first(wallet.get(), nodes));
        }
    }

    @Override
    public void dispatchAgain(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException {
        context.broadcasts().hand(message.ref(index), nodes);
    }

    @Override
    public void recall(CarriedMessage message, List<CarrierNode> nodes, RecallTally tally) throws PartylineException {
        for (int i = 0; i < message.packets().size(); i++) {
            context.withdrawals().withdraw(message.ref(i), nodes, tally);
        }
    }

    @Override
    public boolean isOnTheAir(CarriedMessage message) throws StoreException {
        for (int i = 0; i < message.packets().size(); i++) {
            if (context.withdrawals().isOnItsWay(message.ref(i))) {
                return true;
            }
        }
        return false;
    }
}
