package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.api.transport.Wallet;
import org.partyline.cover.PoissonTiming;
import org.partyline.engine.mailbox.PropagationRecords;
import org.partyline.testkit.messaging.TestNetwork;

/** What ends a roll, and what must not ride in one any more. */
class RollEndTest extends CarrierStage {
    private long say(String text) throws Exception {
        long id = roll(text);
        TestServer.await(text, () -> {
            pass();
            return bob.received().contains(text);
        });
        alice.round();
        return id;
    }

    private Set<Object> coins() {
        Set<Object> coins = new HashSet<>();
        network.broadcasts().forEach(raw -> coins.add(TestNetwork.input(raw)));
        return coins;
    }

    private List<SignedTransaction> versions() {
        return network.broadcasts().stream()
                .map(raw -> network.paid(TransactionScanner.id(raw)))
                .toList();
    }

    private List<String> conversation(String about) throws Exception {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            texts.add(about + i);
            say(texts.get(i));
        }
        return texts;
    }

    @Test
    void noVersionPaysMoreThanTheCapOfItsCoin() throws Exception {
        for (int outputs : new int[] {1, 10}) {
            nodeA.maxOutputs = outputs;
            nodeB.maxOutputs = outputs;
            alice.settings.set("roll-max-fee", "60sat");
            conversation(outputs + " outputs, ");
            assertTrue(
                    versions().stream().allMatch(version -> version.fee() <= 60),
                    () -> versions().stream()
                            .map(SignedTransaction::fee)
                            .toList()
                            .toString());
        }
        assertTrue(coins().size() > 2, "another coin when one has paid enough");
    }

    @Test
    void noVersionPaysAHigherRateThanTheHighest() throws Exception {
        alice.settings.set("fee-maximum", "0.2sat/vB");
        assertEquals(conversation("text "), bob.received());
        for (SignedTransaction version : versions()) {
            assertTrue(version.fee() * 1000 <= 200L * version.vsize() + 999, () -> version.fee() + " sat");
        }
        assertTrue(coins().size() > 1);
    }

    @Test
    void afterItsTimeARollIsLeftToBeMinedAndAnotherCoinGoesOn() throws Exception {
        alice.settings.set("roll-max-age", "1h");
        say("one");
        clock.pass(Duration.ofMinutes(61));
        say("two");
        assertEquals(2, network.waiting().size());
        assertEquals(2, packetsThatWait());
        network.mine();
        TestServer.await(
                "both are in a block",
                () -> alice.messages().outbox(true).stream().allMatch(message -> message.state() == State.CONFIRMED));
    }

    @Test
    void afterItsTimeARollIsBurnedWhereThatIsSet() throws Exception {
        alice.settings.set("roll-end", "burn");
        long id = say("one");
        TestServer.await("seen", () -> alice.state(id) == State.SEEN);
        clock.pass(Duration.ofHours(7));
        alice.round();
        assertEquals(1, network.waiting().size());
        assertEquals(0, packetsThatWait(), "nothing goes to the chain");
        assertEquals(State.REPLACED, alice.state(id));
        int versions = versions().size();
        clock.pass(Duration.ofHours(7));
        alice.round();
        assertEquals(versions, versions().size(), "once");
        say("two");
    }

    @Test
    void aRollThatARecallLeftEmptyIsNotBurnedOnceMore() throws Exception {
        alice.settings.set("roll-end", "burn");
        long id = say("I take this back");
        alice.messages().recall(id);
        int versions = versions().size();
        clock.pass(Duration.ofHours(7));
        alice.round();
        assertEquals(versions, versions().size());
    }

    @Test
    void aRollGoesOnWhoseBlockWasTakenAwayBeforeItCouldBeSettled() throws Exception {
        say("one");
        byte[] version = network.waiting().get(0);
        // What stood in a block is told late: a reorganisation was faster.
        alice.toldOfBlockLate(TransactionScanner.id(version).bytes());
        say("two");
        assertEquals(1, coins().size(), "the same roll");
    }

    @Test
    void aRollThatARecallLeftEmptyAndThatWasMinedIsNotBurnedAndStopsNoMessage() throws Exception {
        alice.settings.set("roll-end", "burn");
        long first = say("I take this back");
        TestServer.await("seen", () -> alice.state(first) == State.SEEN);
        alice.messages().recall(first);
        network.mine();
        clock.pass(Duration.ofHours(7));
        alice.round();
        say("and say this");
    }

    @Test
    void whatIsCancelledWhileAVersionIsBeingSignedDoesNotRide() throws Exception {
        AtomicReference<Runnable> signing = new AtomicReference<>(() -> {});
        Wallet wallet = (Wallet) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Wallet.class}, (self, method, arguments) -> {
                    if (method.getName().equals("pay") || method.getName().equals("replace")) {
                        signing.get().run();
                    }
                    try {
                        return switch (method.getName()) {
                            case "equals" -> self == arguments[0];
                            case "hashCode" -> System.identityHashCode(self);
                            default -> method.invoke(nodeA, arguments);
                        };
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        alice.close();
        alice = new TestServer(
                new MachineStore(),
                clock,
                new HashMap<>(),
                new PoissonTiming(),
                new SecureRandom(),
                List.of(nodeA),
                List.of(wallet));
        alice.vault().create(TestServer.STORE_PASSPHRASE);
        alice.awaitCursor(nodeA);
        alice.settings.set("fee-band", "0");
        alice.join("lobby", Mode.RATCHET);
        for (String text : List.of("the first version", "another version")) {
            int handed = versions().size();
            CompletableFuture<Long> sent = new CompletableFuture<>();
            CompletableFuture<State> cancelled = new CompletableFuture<>();
            signing.set(() -> {
                signing.set(() -> {});
                try {
                    cancelled.complete(alice.messages().cancel(sent.get()).state());
                } catch (Exception e) {
                    cancelled.completeExceptionally(e);
                }
            });
            sent.complete(roll("cancelled in " + text));
            TestServer.await("cancelled while it is signed", () -> {
                pass();
                return cancelled.isDone();
            });
            assertEquals(State.RECALLED, cancelled.get());
            pass();
            assertEquals(handed, versions().size(), "and costs nothing");
            say("not cancelled, after " + text);
            assertEquals(State.RECALLED, alice.state(sent.get()));
        }
        assertEquals(
                List.of("not cancelled, after the first version", "not cancelled, after another version"),
                bob.received());
    }

    @Test
    void whatExpiredBeforeANodeTookItDoesNotLeaveLater() throws Exception {
        nodeA.onBroadcast = () -> {
            nodeA.down = true;
            throw new IllegalStateException("the node is gone");
        };
        long id = write("only for ten minutes", Carrier.ROLLING, Duration.ofMinutes(10));
        for (int i = 0; i < 25; i++) {
            nodeA.down = false;
            pass();
        }
        assertEquals(State.EXPIRED, alice.state(id));
        nodeA.onBroadcast = () -> {};
        nodeA.down = false;
        for (int i = 0; i < 10; i++) {
            pass();
        }
        assertEquals(0, packetsThatWait());
        assertFalse(bob.received().contains("only for ten minutes"));
        say("and on");
    }

    @Test
    void aVersionThatIsToldOfAfterABlockDoesNotKeepItsPacketsFromRidingAgain() throws Exception {
        say("in the block");
        SignedTransaction mined = versions().get(versions().size() - 1);
        network.hold();
        long id = roll("after it");
        TestServer.await("it is out", () -> {
            pass();
            return alice.state(id) == State.BROADCAST;
        });
        SignedTransaction late = versions().get(versions().size() - 1);
        nodeA.poor = true;
        network.mine(mined.id(), mined.raw());
        TestServer.await("it waits", () -> alice.state(id) == State.SEALED);
        network.release(held -> List.of(late.raw()));
        TestServer.await(
                "it is told of",
                () -> !alice.store
                        .transact(tx -> PropagationRecords.find(tx, late.id().bytes()))
                        .reported()
                        .isEmpty());
        nodeA.poor = false;
        TestServer.await("it rides again", () -> {
            pass();
            return packetsThatWait() == 1;
        });
        assertTrue(network.waiting().stream().noneMatch(raw -> Arrays.equals(raw, late.raw())), "in a new version");
        TestServer.await("it is read", () -> bob.received().contains("after it"));
    }

    @Test
    void whatHasLeftAndWaitsToRideAgainIsNeitherCancelledNorSealedAgain() throws Exception {
        say("one");
        byte[] first = network.waiting().get(0);
        long id = say("two");
        // No other coin for now.
        nodeA.poor = true;
        network.mine(TransactionScanner.id(first), first);
        TestServer.await("it waits to ride again", () -> {
            alice.kick();
            return alice.state(id) == State.SEALED;
        });
        NoSuchThingException refused =
                assertThrows(NoSuchThingException.class, () -> alice.messages().cancel(id));
        assertTrue(refused.getMessage().contains("has left"), refused.getMessage());
        TestServer.await("shown", () -> bob.told().equals(List.of("one", "two")));
        alice.round();
        // Its readers take its packet no more.
        clock.pass(Duration.ofHours(21));
        nodeA.poor = false;
        TestServer.await("it has had its time", () -> {
            pass();
            return alice.state(id) == State.REPLACED;
        });
        assertEquals(List.of(), network.waiting());
        assertEquals(List.of("one", "two"), bob.told(), "shown once");
    }

    @Test
    void aVersionInABlockThatWasNotReadYetIsBelieved() throws Exception {
        nodeA.maxOutputs = 10;
        nodeB.maxOutputs = 10;
        long id = say("one");
        byte[] mined = network.waiting().get(0);
        say("two");
        // The node has the block, and refuses what spends the coin again; the server was not told of it yet.
        network.minedInSecret(mined);
        say("three");
        assertEquals(State.CONFIRMED, alice.state(id));
        TestServer.await("two and three ride with another coin", () -> {
            pass();
            return packetsThatWait() == 2;
        });
        assertEquals(2, coins().size());
        for (int i = 0; i < 3; i++) {
            pass();
        }
        assertEquals(2, packetsThatWait(), "and the first, which stands in the block, does not");
    }
}
