package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
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
import org.partyline.api.receive.MetPacket;
import org.partyline.api.receive.PacketForm;
import org.partyline.api.receive.PacketReceiver;
import org.partyline.api.receive.Place;
import org.partyline.api.receive.ReadMessage;
import org.partyline.api.receive.Reading;
import org.partyline.api.transport.BlockRef;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.kernel.Bus;
import org.partyline.messaging.kernel.Unlocked;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.recognition.Unmatched;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.messaging.PrivateReceiver;
import org.partyline.testkit.messaging.StageBench;

/** Packets of a kind that nobody here knows, and the receiver of another bundle that reads them: it comes, goes, fails and takes its time. */
class OtherReceiversTest {
    private final ReceiveBench bench = new ReceiveBench();
    private final PrivateReceiver receiver = new PrivateReceiver();
    /** Lets calls end that a test holds. */
    private final CountDownLatch gate = new CountDownLatch(1);

    private ChannelMembership lobby;

    @BeforeEach
    void inAChannel() throws Exception {
        lobby = bench.join("lobby");
    }

    @AfterEach
    void close() {
        gate.countDown();
        bench.close();
    }

    private byte[] packet(String text) {
        return receiver.packet("eve", "", "lobby", text, bench.clock.instant());
    }

    private void start(PacketReceiver one) {
        bench.receive.addReceiver(one);
    }

    private void renew(PacketReceiver one) {
        bench.receive.updatedReceiver(one);
    }

    private void stop(PacketReceiver one) {
        bench.receive.removeReceiver(one);
    }

    /** Nodes tell of it; it was looked at, and a receiver may still be asked for it. */
    private void meet(byte[] payload) {
        bench.network.takes(bench.network.transaction(List.of(payload)));
        bench.barrier();
    }

    private void awaitReceived(String... texts) throws Exception {
        Eventually.that("received", () -> bench.texts().size() >= texts.length);
        bench.settle();
        assertEquals(List.of(texts), bench.texts());
    }

    /** What a member of the lobby says. */
    private byte[] words() {
        return new Speaker(bench.stage, lobby).opener(new byte[16], "alice", "words");
    }

    /** A place in a channel comes, as who joins tells of it. */
    private void join(PersonaRecord persona, Network on, String channel) throws Exception {
        bench.stage.join(persona, on, channel, Mode.RATCHET);
        bench.stage.bus.publish(new Bus.Expected());
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
        start(receiver);
        meet(packet("hello"));
        awaitReceived("hello");
        MessageRecord shown = bench.stage.inbox.messages().get(0);
        assertEquals(lobby.id(), shown.membership());
        assertEquals("eve", shown.sender());
        assertEquals("private", shown.receiver());
        assertEquals(SignerId.NOBODY, shown.signer());
        assertEquals(bench.clock.instant().getEpochSecond(), shown.sent());
        assertEquals(1, shown.transactions().size());
        bench.assertTold("hello");
        BlockRef block = bench.network.mine();
        bench.settle();
        // Whoever keeps it hears where it stands.
        assertEquals(
                Optional.of(block),
                bench.stage
                        .inbox
                        .sightings
                        .get(bench.stage.inbox.sightings.size() - 1)
                        .inBlock());
        assertEquals(List.of("hello"), bench.texts());
    }

    @Test
    void oursAreReadAndItIsNotAskedForThem() throws Exception {
        PrivateReceiver greedy = new PrivateReceiver("greedy", 0, new PacketForm(new byte[] {2}, 64, 512));
        greedy.instead =
                packet -> Reading.of(new ReadMessage(Place.EVERY_CHANNEL, "eve", "mine", bench.clock.instant()));
        start(greedy);
        meet(words());
        awaitReceived("words");
        assertEquals(0, greedy.calls.get());
    }

    @Test
    void aPacketThatCameWhileItWasAwayIsReadWhenItReturns() throws Exception {
        start(receiver);
        stop(receiver);
        meet(packet("meanwhile"));
        assertEquals(List.of(), bench.texts());
        assertEquals(1, bench.unmatched());
        start(new PrivateReceiver());
        awaitReceived("meanwhile");
        assertEquals(0, bench.unmatched());
    }

