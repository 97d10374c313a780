package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.receive.MetPacket;
import org.partyline.api.receive.PacketForm;
import org.partyline.api.receive.Place;
import org.partyline.api.receive.ReadMessage;
import org.partyline.api.receive.Reading;
import org.partyline.engine.recognition.Unmatched;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Packets of a kind that nobody here knows, and the receiver of another bundle that reads them: it comes, goes, fails and takes its time. */
class OtherReceiversTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node node = network.node("b");
    private final PrivateReceiver receiver = new PrivateReceiver();
    /** Lets calls end that a test holds. */
    private final CountDownLatch gate = new CountDownLatch(1);

    private TestServer bob;

    @BeforeEach
    void aServerInAChannel() throws Exception {
        bob = TestServer.fresh(clock, node);
        bob.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        gate.countDown();
        bob.close();
    }

    private byte[] packet(String text) {
        return receiver.packet("eve", "", "lobby", text, clock.instant());
    }

    private byte[] meet(byte[] payload) throws Exception {
        byte[] raw = network.transaction(List.of(payload));
        network.takes(raw);
        bob.barrier();
        return raw;
    }

    private void awaitReceived(String... texts) throws Exception {
        TestServer.await("received", () -> bob.received().size() >= texts.length);
        bob.read();
        assertEquals(List.of(texts), bob.received());
    }

    private void restart() throws Exception {
        bob = bob.restart(node);
        bob.read();
    }

    /** Holds the thread that asks, whoever interrupts it. */
    private Function<MetPacket, Reading> hanging(CountDownLatch begun) {
        return packet -> {
            begun.countDown();
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
            return receiver.read(packet);
        };
    }

    @Test
    void whatItReadsIsShownInItsChannelAsItsReading() throws Exception {
        bob.start(receiver);
        byte[] raw = meet(packet("hello"));
        awaitReceived("hello");
        Messages.Message shown = bob.messages().messages(Messages.Query.ALL).get(0);
        assertEquals("lobby", shown.channel());
        assertEquals("eve", shown.sender());
        assertEquals(Optional.of("private"), shown.receiver());
        assertEquals(Optional.empty(), shown.signedBy());
        assertEquals(clock.instant(), shown.sent());
        assertEquals(1, shown.transactions().size());
        TestServer.await("told", () -> bob.told().equals(List.of("hello")));
        network.mine(shown.transactions().get(0), raw);
        TestServer.await(
                "in a block", () -> bob.messages().read(shown.id()).block().isPresent());
    }

    @Test
    void oursAreReadAndItIsNotAskedForThem() throws Exception {
        PrivateReceiver greedy = new PrivateReceiver("greedy", 0, new PacketForm(new byte[] {2}, 64, 512));
        greedy.instead = packet -> Reading.of(new ReadMessage(Place.EVERY_CHANNEL, "eve", "mine", clock.instant()));
        bob.start(greedy);
        TestServer alice = TestServer.fresh(clock, network.node("a"));
        try {
            alice.join("lobby", Mode.RATCHET);
            alice.send("lobby", "words");
            awaitReceived("words");
            assertEquals(0, greedy.calls.get());
        } finally {
            alice.close();
        }
    }

    @Test
    void aPacketThatCameWhileItWasAwayIsReadWhenItReturns() throws Exception {
        bob.start(receiver);
        bob.stop(receiver);
        meet(packet("meanwhile"));
        assertEquals(List.of(), bob.received());
        assertEquals(1, bob.unmatched());
        bob.start(new PrivateReceiver());
        awaitReceived("meanwhile");
        assertEquals(0, bob.unmatched());
    }

    @Test
    void soIsOneThatCameBeforeARestart() throws Exception {
        bob.start(receiver);
        bob.stop(receiver);
        meet(packet("meanwhile"));
        restart();
        assertEquals(1, bob.unmatched());
        bob.start(new PrivateReceiver());
        awaitReceived("meanwhile");
    }

    @Test
    void soIsOneThatCameAfterARestartWithoutIt() throws Exception {
        bob.start(receiver);
        bob.read();
        restart();
        meet(packet("meanwhile"));
        bob.start(new PrivateReceiver());
        awaitReceived("meanwhile");
    }

    @Test
    void soIsOneThatCameWhileTheStoreWasLocked() throws Exception {
        bob.start(receiver);
        bob.read();
        bob.vault().lock();
        meet(packet("locked"));
        bob.stop(receiver);
        meet(packet("locked and away"));
        bob.start(new PrivateReceiver());
        bob.vault().unlock(TestServer.STORE_PASSPHRASE);
        awaitReceived("locked", "locked and away");
    }

    @Test
    void oneThatWaitedInTheStoreIsReadWhereTheReceiverIsThereBeforeItIsOpened() throws Exception {
        bob.start(receiver);
        bob.stop(receiver);
        meet(packet("meanwhile"));
        bob.vault().lock();
        bob.start(new PrivateReceiver());
        bob.barrier();
        bob.vault().unlock(TestServer.STORE_PASSPHRASE);
        awaitReceived("meanwhile");
    }

    @Test
    void aKindThatNobodyHasEverReadIsNotKept() throws Exception {
        meet(packet("hello"));
        assertEquals(0, bob.unmatched());
    }

    @Test
    void onePacketOfManyTransactionsIsShownOnce() throws Exception {
        bob.start(receiver);
        byte[] payload = packet("hello");
        meet(payload);
        awaitReceived("hello");
        meet(payload);
        bob.read();
        restart();
        bob.start(new PrivateReceiver());
        meet(payload);
        bob.read();
        assertEquals(List.of("hello"), bob.received());
        // Its message is gone by then.
        clock.pass(Duration.ofDays(29));
        bob.keep();
        restart();
        bob.start(new PrivateReceiver());
        meet(payload);
        bob.read();
        assertEquals(List.of(), bob.received());
    }

    @Test
    void whatAStrangerSendsInItsFormIsAskedForOnce() throws Exception {
        bob.start(receiver);
        byte[] junk = packet("hello");
        junk[junk.length - 1] ^= 1;
        meet(junk);
        bob.read();
        meet(junk);
        bob.read();
        assertEquals(1, receiver.calls.get());
        assertEquals(1, bob.unmatched());
    }

    @Test
    void aReceiverThatThrowsStopsNothingAndAnotherVersionOfItReadsThePacket() throws Exception {
        List<Throwable> faults = List.of(new IllegalStateException("no"), new StackOverflowError(), new LinkageError());
        List<Throwable> left = new ArrayList<>(faults);
        receiver.instead = packet -> {
            if (left.isEmpty()) {
                return null;
            }
            Throwable fault = left.remove(0);
            if (fault instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) fault;
        };
        bob.start(receiver);
        for (String text : List.of("one", "two", "three", "four")) {
            meet(packet(text));
            bob.read();
        }
        assertEquals(4, receiver.calls.get());
        assertEquals(List.of(), bob.received());
        bob.stop(receiver);
        bob.start(new PrivateReceiver());
        awaitReceived("one", "two", "three", "four");
    }

    @Test
    void aReceiverThatNeverAnswersHoldsUpNoneOfOursAndIsAskedAgainWhenItDoes() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        receiver.instead = hanging(begun);
        bob.start(receiver);
        meet(packet("one"));
        begun.await();
        meet(packet("two"));
        TestServer alice = TestServer.fresh(clock, network.node("a"));
        try {
            alice.join("lobby", Mode.RATCHET);
            alice.send("lobby", "words");
            awaitReceived("words");
        } finally {
            alice.close();
        }
        assertEquals(1, receiver.calls.get());
        gate.countDown();
        receiver.instead = receiver::read;
        // The first was given up, until something is new.
        awaitReceived("words", "two");
        bob.renew(receiver);
        awaitReceived("words", "two", "one");
        assertTrue(bob.audited.contains("receiver-late"));
    }

    @Test
    void whatItWaitsForIsReadWhenItSaysSo() throws Exception {
        receiver.instead = packet -> Reading.waits();
        bob.start(receiver);
        meet(packet("later"));
        bob.read();
        assertEquals(0, bob.unmatched());
        receiver.instead = receiver::read;
        restart();
        bob.start(receiver);
        awaitReceived("later");
    }

    @Test
    void itsPropertiesTellThatWhatItWaitedForHasCome() throws Exception {
        receiver.instead = packet -> Reading.waits();
        bob.start(receiver);
        meet(packet("later"));
        bob.read();
        receiver.instead = receiver::read;
        meet(packet("later"));
        bob.read();
        assertEquals(List.of(), bob.received());
        bob.renew(receiver);
        awaitReceived("later");
    }

    @Test
    void packetsInTheFormOfVersionTwoAreReadThatCameBeforeIt() throws Exception {
        PrivateReceiver disguised = PrivateReceiver.disguised();
        meet(disguised.packet("eve", "", "lobby", "early", clock.instant()));
        assertEquals(1, bob.unmatched());
        bob.start(disguised);
        awaitReceived("early");
    }

    @Test
    void aMessageGoesToThePlacesThatItNamesOnItsNetworkOnly() throws Exception {
        bob.personas().create("work");
        bob.personas().use("work");
        bob.join("lobby", Mode.RATCHET);
        bob.join("garden", Mode.RATCHET);
        bob.join("far", Mode.RATCHET, Network.SIGNET);
        bob.start(receiver);
        meet(receiver.packet("eve", "work", "lobby", "to work", clock.instant()));
        meet(receiver.packet("eve", "", "lobby", "to both", clock.instant()));
        meet(receiver.packet("eve", "", "", "to all", clock.instant()));
        meet(receiver.packet("eve", "", "far", "to far", clock.instant()));
        TestServer.await("all", () -> bob.received().size() >= 6);
        bob.read();
        List<String> shown = bob.messages().messages(Messages.Query.ALL).stream()
                .map(message -> message.persona() + "/" + message.channel() + ": "
                        + message.text().orElseThrow())
                .sorted()
                .toList();
        assertEquals(
                List.of(
                        "me/lobby: to all",
                        "me/lobby: to both",
                        "work/garden: to all",
                        "work/lobby: to all",
                        "work/lobby: to both",
                        "work/lobby: to work"),
                shown);
    }

    @Test
    void whereNoChannelIsHereItWaitsForOne() throws Exception {
        bob.start(receiver);
        meet(receiver.packet("eve", "", "garden", "hello", clock.instant()));
        bob.read();
        assertEquals(List.of(), bob.received());
        bob.join("garden", Mode.RATCHET);
        awaitReceived("hello");
    }

    @Test
    void whatIsNotForEyesIsReplacedAndATimeToComeIsNow() throws Exception {
        bob.start(receiver);
        meet(receiver.packet(
                "e\u001B]0;\u202Eve",
                "",
                "lobby",
                "a\u001B[31m\tb\u0007\nc\u202E",
                clock.instant().plusSeconds(9999)));
        awaitReceived("a\uFFFD[31m\tb\uFFFD\nc\uFFFD");
        Messages.Message shown = bob.messages().messages(Messages.Query.ALL).get(0);
        assertEquals("e\uFFFD]0;\uFFFDve", shown.sender());
        assertEquals(clock.instant(), shown.sent());
    }

    @Test
    void itsTimeToLiveIsKept() throws Exception {
        receiver.instead = packet -> Reading.of(new ReadMessage(
                Place.channel("lobby"), "", "short", clock.instant(), Optional.of(Duration.ofSeconds(90))));
        bob.start(receiver);
        Instant sent = clock.instant();
        meet(packet("short"));
        awaitReceived("short");
        assertEquals(
                sent.plusSeconds(120),
                bob.messages().messages(Messages.Query.ALL).get(0).expires());
        clock.pass(Duration.ofSeconds(121));
        bob.keepUntil(() -> bob.received().isEmpty());
    }

    @Test
    void theLowestRankIsAskedFirstAndOneIdIsOneReceivers() throws Exception {
        PacketForm form = new PacketForm(PrivateReceiver.PREFIX, 11, 400);
        PrivateReceiver last = new PrivateReceiver("a-last", 11, form);
        PrivateReceiver first = new PrivateReceiver("z-first", 9, form);
        PrivateReceiver second = new PrivateReceiver("z-first", 1, form);
        bob.start(last);
        bob.start(first);
        bob.start(second);
        meet(packet("one"));
        awaitReceived("one");
        bob.stop(first);
        meet(packet("two"));
        awaitReceived("one", "two");
        assertEquals(List.of(0, 1, 1), List.of(last.calls.get(), first.calls.get(), second.calls.get()));
        bob.stop(second);
        meet(packet("three"));
        awaitReceived("one", "two", "three");
        assertEquals(1, last.calls.get());
    }

    @Test
    void oneThatSaysNothingSensibleOfItselfIsRefused() throws Exception {
        PacketForm form = new PacketForm(PrivateReceiver.PREFIX, 11, 400);
        bob.start(new PrivateReceiver("Not an id", 1, form));
        bob.start(new PrivateReceiver("private", -1, form));
        bob.start(new PrivateReceiver("private", 1, null));
        meet(packet("hello"));
        bob.read();
        assertEquals(List.of(), bob.received());
        assertEquals(0, bob.unmatched());
        bob.start(receiver);
        meet(packet("hello"));
        awaitReceived("hello");
    }

    @Test
    void moreThanAreAskedForAtOnceAreAllRead() throws Exception {
        bob.start(receiver);
        bob.stop(receiver);
        int many = 3_000;
        for (int i = 0; i < many; i++) {
            byte[] payload = packet("message " + i);
            if (i % 3 != 0) {
                // A stranger's.
                payload[payload.length - 1] ^= 1;
            }
            network.takes(network.transaction(List.of(payload)));
        }
        bob.barrier();
        assertEquals(many, bob.unmatched());
        bob.start(receiver);
        TestServer.await("all are read", () -> bob.received().size() == many / 3);
        assertTrue(receiver.calls.get() < 2 * many, "strangers' packets are asked for in a circle");
        TestServer.await("the others are remembered", () -> bob.unmatched() == many - many / 3);
    }

    @Test
    void aFloodInItsFormPushesOutNothingOfVersionTwo() throws Exception {
        bob.fillUnmatched(5);
        bob.start(receiver);
        bob.stop(receiver);
        byte[] junk = packet("x".repeat(300));
        for (int i = 0; i < Unmatched.MOST_OTHERS + 10; i++) {
            junk[20] = (byte) i;
            junk[21] = (byte) (i >>> 8);
            network.takes(network.transaction(List.of(junk)));
        }
        bob.barrier();
        assertEquals(Unmatched.MOST_OTHERS + 5, bob.unmatched());
    }

    @Test
    void oneThatComesWhileAnotherIsAskedIsAskedToo() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        PrivateReceiver first = new PrivateReceiver("first", 0, new PacketForm(PrivateReceiver.PREFIX, 11, 400));
        Function<MetPacket, Reading> hangs = hanging(begun);
        first.instead = packet -> {
            hangs.apply(packet);
            return Reading.notMine();
        };
        bob.start(first);
        meet(packet("hello"));
        begun.await();
        bob.start(receiver);
        // What is new was looked at; the packet was not among what waits, since its answer was to come.
        bob.barrier();
        gate.countDown();
        awaitReceived("hello");
    }

    @Test
    void soManyAreAskedAndNoMore() throws Exception {
        List<PrivateReceiver> many = new ArrayList<>();
        for (int i = 0; i < 17; i++) {
            PacketForm form = new PacketForm(new byte[] {'p', 'k', (byte) (2 + i)}, 11, 400);
            many.add(new PrivateReceiver("receiver-" + i, i, form));
            bob.start(many.get(i));
        }
        meet(many.get(15).packet("eve", "", "lobby", "the sixteenth", clock.instant()));
        awaitReceived("the sixteenth");
        meet(many.get(16).packet("eve", "", "lobby", "the seventeenth", clock.instant()));
        bob.read();
        assertEquals(0, many.get(16).calls.get());
        bob.stop(many.get(0));
        meet(many.get(16).packet("eve", "", "lobby", "the seventeenth", clock.instant()));
        awaitReceived("the sixteenth", "the seventeenth");
    }

    @Test
    void aChannelIsFoundByItsNameHoweverThatIsComposed() throws Exception {
        bob.join("caf\u00E9", Mode.RATCHET);
        bob.start(receiver);
        meet(receiver.packet("eve", "", "cafe\u0301", "hello", clock.instant()));
        awaitReceived("hello");
    }

    @Test
    void oneThatGoesInTheMiddleOfACallStillHasItsAnswerHeard() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        receiver.instead = hanging(begun);
        bob.start(receiver);
        meet(packet("hello"));
        begun.await();
        bob.stop(receiver);
        gate.countDown();
        awaitReceived("hello");
    }

    @Test
    void whereTheStoreIsLockedInTheMiddleOfACallThePacketIsReadLater() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        receiver.instead = hanging(begun);
        bob.start(receiver);
        meet(packet("hello"));
        begun.await();
        bob.vault().lock();
        gate.countDown();
        bob.vault().unlock(TestServer.STORE_PASSPHRASE);
        awaitReceived("hello");
    }
}
