package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.Packets;
import org.partyline.api.sealing.Sealed;
import org.partyline.api.sealing.WrittenMessage;
import org.partyline.engine.chains.SendChainRecord;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** A channel that an operator gave to the sealer of another bundle: that seals, fails, takes its time, goes and comes. */
class OtherSealersTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node node = network.node("a");
    private final PrivateSealer sealer = new PrivateSealer();
    /** Lets calls end that a test holds. */
    private final CountDownLatch gate = new CountDownLatch(1);

    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void twoServersInAChannel() throws Exception {
        alice = TestServer.fresh(clock, node);
        alice.join("lobby", Mode.RATCHET);
        alice.channels().sealer(Optional.empty(), "lobby", Optional.of("private"));
        bob = TestServer.fresh(clock, network.node("b"));
        bob.join("lobby", Mode.RATCHET);
        bob.start(new PrivateReceiver());
    }

    @AfterEach
    void close() {
        gate.countDown();
        alice.close();
        bob.close();
    }

    private void awaitBob(String... texts) throws Exception {
        TestServer.await("received", () -> bob.received().size() >= texts.length);
        bob.read();
        assertEquals(List.of(texts), bob.received());
    }

    /** What the message says that it waits for, after the sender has looked at it once more. */
    private String waits() throws Exception {
        alice.kick();
        alice.round();
        assertEquals(List.of(), network.broadcasts());
        return alice.messages().outbox(false).get(0).reason();
    }

    private void awaitWaits(String reason) throws Exception {
        TestServer.await(reason, () -> waits().startsWith(reason));
    }

    private void goesOn(String... texts) throws Exception {
        sealer.instead = sealer::sealed;
        alice.renew(sealer);
        awaitBob(texts);
        assertEquals(texts.length, network.broadcasts().size());
    }

    private void restart() throws Exception {
        alice = alice.restart(node);
    }

    @Test
    void whatItSealsIsReadByWhoHasItsReceiverAndByNobodyElse() throws Exception {
        alice.start(sealer);
        alice.start(new PrivateReceiver());
        alice.send("lobby", "one");
        alice.send("lobby", "two");
        awaitBob("one", "two");
        assertEquals(
                Optional.of("private"),
                bob.messages().messages(Messages.Query.ALL).get(0).receiver());
        assertEquals(List.of(List.of(), List.of((byte) 1)), sealer.states);
        alice.read();
        assertEquals(List.of(), alice.received());
        assertEquals(
                Optional.of("private"),
                alice.channels().list(Optional.empty()).get(0).sealer());
    }

    @Test
    void takenBackTheChannelIsSealedAsOursAgain() throws Exception {
        alice.start(sealer);
        alice.send("lobby", "one");
        awaitBob("one");
        alice.channels().sealer(Optional.empty(), "lobby", Optional.empty());
        alice.send("lobby", "two");
        awaitBob("one", "two");
        assertEquals(
                Optional.empty(),
                bob.messages().messages(Messages.Query.ALL).get(1).receiver());
        assertEquals(1, sealer.states.size());
    }

    @Test
    void whileItIsAwayMessagesWaitAndSayForWhat() throws Exception {
        alice.send("lobby", "one");
        assertEquals("it waits for the sealer 'private', which no bundle offers", waits());
        alice.start(sealer);
        awaitBob("one");
        alice.stop(sealer);
        alice.send("lobby", "two");
        alice.kick();
        alice.round();
        restart();
        assertEquals(1, network.broadcasts().size());
        alice.start(new PrivateSealer());
        awaitBob("one", "two");
    }

    @Test
    void ofPacketsAndStateBothAreStoredOrNeither() throws Exception {
        alice.store.failNext(SendChainRecord.TABLE, 1);
        alice.start(sealer);
        alice.send("lobby", "one");
        TestServer.await("it is sealed again", () -> {
            alice.kick();
            alice.round();
            return sealer.states.size() == 2;
        });
        awaitBob("one");
        assertEquals(List.of(List.of(), List.of()), sealer.states);
        assertEquals(1, network.broadcasts().size());
        alice.send("lobby", "two");
        awaitBob("one", "two");
        assertEquals(List.of((byte) 1), sealer.states.get(2));
    }

    @Test
    void afterACrashTheSamePacketLeavesAndTheSealerBeginsAnew() throws Exception {
        node.down = true;
        alice.start(sealer);
        alice.send("lobby", "one");
        TestServer.await("sealed", () -> alice.messages().outbox(false).get(0).state() == Messages.State.SEALED);
        restart();
        node.down = false;
        TestServer.await("it left", () -> {
            alice.kick();
            alice.round();
            return network.broadcasts().size() == 1;
        });
        awaitBob("one");
        assertEquals(1, sealer.states.size());
        // The files may have been an old copy.
        alice.start(sealer);
        alice.send("lobby", "two");
        awaitBob("one", "two");
        assertEquals(List.of(List.of(), List.of()), sealer.states);
    }

    @Test
    void oneThatThrowsLosesNothing() throws Exception {
        sealer.instead = message -> {
            throw new StackOverflowError();
        };
        alice.start(sealer);
        alice.send("lobby", "one");
        awaitWaits("it waits for the sealer 'private', which failed (StackOverflowError)");
        sealer.instead = message -> null;
        awaitWaits("it waits for the sealer 'private', which failed (IllegalStateException)");
        sealer.instead = message -> Sealed.waits("its key");
        awaitWaits("it waits for its key");
        goesOn("one");
    }

    @Test
    void oneThatNeverAnswersHoldsUpNobodyElseAndItsAnswerComesTooLate() throws Exception {
        alice.join("garden", Mode.RATCHET);
        bob.join("garden", Mode.RATCHET);
        sealer.instead = message -> {
            boolean open = false;
            while (!open) {
                try {
                    gate.await();
                    open = true;
                } catch (InterruptedException e) {
                    // It does not care.
                    open = false;
                }
            }
            return Sealed.of(List.of(new byte[] {'p', 'k', 1}), new byte[] {99});
        };
        alice.start(sealer);
        alice.send("lobby", "one");
        awaitWaits("it waits for the sealer 'private', which does not answer");
        assertEquals(1, sealer.states.size());
        alice.send("garden", "words");
        awaitBob("words");
        assertTrue(alice.audited.contains("sealer-late"));
        sealer.instead = sealer::sealed;
        gate.countDown();
        awaitBob("words", "one");
        assertEquals(List.of(List.of(), List.of()), sealer.states);
    }

    @Test
    void packetsThatAMessageCannotHaveAreRefused() throws Exception {
        alice.start(sealer);
        refused(message -> Sealed.of(List.of(new byte[81]), new byte[0]), "whose answer was refused: a packet of 81");
        refused(message -> Sealed.of(List.of(new byte[0]), new byte[0]), "whose answer was refused: a packet of 0");
        refused(
                message -> Sealed.of(List.of(new byte[] {1}, new byte[] {2}, new byte[] {1}), new byte[0]),
                "whose answer was refused: the same packet twice");
        refused(message -> Sealed.of(java.util.Collections.nCopies(17, new byte[9]), new byte[0]), "which failed");
        refused(message -> Sealed.of(List.of(), new byte[0]), "which failed");
        refused(message -> Sealed.of(List.of(new byte[9]), new byte[Sealed.MAX_STATE + 1]), "which failed");
        goesOn("one");
    }

    private void refused(Function<WrittenMessage, Sealed> answer, String why) throws Exception {
        sealer.instead = answer;
        if (alice.messages().outbox(false).isEmpty()) {
            alice.send("lobby", "one");
        }
        awaitWaits("it waits for the sealer 'private', " + why);
    }

    @Test
    void aPacketThatWasSentBeforeIsRefused() throws Exception {
        alice.start(sealer);
        alice.send("lobby", "one");
        awaitBob("one");
        byte[] first = new PrivateReceiver().packet("me", "", "lobby", "one", clock.instant());
        sealer.instead = message -> Sealed.of(List.of(first), new byte[] {7});
        alice.send("lobby", "two");
        awaitRefusal("a packet that was sent before");
        restart();
        alice.start(sealer);
        awaitRefusal("a packet that was sent before");
        goesOn("one", "two");
    }

    private void awaitRefusal(String why) throws Exception {
        TestServer.await(why, () -> {
            alice.kick();
            alice.round();
            return alice.messages().outbox(false).stream()
                    .anyMatch(out -> out.reason().endsWith("whose answer was refused: " + why));
        });
        assertEquals(1, network.broadcasts().size());
    }

    @Test
    void withCoverTrafficItsPacketsHaveToLookLikeDecoys() throws Exception {
        alice.cover().start(Optional.empty(), Duration.ofSeconds(30), 100_000);
        alice.start(sealer);
        alice.send("lobby", "one");
        TestServer.await("it is refused", () -> {
            alice.kick();
            alice.round();
            return alice.messages()
                    .outbox(false)
                    .get(0)
                    .reason()
                    .contains("with cover traffic each looks like one of ours");
        });
        sealer.instead = message -> {
            byte[] packet = new byte[80];
            packet[0] = Packets.VERSION;
            return Sealed.of(List.of(packet), new byte[] {1});
        };
        TestServer.await("it is sealed", () -> {
            alice.kick();
            alice.round();
            return alice.messages().outbox(false).get(0).state() != Messages.State.QUEUED;
        });
    }

    @Test
    void anAnswerToAStateThatIsStoredNoMoreIsDropped() throws Exception {
        alice.start(sealer);
        alice.send("lobby", "one");
        awaitBob("one");
        sealer.instead = message -> {
            sealer.instead = sealer::sealed;
            try {
                alice.channels().beginNewChains();
            } catch (PartylineException e) {
                throw new IllegalStateException(e);
            }
            return sealer.sealed(message);
        };
        alice.send("lobby", "two");
        TestServer.await("it is sealed again", () -> {
            alice.kick();
            alice.round();
            return sealer.states.size() == 3;
        });
        awaitBob("one", "two");
        assertEquals(List.of(List.of(), List.of((byte) 1), List.of()), sealer.states);
        assertEquals(2, network.broadcasts().size());
    }

    @Test
    void onlyWordsGoByIt() throws Exception {
        alice.start(sealer);
        Messages.Send plain = new Messages.Send(Optional.empty(), "lobby", "words", Optional.empty(), true);
        PartylineException burn =
                assertThrows(NoSuchThingException.class, () -> alice.messages().send(plain));
        assertEquals(
                "a message to 'lobby' cannot burn when it was shown: what is written there is sealed by 'private'"
                        + " (partyline:channel-set --sealer)",
                burn.getMessage());
        assertEquals(List.of(), alice.messages().outbox(true));
    }

    @Test
    void whatWasWrittenBeforeAndCannotGoByItFails() throws Exception {
        node.down = true;
        alice.channels().sealer(Optional.empty(), "lobby", Optional.empty());
        alice.stop("sealing");
        long id = alice.messages()
                .send(new Messages.Send(Optional.empty(), "lobby", "words", Optional.empty(), true))
                .id();
        alice.channels().sealer(Optional.empty(), "lobby", Optional.of("private"));
        alice.start("sealing");
        alice.start(sealer);
        TestServer.await("it failed", () -> {
            alice.kick();
            alice.round();
            return alice.messages().outbox(true).stream()
                    .anyMatch(out -> out.id() == id && out.state() == Messages.State.FAILED);
        });
        assertEquals(List.of(), sealer.states);
    }

    @Test
    void anIdThatIsNoneIsRefused() {
        assertThrows(
                NoSuchThingException.class,
                () -> alice.channels().sealer(Optional.empty(), "lobby", Optional.of("Not an id")));
    }

    @Test
    void aTimeToLiveIsHandedOn() throws Exception {
        alice.start(sealer);
        Duration[] life = new Duration[1];
        sealer.instead = message -> {
            life[0] = message.timeToLive().orElseThrow();
            return sealer.sealed(message);
        };
        alice.messages()
                .send(new Messages.Send(Optional.empty(), "lobby", "words", Optional.of(Duration.ofMinutes(5)), false));
        awaitBob("words");
        assertEquals(Duration.ofMinutes(5), life[0]);
    }
}
