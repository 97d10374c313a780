package org.partyline.testkit.messaging;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierFactory;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.CarrierTransaction;
import org.partyline.api.carrier.LaterException;
import org.partyline.api.carrier.Quote;
import org.partyline.api.carrier.RecallTally;
import org.partyline.api.store.StoreException;

/** Sends each packet in a transaction of its own. A test may extend it with another {@link CarrierFactory}. */
public class PlainCarrier implements CarrierFactory {
    private final String id;
    /** The calls, in order: {@code dispatch 1/0}. */
    public final List<String> calls = new CopyOnWriteArrayList<>();
    /** Why nothing is dispatched; null if everything is. */
    public volatile PartylineException waits;
    /** When the next packet may leave; null for now. */
    public volatile Instant turn;
    /** Whether repeated packets are carried along with the next packet. */
    public volatile boolean takesAlong;
    /** The newest context that was opened. */
    protected volatile CarrierContext context;

    /** Creates the default carrier. */
    public PlainCarrier() {
        this("confirm");
    }

    public PlainCarrier(String id) {
        this.id = id;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Carrier open(CarrierContext with) {
        context = with;
        return new Each(with);
    }

    /** A carrier with one packet per transaction. */
    protected class Each implements Carrier {
        private final CarrierContext with;

        protected Each(CarrierContext with) {
            this.with = with;
        }

        @Override
        public boolean isShared() {
            return false;
        }

        @Override
        public long quote(Quote quote, List<CarrierNode> nodes) throws PartylineException {
            long fee = 0;
            for (int size : quote.sizes()) {
                fee += most(0, Network.REGTEST, size, nodes);
            }
            return fee;
        }

        @Override
        public long most(int persona, Network network, int bytes, List<CarrierNode> nodes) throws PartylineException {
            return with.fees().most(nodes, bytes, 1);
        }

        @Override
        public boolean isDue(CarriedMessage message, int index) throws StoreException {
            return with.propagation().isDue(message.ref(index));
        }

        @Override
        public boolean takesAlong(CarriedMessage message, int index) {
            return takesAlong;
        }

        @Override
        public void awaitTurn(CarriedMessage message, int index) throws PartylineException {
            if (turn != null && with.now().isBefore(turn)) {
                throw new LaterException("it waits for its turn", turn);
            }
        }

        @Override
        public void onRenamed(CarrierTransaction tx, long message, long other) {
            calls.add("renamed " + message + " " + other);
        }

        @Override
        public void takeUp() {
            calls.add("take up");
        }

        @Override
        public void dispatch(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException {
            calls.add("dispatch " + message.id() + "/" + index);
            if (waits != null) {
                throw waits;
            }
            Optional<String> wallet = with.payments().pay(message.ref(index), nodes);
            if (wallet.isPresent()) {
                with.broadcasts().hand(message.ref(index), CarrierNode.first(wallet.get(), nodes));
            }
        }

        @Override
        public void dispatchAgain(CarriedMessage message, int index, List<CarrierNode> nodes)
                throws PartylineException {
            calls.add("again " + message.id() + "/" + index);
            with.broadcasts().hand(message.ref(index), nodes);
        }

        @Override
        public void recall(CarriedMessage message, List<CarrierNode> nodes, RecallTally tally)
                throws PartylineException {
            calls.add("recall " + message.id());
            for (int i = 0; i < message.packets().size(); i++) {
                with.withdrawals().withdraw(message.ref(i), nodes, tally);
            }
        }

        @Override
        public boolean isOnTheAir(CarriedMessage message) throws StoreException {
            for (int i = 0; i < message.packets().size(); i++) {
                if (with.withdrawals().isOnItsWay(message.ref(i))) {
                    return true;
                }
            }
            return false;
        }
    }
}
