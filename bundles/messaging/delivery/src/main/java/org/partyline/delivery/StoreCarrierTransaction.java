package org.partyline.delivery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.partyline.api.TxId;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.CarrierTransaction;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.delivery.CarrierViews;
import org.partyline.messaging.delivery.KeptTransaction;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.fees.SpentRecords;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.PropagationRecord;
import org.partyline.messaging.mailbox.PropagationRecords;
import org.partyline.messaging.store.Keys;

/** A store transaction as seen by one carrier: its own records, and the packets of messages. */
final class StoreCarrierTransaction implements CarrierTransaction {
    private final People people;
    private final Outbox outbox;
    private final String carrier;
    private final String table;
    private final StoreTransaction tx;
    private final CarrierEffects effects;
    private final Instant now;

    StoreCarrierTransaction(
            People people,
            Outbox outbox,
            String carrier,
            String table,
            StoreTransaction tx,
            CarrierEffects effects,
            Instant now) {
        this.people = people;
        this.outbox = outbox;
        this.carrier = carrier;
        this.table = table;
        this.tx = tx;
        this.effects = effects;
        this.now = now;
    }

    StoreTransaction store() {
        return tx;
    }

    @Override
    public Optional<CarriedMessage> message(long id) throws StoreException {
        return own(id).flatMap(outgoing -> CarrierViews.of(people, outgoing));
    }

    /** A message of this carrier. */
    private Optional<OutgoingMessage> own(long id) throws StoreException {
        return OutgoingRecords.find(tx, id)
                .filter(outgoing -> outgoing.carrier().equals(carrier));
    }

    @Override
    public List<CarriedMessage> messages() throws StoreException {
        return OutgoingRecords.all(tx).stream()
                .filter(outgoing -> outgoing.carrier().equals(carrier))
                .flatMap(outgoing -> CarrierViews.of(people, outgoing).stream())
                .toList();
    }

    @Override
    public void mined(PacketRef packet, TxId transaction) throws StoreException {
        change(
                packet,
                part -> part.state() == State.CONFIRMED || !part.rodeIn(transaction.bytes())
                        ? part
                        : part.minedIn(transaction.bytes()));
    }

    @Override
    public void superseded(PacketRef packet) throws StoreException {
        change(packet, part -> part.uncertain().on(PacketEvent.SUPERSEDED));
    }

    @Override
    public void gone(PacketRef packet, String reason) throws StoreException {
        Optional<OutgoingMessage> changed =
                change(packet, part -> part.uncertain().on(PacketEvent.TRANSACTION_GONE));
        if (changed.isPresent() && !reason.isEmpty()) {
            update(changed.get(), changed.get().because(reason));
        }
    }

    /** Adds to the price of a packet's message. */
    void price(PacketRef packet, long added) throws StoreException {
        Optional<OutgoingMessage> found = own(packet.message());
        if (found.isPresent() && packet.index() < found.get().parts().size()) {
            update(found.get(), found.get().costing(packet.index(), added));
        }
    }

    /** Changes the state of a packet, and of its message. @return the message if it changes */
    Optional<OutgoingMessage> change(PacketRef packet, UnaryOperator<OutgoingPart> change) throws StoreException {
        Optional<OutgoingMessage> found = own(packet.message());
        if (found.isEmpty() || found.get().parts().size() <= packet.index()) {
            return Optional.empty();
        }
        OutgoingPart before = found.get().parts().get(packet.index());
        OutgoingPart after = change.apply(before);
        return after == before
                ? Optional.empty()
                : Optional.of(update(found.get(), found.get().with(packet.index(), after)));
    }

    private OutgoingMessage update(OutgoingMessage before, OutgoingMessage after) throws StoreException {
        OutgoingMessage stored = outbox.update(tx, before, after);
        effects.changed.put(stored.id(), stored);
        return stored;
    }

    @Override
    public Trace trace(TxId transaction) throws StoreException {
        PropagationRecord found = PropagationRecords.find(tx, transaction.bytes());
        return new Trace(found.entered(), found.block() != null);
    }

    @Override
    public void paid(TxId transaction) throws StoreException {
        SpentRecords.mined(tx, transaction.bytes());
    }

    @Override
    public void unpaid(TxId transaction) throws StoreException {
        SpentRecords.unpaid(tx, transaction.bytes());
    }

    @Override
    public Optional<byte[]> get(byte[] key) throws StoreException {
        return tx.get(table, key);
    }

    @Override
    public List<byte[]> list() throws StoreException {
        List<byte[]> all = new ArrayList<>();
        tx.list(table).forEach(record -> all.add(record.value()));
        return all;
    }

    @Override
    public void put(byte[] key, byte[] value) throws StoreException {
        tx.put(table, key, Keys.ALL, value, null);
    }

    @Override
    public void move(byte[] from, byte[] to, byte[] value) throws StoreException {
        Optional<KeptTransaction> kept = KeptTransactionRecords.find(tx, carrier, from);
        tx.delete(table, from);
        put(to, value);
        if (kept.isPresent()) {
            KeptTransactionRecords.delete(tx, kept.get());
            KeptTransactionRecords.put(tx, kept.get().movedTo(to));
        }
    }

    @Override
    public void letGo(byte[] key) throws StoreException {
        Optional<KeptTransaction> kept = KeptTransactionRecords.find(tx, carrier, key);
        if (kept.isPresent()) {
            KeptTransactionRecords.put(tx, kept.get().letGo());
            effects.over.add(kept.get());
        }
    }

    @Override
    public void delete(byte[] key) throws StoreException {
        forget(key).ifPresent(effects.over::add);
    }

    @Override
    public void drop(byte[] key) throws StoreException {
        Optional<KeptTransaction> kept = forget(key);
        if (kept.isPresent()) {
            effects.over.add(kept.get());
            effects.dropped.add(kept.get());
            SpentRecords.unpaid(tx, kept.get().transaction());
        }
    }

    private Optional<KeptTransaction> forget(byte[] key) throws StoreException {
        Optional<KeptTransaction> kept = KeptTransactionRecords.find(tx, carrier, key);
        tx.delete(table, key);
        if (kept.isPresent()) {
            KeptTransactionRecords.delete(tx, kept.get());
            SpentRecords.over(tx, kept.get().transaction(), now);
        }
        return kept;
    }

    /** Replaces the transaction of a record. */
    void keep(Optional<KeptTransaction> before, KeptTransaction next, byte[] value) throws StoreException {
        if (before.isPresent()) {
            tx.delete(table, before.get().key());
            KeptTransactionRecords.delete(tx, before.get());
        }
        put(next.key(), value);
        KeptTransactionRecords.put(tx, next);
    }
}
