package org.partyline.delivery;

import java.time.Clock;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.delivery.KeptTransaction;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.state.StateGuard;

/** Runs store transactions for one carrier, and afterwards notifies listeners and wallets. */
public final class CarrierScope {
    private final StateGuard guard;
    private final People people;
    private final Clock clock;
    private final Outbox outbox;
    private final KeptTransactions kept;
    private final String carrier;
    private final String table;

    /** @param carrier its id @param table the table of its records */
    CarrierScope(StateGuard guard, Clock clock, Outbox outbox, KeptTransactions kept, String carrier, String table) {
        this.guard = guard;
        this.people = guard.people();
        this.clock = clock;
        this.outbox = outbox;
        this.kept = kept;
        this.carrier = carrier;
        this.table = table;
    }

    String carrier() {
        return carrier;
    }

    String table() {
        return table;
    }

    /** Work with the server's view of the same transaction. */
    @FunctionalInterface
    interface Work<T, X extends Exception> {
        T run(StoreCarrierTransaction tx) throws X, StoreException;
    }

    <T, X extends Exception> T transact(CarrierContext.Work<T, X> work) throws X, StoreException {
        return this.<T, X>run(tx -> work.run(tx));
    }

    <T, X extends Exception> T run(Work<T, X> work) throws X, StoreException {
        CarrierEffects effects = new CarrierEffects();
        T result = guard.<T, X>open(() -> {
            T done = guard.<T, X>transact(tx -> work.run(view(tx, effects)));
            effects.changed.values().forEach(outgoing -> outbox.notify(outgoing));
            return done;
        });
        for (KeptTransaction over : effects.over) {
            kept.hold(over, false);
            kept.letGoReplaced(over);
        }
        effects.dropped.forEach(kept::release);
        return result;
    }

    /** Work without a result. */
    @FunctionalInterface
    interface Change<X extends Exception> {
        void run(StoreCarrierTransaction tx) throws X, StoreException;
    }

    /** As {@link #run}, for work that has no result. */
    <X extends Exception> void update(Change<X> work) throws X, StoreException {
        this.<Boolean, X>run(tx -> {
            work.run(tx);
            return true;
        });
    }

    /** A view of a transaction that the server runs and whose changes it announces. */
    StoreCarrierTransaction within(StoreTransaction tx) {
        return view(tx, new CarrierEffects());
    }

    private StoreCarrierTransaction view(StoreTransaction tx, CarrierEffects effects) {
        return new StoreCarrierTransaction(people, outbox, carrier, table, tx, effects, clock.instant());
    }
}
