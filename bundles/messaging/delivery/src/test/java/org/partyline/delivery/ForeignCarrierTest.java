package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.CarrierFactory;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.carrier.RecallTally;
import org.partyline.api.carrier.WaitsException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.store.Keys;
import org.partyline.testkit.messaging.StageBench;

/** An unknown carrier carries messages; omissions of a carrier break no promise. */
class ForeignCarrierTest {
    private final DeliveryBench bench = new DeliveryBench();
    private ChannelMembership lobby;

    @BeforeEach
    void join() throws Exception {
        lobby = bench.stage.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private long send(CarrierFactory carrier, String text) throws Exception {
        return bench.stage.queue(lobby, text, carrier.id(), Duration.ofDays(2));
    }

    private List<Messages.Carrier> carriers() {
        return StageBench.offered(bench.delivery, Carriers.class).list();
    }

    private void rounds() throws Exception {
        for (int i = 0; i < 5; i++) {
            bench.pass();
        }
    }

    private static List<TxId> ids(List<SignedTransaction> all) {
        return all.stream().map(SignedTransaction::id).toList();
    }

    @Test
    void aCarrierOfAnotherBundleCarriesMessages() throws Exception {
        Pigeon pigeon = new Pigeon();
        bench.add(pigeon);
        assertTrue(carriers().contains(new Messages.Carrier("pigeon")));
        long id = send(pigeon, "coo");
        bench.round();
        assertEquals(State.RELAYED, bench.stage.state(id));
        assertEquals(State.RECALLED, bench.recall(id).outgoing().state());
    }

    @Test
    void aMessageThatIsDeletedWhileItIsRecalledIsSaidToBe() throws Exception {
        Pigeon pigeon = new Pigeon() {
            @Override
            public void recall(CarriedMessage message, List<CarrierNode> nodes, RecallTally tally)
                    throws PartylineException {
                super.recall(message, nodes, tally);
                bench.stage.guard.transact(tx -> tx.delete(OutgoingRecords.TABLE, Keys.of(message.id())));
            }
        };
        bench.add(pigeon);
        long id = send(pigeon, "coo");
        bench.round();
        Exception refused = assertThrows(NoSuchThingException.class, () -> bench.recall(id));
        assertEquals("message " + id + " was deleted while it was being recalled", refused.getMessage());
    }

    @Test
    void itPaysForNoPacketBeforeItsTime() throws Exception {
        List<Throwable> refused = new CopyOnWriteArrayList<>();
        Pigeon hasty = new Pigeon() {
            @Override
            public void dispatch(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException {
                throw new WaitsException("it waits for a wind");
            }

            @Override
            public void tick() throws StoreException {
                for (CarriedMessage message : context.transact(tx -> tx.messages())) {
                    List<CarrierNode> nodes = context.propagation().ready(message.network());
                    if (message.packets().isEmpty()) {
                        continue;
                    }
                    try {
                        context.payments().pay(message.ref(0), nodes);
                    } catch (PartylineException | IllegalStateException e) {
                        refused.add(e);
                    }
                    try {
                        context.payments()
                                .sign(wanted(message, Set.of(message.ref(0)), nodes), (tx, signed) -> new byte[0]);
                    } catch (PartylineException | IllegalStateException e) {
                        refused.add(e);
                    }
                }
            }
        };
        bench.add(hasty);
        send(hasty, "coo");
        rounds();
        assertTrue(refused.size() >= 2, "it has tried");
        assertEquals(List.of(), bench.node.signed);
    }

    @Test
    void itPaysForAPacketOnce() throws Exception {
        Pigeon lavish = new Pigeon() {
            @Override
            public void dispatch(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException {
                context.payments().pay(message.ref(index), nodes);
                super.dispatch(message, index, nodes);
            }
        };
        bench.add(lavish);
        long id = send(lavish, "coo");
        rounds();
        assertEquals(State.RELAYED, bench.stage.state(id));
        assertEquals(1, bench.node.signed.size());
        assertEquals(1, bench.network.broadcasts().size());
    }

    @Test
    void itHandsOverNothingThatIsNotStored() throws Exception {
        Pigeon careless = new Pigeon() {
            @Override
            public void dispatch(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException {
                context.broadcasts().hand(message.ref(index), nodes);
                context.broadcasts().hand(Pigeon.KEY, nodes, tx -> new byte[0]);
            }
        };
        bench.add(careless);
        long id = send(careless, "coo");
        rounds();
        assertEquals(List.of(), bench.network.broadcasts());
        assertEquals(
                "no transaction is stored for it: it is funded again",
                bench.stage.outgoing(id).reason());
    }

    /** Counts in the store like the real one: what is not stored is not counted. */
    private Spending counting() {
        Spending plain = bench.stage.fees;
        return (Spending) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Spending.class}, (self, method, arguments) -> {
                    if (method.getName().equals("countPacket")) {
                        ((StoreTransaction) arguments[0]).put("counted", Keys.of(1L), Keys.ALL, new byte[] {1}, null);
                    }
                    try {
                        return method.invoke(plain, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Its transaction is stored before it receives the signed one, or not signed at all. */
    @Test
    void whatItDoesNotKeepIsNotPaid() throws Exception {
        bench.stage.put(Spending.class, counting());
        Pigeon forgetful = new Pigeon() {
            @Override
            public void dispatch(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException {
                context.payments().sign(wanted(message, Set.of(message.ref(index)), nodes), (tx, signed) -> {
                    throw new WaitsException("it does not want to keep it");
                });
            }
        };
        bench.add(forgetful);
        long id = send(forgetful, "coo");
        rounds();
        assertFalse(bench.node.signed.isEmpty(), "it has tried");
        assertEquals(ids(bench.node.signed), ids(bench.node.discarded), "its coins are free");
        assertEquals(0, bench.stage.outgoing(id).fee());
        assertFalse(bench.stage.fees.counted.isEmpty());
        assertEquals(List.of(), bench.stage.store.transact(tx -> tx.list("counted")), "nothing is counted");
        assertEquals(List.of(), bench.stage.store.transact(KeptTransactionRecords::all));
    }

    /** Only the carrier knows whether they belong to one message. */
    @Test
    void theCoinsOfAMessageThatIsCancelledWhileItIsAwayAreFreeWhenItReturns() throws Exception {
        Pigeon slow = new Pigeon() {
            @Override
            public void dispatch(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException {
                context.payments().pay(message.ref(index), nodes);
            }

            @Override
            public void dispatchAgain(CarriedMessage message, int index, List<CarrierNode> nodes)
                    throws PartylineException {
                throw new WaitsException("it waits for a wind");
            }
        };
        bench.add(slow);
        long id = send(slow, "coo");
        bench.round();
        assertEquals(1, bench.node.signed.size(), "paid");
        bench.remove(slow);
        OutgoingMessage before = bench.stage.outgoing(id);
        bench.stage.guard.open(
                () -> bench.stage.outbox.giveUp(id, MessageEvent.RECALLED, "cancelled before it was sent"));
        bench.sender().release(before);
        rounds();
        assertEquals(List.of(), bench.node.discarded);
        bench.add(slow);
        bench.round();
        assertEquals(ids(bench.node.signed), ids(bench.node.discarded), "they are free");
        assertEquals(List.of(), bench.network.broadcasts());
    }

    @Test
    void itTouchesNoMessageOfAnotherCarrier() throws Exception {
        bench.node.down = true;
        long others = bench.stage.queue(lobby, "not yours");
        List<Object> seen = new CopyOnWriteArrayList<>();
        Pigeon curious = new Pigeon() {
            @Override
            public void tick() throws StoreException {
                context.transact(tx -> {
                    seen.add(tx.message(others));
                    seen.addAll(tx.messages());
                    tx.gone(new PacketRef(others, 0), "shot");
                    return null;
                });
                try {
                    context.broadcasts().hand(new PacketRef(others, 0), List.of());
                    context.payments().pay(new PacketRef(others, 0), List.of());
                } catch (PartylineException | RuntimeException e) {
                    seen.add("refused");
                }
            }
        };
        bench.add(curious);
        rounds();
        assertTrue(seen.contains(Optional.empty()) && seen.stream().noneMatch(one -> one instanceof CarriedMessage));
        assertFalse(bench.stage.outgoing(others).reason().contains("shot"));
        assertEquals(List.of(), bench.node.signed);
    }

    @Test
    void oneThatFailsStopsNeitherTheOthersNorItself() throws Exception {
        Pigeon lame = new Pigeon() {
            private int failures = 2;

            @Override
            public void takeUp() {
                if (failures-- > 0) {
                    throw new IllegalStateException("it stumbles");
                }
            }

            @Override
            public void tick() {
                throw new IllegalStateException("it stumbles again");
            }
        };
        bench.add(lame);
        List<Long> both = new ArrayList<>();
        both.add(send(lame, "one"));
        both.add(bench.stage.queue(lobby, "two"));
        rounds();
        for (long id : both) {
            assertEquals(State.RELAYED, bench.stage.state(id));
        }
    }

    @Test
    void theTableOfAnotherIsNotItsOwn() {
        bench.add(new Boat());
        for (String table : List.of("messages", "identities", "boats", KeptTransactionRecords.TABLE)) {
            Pigeon cuckoo = new Pigeon() {
                @Override
                public String table() {
                    return table;
                }
            };
            bench.add(cuckoo);
            assertFalse(carriers().contains(new Messages.Carrier("pigeon")), table);
        }
    }
}
