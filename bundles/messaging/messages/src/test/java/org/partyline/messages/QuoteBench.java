package org.partyline.messages;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.Quote;
import org.partyline.api.carrier.RecallTally;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.engine.Messages.Send;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.delivery.CarrierViews;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/** Composing messages, on a bench with a channel, a node, its wallet, and carriers whose fees the test sets. */
final class QuoteBench implements AutoCloseable {
    final HandSetClock clock = new HandSetClock();
    final TestNetwork network = new TestNetwork(clock);
    final TestNetwork.Node node = network.node("a");
    final StageBench stage;
    final Messages messages;
    final Conversations conversations;
    final Asking confirm = new Asking();
    final Asking rolling = new Asking();
    /** Satoshi in the change of a transaction that could end. */
    volatile long change;

    private final Map<String, Asking> carriers = new TreeMap<>(Map.of("confirm", confirm, "rolling", rolling));

    QuoteBench() throws StoreException {
        stage = new StageBench(clock);
        stage.nodes.add(node);
        stage.put(Carriers.class, new Here());
        MessagesStage made = stage.add(MessagesStage::new);
        messages = StageBench.offered(made, Messages.class);
        conversations = StageBench.offered(made, Conversations.class);
        stage.join("lobby", Mode.OPEN);
    }

    /** The available carriers. */
    private final class Here implements Carriers {
        @Override
        public Carrier of(String id) {
            return carriers.get(id);
        }

        @Override
        public Carrier of(OutgoingMessage outgoing) {
            return of(outgoing.carrier());
        }

        @Override
        public Carrier.Price quote(String carrier, Quote quote, String account, List<Transport> among)
                throws PartylineException {
            return of(carrier).price(quote, CarrierViews.of(among));
        }

        @Override
        public long change(int persona, Network network) {
            return change;
        }

        @Override
        public List<Messages.Carrier> list() {
            return carriers.keySet().stream().map(Messages.Carrier::new).toList();
        }

        @Override
        public void require(Messages.Carrier carrier) {
            // All carriers that a test names are available.
        }
    }

    /** Asks for the test's fee, whatever nodes require; sends nothing. */
    static final class Asking implements Carrier {
        /** For each packet, in satoshi. */
        volatile long fee = 19;
        /** Why no fee is known; null if one is. */
        volatile String dear;
        /** Whether the change of its last transaction pays for the next. */
        volatile boolean runs;
        /** The requests, in order. */
        final List<Quote> asked = new CopyOnWriteArrayList<>();
        /** The nodes of each request, in order. */
        final List<List<String>> nodes = new CopyOnWriteArrayList<>();

        @Override
        public boolean isShared() {
            return false;
        }

        @Override
        public long quote(Quote quote, List<CarrierNode> among) throws PartylineException {
            asked.add(quote);
            nodes.add(among.stream().map(CarrierNode::name).toList());
            if (dear != null) {
                throw new PartylineException(dear);
            }
            return fee * quote.sizes().size();
        }

        @Override
        public boolean paysFromChange(int persona, Network network) {
            return runs;
        }

        @Override
        public long most(int persona, Network network, int bytes, List<CarrierNode> among) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isDue(CarriedMessage message, int index) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void dispatch(CarriedMessage message, int index, List<CarrierNode> among) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void dispatchAgain(CarriedMessage message, int index, List<CarrierNode> among) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void recall(CarriedMessage message, List<CarrierNode> among, RecallTally tally) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isOnTheAir(CarriedMessage message) {
            throw new UnsupportedOperationException();
        }
    }

    /** Adds another node, with a wallet. */
    TestNetwork.Node beside(String name) {
        TestNetwork.Node other = network.node(name);
        stage.nodes.add(other);
        return other;
    }

    /** Replaces a persona; it need not have keys. */
    void put(PersonaRecord persona) throws StoreException {
        stage.guard.transact(tx -> {
            tx.put(PersonaRecord.TABLE, Keys.of(persona.id()), Keys.ALL, Cbor.write(persona), null);
            return null;
        });
    }

    Send lobby(String text, String carrier) {
        return new Send(
                Optional.empty(),
                false,
                "lobby",
                text,
                Optional.empty(),
                false,
                false,
                Optional.empty(),
                Optional.of(new Messages.Carrier(carrier)));
    }

    Receipt send(String text, String carrier) throws PartylineException {
        return messages.send(lobby(text, carrier));
    }

    Receipt send(String text) throws PartylineException {
        return send(text, "confirm");
    }

    Receipt sendVia(String via, String text) throws PartylineException {
        return messages.send(
                new Send(Optional.empty(), false, "lobby", text, Optional.empty(), false, false, Optional.of(via)));
    }

    Receipt sendTo(String contact, String text) throws PartylineException {
        return messages.send(new Send(Optional.empty(), true, contact, text, Optional.empty(), false, false));
    }

    Receipt sendAs(String persona, String text) throws PartylineException {
        return messages.send(new Send(Optional.of(persona), false, "lobby", text, Optional.empty(), false, false));
    }

    @Override
    public void close() {
        stage.close();
    }
}
