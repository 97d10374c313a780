package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.CarrierFactory;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.carrier.WaitsException;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.engine.delivery.KeptTransactionRecords;

/** A carrier that this repository does not know carries messages; one that leaves something out breaks no promise. */
class ForeignCarrierTest extends CarrierStage {
    private long send(CarrierFactory carrier, String text) throws Exception {
        return write(text, new Messages.Carrier(carrier.id()), Duration.ofDays(2));
    }

    private void rounds() throws Exception {
        for (int i = 0; i < 5; i++) {
            pass();
        }
    }

    @Test
    void aCarrierOfAnotherBundleCarriesMessages() throws Exception {
        Pigeon pigeon = new Pigeon();
        alice.start(pigeon);
        assertTrue(alice.messages().carriers().contains(new Messages.Carrier("pigeon")));
        long id = send(pigeon, "coo");
        TestServer.await("seen", () -> {
            pass();
            return alice.state(id) == State.SEEN && bob.received().equals(List.of("coo"));
        });
        assertEquals(State.RECALLED, alice.messages().recall(id).outgoing().state());
    }

    @Test
    void itPaysForNoPacketBeforeItsTime() throws Exception {
        List<Throwable> refused = new ArrayList<>();
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
        alice.start(hasty);
        send(hasty, "coo");
        TestServer.await("it has tried", () -> {
            pass();
            return refused.size() >= 2;
        });
        assertEquals(List.of(), nodeA.signed);
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
        alice.start(lavish);
        long id = send(lavish, "coo");
        TestServer.await("seen", () -> {
            pass();
            return alice.state(id) == State.SEEN;
        });
        assertEquals(1, nodeA.signed.size());
        assertEquals(1, network.broadcasts().size());
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
        alice.start(careless);
        long id = send(careless, "coo");
        rounds();
        assertEquals(List.of(), network.broadcasts());
        assertEquals(
                "no transaction is stored for it: it is paid for again",
                alice.messages().outgoing(id).reason());
    }

    /** What it signs is in the store before it learns of it, or is not signed at all. */
    @Test
    void whatItDoesNotKeepIsNotPaid() throws Exception {
        Pigeon forgetful = new Pigeon() {
            @Override
            public void dispatch(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException {
                context.payments().sign(wanted(message, Set.of(message.ref(index)), nodes), (tx, signed) -> {
                    throw new WaitsException("it does not want to keep it");
                });
            }
        };
        alice.start(forgetful);
        long id = send(forgetful, "coo");
        TestServer.await("it has tried", () -> {
            pass();
            return !nodeA.signed.isEmpty();
        });
        alice.round();
        assertEquals(nodeA.signed.size(), nodeA.discarded.size(), "its coins are free");
        assertEquals(0, alice.messages().outgoing(id).fee());
        assertTrue(alice.fees().limits().hourSpent() == 0, "nothing is counted");
        assertEquals(0, (int)
                alice.store.transact(tx -> KeptTransactionRecords.all(tx).size()));
    }

    /** Only it knows whether they are one message's. */
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
        alice.start(slow);
        long id = send(slow, "coo");
        TestServer.await("paid", () -> {
            pass();
            return !nodeA.signed.isEmpty();
        });
        alice.round();
        alice.stop(slow);
        alice.messages().cancel(id);
        rounds();
        assertEquals(List.of(), nodeA.discarded);
        alice.start(slow);
        TestServer.await("they are free", () -> nodeA.discarded.size() == nodeA.signed.size());
        assertEquals(List.of(), network.broadcasts());
    }

    @Test
    void itTouchesNoMessageOfAnotherCarrier() throws Exception {
        nodeA.down = true;
        long others = write("not yours", Messages.Carrier.CONFIRM, Duration.ofDays(2));
        List<Object> seen = new ArrayList<>();
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
        alice.start(curious);
        rounds();
        assertTrue(seen.contains(Optional.empty()) && seen.stream().noneMatch(one -> one instanceof CarriedMessage));
        assertFalse(alice.messages().outgoing(others).reason().contains("shot"));
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
        alice.start(lame);
        send(lame, "one");
        write("two", Messages.Carrier.CONFIRM, Duration.ofDays(2));
        TestServer.await("both", () -> {
            pass();
            return Set.copyOf(bob.received()).equals(Set.of("one", "two"));
        });
    }

    @Test
    void theTableOfAnotherIsNotItsOwn() throws Exception {
        for (String table : List.of("messages", "identities", "rolls", KeptTransactionRecords.TABLE)) {
            Pigeon cuckoo = new Pigeon() {
                @Override
                public String table() {
                    return table;
                }
            };
            alice.start(cuckoo);
            assertFalse(alice.messages().carriers().contains(new Messages.Carrier("pigeon")), table);
        }
    }
}
