package org.partyline.delivery;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.carrier.SharedTransaction;
import org.partyline.api.carrier.WaitsException;
import org.partyline.api.store.StoreException;

/**
 * The simplest carrier with shared transactions: each packet replaces the previous one, in the transaction of one
 * record.
 */
class Boat extends Pigeon {
    /** The transactions that were reported as mined. */
    final List<TxId> mined = new CopyOnWriteArrayList<>();
    /** Why nothing joins; null: everything does. */
    volatile WaitsException waits;
    /** How often it read its stored state. */
    volatile int takenUp;

    @Override
    public String id() {
        return "boat";
    }

    @Override
    public String table() {
        return "boats";
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public void takeUp() {
        takenUp++;
    }

    @Override
    public boolean looksAfter(CarriedMessage message, int index) {
        return true;
    }

    @Override
    public void awaitTurn(CarriedMessage message, int index) throws PartylineException {
        if (waits != null) {
            throw waits;
        }
    }

    private boolean isUnderWay() throws StoreException {
        return context.transact(tx -> tx.get(KEY)).isPresent();
    }

    @Override
    public void dispatch(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException {
        SharedTransaction plain = wanted(message, Set.of(message.ref(index)), nodes);
        sign(plain, plain.cargo());
        hand(nodes);
    }

    private void sign(SharedTransaction plain, List<SharedTransaction.Cargo> cargo) throws PartylineException {
        context.payments()
                .sign(
                        new SharedTransaction(
                                plain.persona(),
                                plain.network(),
                                KEY,
                                isUnderWay() ? Optional.of(KEY) : Optional.empty(),
                                cargo,
                                plain.boarding(),
                                false,
                                plain.limit(),
                                plain.nodes()),
                        (tx, signed) -> new byte[] {1});
    }

    /** Signs another version, with or without the packet of a message. No node receives it yet. */
    void replace(long id, boolean without) throws PartylineException {
        CarriedMessage message = context.transact(tx -> tx.message(id)).orElseThrow();
        SharedTransaction plain =
                wanted(message, Set.of(), context.propagation().ready(Network.REGTEST));
        sign(plain, without ? List.of() : plain.cargo());
    }

    private void hand(List<CarrierNode> nodes) throws PartylineException {
        context.broadcasts().hand(KEY, nodes, tx -> new byte[] {2});
    }

    @Override
    public void dispatchAgain(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException {
        hand(nodes);
    }

    @Override
    public void onMined(Network network, TxId transaction) {
        mined.add(transaction);
    }

    /** Hands it to a node again. */
    void again() throws PartylineException {
        hand(context.propagation().ready(Network.REGTEST));
    }

    /** Hands it to other nodes, too. */
    void spread() throws PartylineException {
        context.broadcasts().spread(KEY, context.propagation().ready(Network.REGTEST));
    }

    /** Another version is mined, after or before which one had the packet of a message. */
    void lose(long id, boolean before) throws StoreException {
        PacketRef packet = new PacketRef(id, 0);
        context.<StoreException>update(tx -> {
            if (before) {
                tx.superseded(packet);
            } else {
                tx.gone(packet, "");
            }
            tx.delete(KEY);
        });
    }

    /** Removes its record with the transaction. */
    void land() throws StoreException {
        context.transact(tx -> {
            tx.delete(KEY);
            return null;
        });
    }
}