    @Test
    void soIsOneThatCameBeforeARestart() throws Exception {
        start(receiver);
        stop(receiver);
        meet(packet("meanwhile"));
        bench.restart();
        assertEquals(1, bench.unmatched());
        start(new PrivateReceiver());
        awaitReceived("meanwhile");
    }

    @Test
    void soIsOneThatCameAfterARestartWithoutIt() throws Exception {
        start(receiver);
        bench.settle();
        bench.restart();
        meet(packet("meanwhile"));
        start(new PrivateReceiver());
        awaitReceived("meanwhile");
    }

    @Test
    void soIsOneThatCameWhileTheStoreWasLocked() throws Exception {
        start(receiver);
        bench.settle();
        bench.lock();
        meet(packet("locked"));
        stop(receiver);
        meet(packet("locked and away"));
        start(new PrivateReceiver());
        bench.unlock();
        awaitReceived("locked", "locked and away");
    }

    @Test
    void oneThatWaitedInTheStoreIsReadWhereTheReceiverIsThereBeforeItIsOpened() throws Exception {
        start(receiver);
        stop(receiver);
        meet(packet("meanwhile"));
        bench.lock();
        start(new PrivateReceiver());
        bench.barrier();
        bench.unlock();
        awaitReceived("meanwhile");
    }

    @Test
    void aKindThatNobodyHasEverReadIsNotKept() throws Exception {
        meet(packet("hello"));
        assertEquals(0, bench.unmatched());
    }

    @Test
    void onePacketOfManyTransactionsIsShownOnce() throws Exception {
        start(receiver);
        byte[] payload = packet("hello");
        meet(payload);
        awaitReceived("hello");
        meet(payload);
        bench.settle();
        bench.restart();
        start(new PrivateReceiver());
        meet(payload);
        bench.settle();
        assertEquals(List.of("hello"), bench.texts());
        // Its message is gone by then.
        bench.clock.pass(Duration.ofDays(29));
        bench.stage.guard.transact(tx -> tx.deleteExpired(bench.clock.instant()));
        bench.restart();
        start(new PrivateReceiver());
        meet(payload);
        bench.settle();
        assertEquals(List.of(), bench.texts());
    }

    @Test
    void whatAStrangerSendsInItsFormIsAskedForOnce() throws Exception {
        start(receiver);
        byte[] junk = packet("hello");
        junk[junk.length - 1] ^= 1;
        meet(junk);
        bench.settle();
        meet(junk);
        bench.settle();
        assertEquals(1, receiver.calls.get());
        assertEquals(1, bench.unmatched());
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
        start(receiver);
        for (String text : List.of("one", "two", "three", "four")) {
            meet(packet(text));
            bench.settle();
        }
        assertEquals(4, receiver.calls.get());
        assertEquals(List.of(), bench.texts());
        stop(receiver);
        start(new PrivateReceiver());
        awaitReceived("one", "two", "three", "four");
    }

    @Test
    void aReceiverThatNeverAnswersHoldsUpNoneOfOursAndIsAskedAgainWhenItDoes() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        receiver.instead = hanging(begun);
        start(receiver);
        meet(packet("one"));
        begun.await();
        meet(packet("two"));
        meet(words());
        awaitReceived("words");
        assertEquals(1, receiver.calls.get());
        gate.countDown();
        receiver.instead = receiver::read;
        // The first was given up, until something is new.
        awaitReceived("words", "two");
        renew(receiver);
        awaitReceived("words", "two", "one");
        assertTrue(bench.stage.audited.contains("receiver-late"));
    }

    @Test
    void whatItWaitsForIsReadWhenItSaysSo() throws Exception {
        receiver.instead = packet -> Reading.waits();
        start(receiver);
        meet(packet("later"));
        bench.settle();
        assertEquals(0, bench.unmatched());
        receiver.instead = receiver::read;
        bench.restart();
        start(receiver);
        awaitReceived("later");
    }

    @Test
    void itsPropertiesTellThatWhatItWaitedForHasCome() throws Exception {
        receiver.instead = packet -> Reading.waits();
        start(receiver);
        meet(packet("later"));
        bench.settle();
        receiver.instead = receiver::read;
        meet(packet("later"));
        bench.settle();
        assertEquals(List.of(), bench.texts());
        renew(receiver);
        awaitReceived("later");
    }

    @Test
    void packetsInTheFormOfVersionTwoAreReadThatCameBeforeIt() throws Exception {
        PrivateReceiver disguised = PrivateReceiver.disguised();
        meet(disguised.packet("eve", "", "lobby", "early", bench.clock.instant()));
        assertEquals(1, bench.unmatched());
        start(disguised);
        awaitReceived("early");
    }

    @Test
    void aMessageGoesToThePlacesThatItNamesOnItsNetworkOnly() throws Exception {
        PersonaRecord work = bench.stage.persona("work");
        join(work, Network.REGTEST, "lobby");
        join(work, Network.REGTEST, "garden");
        join(work, Network.SIGNET, "far");
        start(receiver);
        meet(receiver.packet("eve", "work", "lobby", "to work", bench.clock.instant()));
        meet(receiver.packet("eve", "", "lobby", "to both", bench.clock.instant()));
        meet(receiver.packet("eve", "", "", "to all", bench.clock.instant()));
        meet(receiver.packet("eve", "", "far", "to far", bench.clock.instant()));
        Eventually.that("all", () -> bench.texts().size() >= 6);
        bench.settle();
        List<String> shown =
                bench.stage.inbox.messages().stream().map(this::placed).sorted().toList();
        assertEquals(
                List.of(
                        "alice/lobby: to all",
                        "alice/lobby: to both",
                        "work/garden: to all",
                        "work/lobby: to all",
                        "work/lobby: to both",
                        "work/lobby: to work"),
                shown);
    }

    private String placed(MessageRecord message) {
        Unlocked memory = bench.stage.memory();
        Conversation place = memory.conversations.find(message.membership());
        return memory.personas.name(place.persona()) + "/" + place.name() + ": " + message.text();
    }

    @Test
    void whereNoChannelIsHereItWaitsForOne() throws Exception {
        start(receiver);
        meet(receiver.packet("eve", "", "garden", "hello", bench.clock.instant()));
        bench.settle();
        assertEquals(List.of(), bench.texts());
        join(StageBench.ALICE, Network.REGTEST, "garden");
        awaitReceived("hello");
    }

    @Test
    void whatIsNotForEyesIsReplacedAndATimeToComeIsNow() throws Exception {
        start(receiver);
        meet(receiver.packet(
                "e\u001B]0;\u202Eve",
                "",
                "lobby",
                "a\u001B[31m\tb\u0007\nc\u202E",
                bench.clock.instant().plusSeconds(9999)));
        awaitReceived("a\uFFFD[31m\tb\uFFFD\nc\uFFFD");
        MessageRecord shown = bench.stage.inbox.messages().get(0);
        assertEquals("e\uFFFD]0;\uFFFDve", shown.sender());
        assertEquals(bench.clock.instant().getEpochSecond(), shown.sent());
    }

    @Test
    void itsTimeToLiveIsKept() throws Exception {
        receiver.instead = packet -> Reading.of(new ReadMessage(
                Place.channel("lobby"), "", "short", bench.clock.instant(), Optional.of(Duration.ofSeconds(90))));
        start(receiver);
        Instant sent = bench.clock.instant();
        meet(packet("short"));
        awaitReceived("short");
        // In whole minutes, as messages have it.
        assertEquals(
                sent.plusSeconds(120).toEpochMilli(),
                bench.stage.inbox.messages().get(0).expires());
    }

    @Test
    void theLowestRankIsAskedFirstAndOneIdIsOneReceivers() throws Exception {
        PacketForm form = new PacketForm(PrivateReceiver.PREFIX, 11, 400);
        PrivateReceiver last = new PrivateReceiver("a-last", 11, form);
        PrivateReceiver first = new PrivateReceiver("z-first", 9, form);
        PrivateReceiver second = new PrivateReceiver("z-first", 1, form);
        start(last);
        start(first);
        start(second);
        meet(packet("one"));
        awaitReceived("one");
        stop(first);
        meet(packet("two"));
        awaitReceived("one", "two");
        assertEquals(List.of(0, 1, 1), List.of(last.calls.get(), first.calls.get(), second.calls.get()));
        stop(second);
        meet(packet("three"));
        awaitReceived("one", "two", "three");
        assertEquals(1, last.calls.get());
    }

    @Test
    void oneThatSaysNothingSensibleOfItselfIsRefused() throws Exception {
        PacketForm form = new PacketForm(PrivateReceiver.PREFIX, 11, 400);
        start(new PrivateReceiver("Not an id", 1, form));
        start(new PrivateReceiver("private", -1, form));
        start(new PrivateReceiver("private", 1, null));
        meet(packet("hello"));
        bench.settle();
        assertEquals(List.of(), bench.texts());
        assertEquals(0, bench.unmatched());
        start(receiver);
        meet(packet("hello"));
        awaitReceived("hello");
    }

    @Test
    void moreThanAreAskedForAtOnceAreAllRead() throws Exception {
        start(receiver);
        stop(receiver);
        int many = 3_000;
        for (int i = 0; i < many; i++) {
            byte[] payload = packet("message " + i);
            if (i % 3 != 0) {
                // A stranger's.
                payload[payload.length - 1] ^= 1;
            }
            bench.network.takes(bench.network.transaction(List.of(payload)));
        }
        bench.barrier();
        assertEquals(many, bench.unmatched());
        start(receiver);
        Eventually.that("all are read", () -> bench.texts().size() == many / 3);
        assertTrue(receiver.calls.get() < 2 * many, "strangers' packets are asked for in a circle");
        Eventually.that("the others are remembered", () -> bench.unmatched() == many - many / 3);
    }

    @Test
    void aFloodInItsFormPushesOutNothingOfVersionTwo() throws Exception {
        for (int i = 0; i < 5; i++) {
            meet(ByteBuffer.allocate(80).put((byte) 2).putInt(5, i).array());
        }
        assertEquals(5, bench.unmatched());
        start(receiver);
        stop(receiver);
        byte[] junk = packet("x".repeat(300));
        for (int i = 0; i < Unmatched.MOST_OTHERS + 10; i++) {
            junk[20] = (byte) i;
            junk[21] = (byte) (i >>> 8);
            bench.network.takes(bench.network.transaction(List.of(junk)));
        }
        bench.barrier();
        assertEquals(Unmatched.MOST_OTHERS + 5, bench.unmatched());
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
        start(first);
        meet(packet("hello"));
        begun.await();
        start(receiver);
        // What is new was looked at; the packet was not among what waits, since its answer was to come.
        bench.barrier();
        gate.countDown();
        awaitReceived("hello");
    }

    @Test
    void soManyAreAskedAndNoMore() throws Exception {
        List<PrivateReceiver> many = new ArrayList<>();
        for (int i = 0; i < 17; i++) {
            PacketForm form = new PacketForm(new byte[] {'p', 'k', (byte) (2 + i)}, 11, 400);
            many.add(new PrivateReceiver("receiver-" + i, i, form));
            start(many.get(i));
        }
        meet(many.get(15).packet("eve", "", "lobby", "the sixteenth", bench.clock.instant()));
        awaitReceived("the sixteenth");
        meet(many.get(16).packet("eve", "", "lobby", "the seventeenth", bench.clock.instant()));
        bench.settle();
        assertEquals(0, many.get(16).calls.get());
        stop(many.get(0));
        meet(many.get(16).packet("eve", "", "lobby", "the seventeenth", bench.clock.instant()));
        awaitReceived("the sixteenth", "the seventeenth");
    }

    @Test
    void aChannelIsFoundByItsNameHoweverThatIsComposed() throws Exception {
        join(StageBench.ALICE, Network.REGTEST, "caf\u00E9");
        start(receiver);
        meet(receiver.packet("eve", "", "cafe\u0301", "hello", bench.clock.instant()));
        awaitReceived("hello");
    }

    @Test
    void oneThatGoesInTheMiddleOfACallStillHasItsAnswerHeard() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        receiver.instead = hanging(begun);
        start(receiver);
        meet(packet("hello"));
        begun.await();
        stop(receiver);
        gate.countDown();
        awaitReceived("hello");
    }

    @Test
    void whereTheStoreIsLockedInTheMiddleOfACallThePacketIsReadLater() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        receiver.instead = hanging(begun);
        start(receiver);
        meet(packet("hello"));
        begun.await();
        bench.lock();
        gate.countDown();
        bench.unlock();
        awaitReceived("hello");
    }
}
