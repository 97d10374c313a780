package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.packet.Content;
import org.partyline.api.settings.ReadingSettings;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Days;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/**
 * A clock is a day off, and then right again: the reader's, or the sender's. Nothing is lost, and nothing shown twice.
 */
class WrongClockTest {
    private final HandSetClock right = new HandSetClock();
    private final HandSetClock wrong = new HandSetClock();
    private final TestNetwork network = new TestNetwork(right);
    private StageBench elsewhere;
    private ReceiveBench bench;
    private ChannelMembership lobby;
    private Speaker alice;
    private byte[] seed;
    private int position = -1;

    @AfterEach
    void close() {
        bench.close();
        elsewhere.close();
    }

    private void begin(HandSetClock readers, HandSetClock speakers) throws Exception {
        elsewhere = new StageBench(speakers);
        bench = new ReceiveBench(readers, network);
        // Rejected packets are not waited for.
        bench.stage.settings.reading(new ReadingSettings(true, Duration.ofMillis(1), Duration.ofDays(14)));
        bench.add(network.node("b"));
        lobby = bench.join("lobby");
        alice = new Speaker(elsewhere, lobby);
        seed = alice.newSeed();
    }

    private void say(Mode mode, String text) {
        Content words = alice.text(text);
        byte[] packet;
        if (mode == Mode.OPEN) {
            packet = alice.sealed(words);
        } else {
            packet = position < 0 ? alice.opener(seed, "alice", text) : alice.onChain(seed, position, words);
            position++;
        }
        network.takes(network.transaction(List.of(packet)));
    }

    /** A while passes, in which the server expects the days to come by this machine's clock. */
    private void live() throws Exception {
        right.pass(Duration.ofMinutes(3));
        wrong.pass(Duration.ofMinutes(3));
        int today = Days.of(bench.clock.instant());
        if (bench.stage.guard.open(() -> bench.stage.recognition.beacons.add(lobby, today - 1, today + 1))) {
            bench.stage.bus.publish(new Bus.Expected());
        }
        bench.settle();
    }

    private void mine() {
        network.mine();
        bench.settle();
    }

    private void assertRead(String... texts) throws Exception {
        assertEquals(List.of(texts), bench.texts());
        Eventually.that("all is told", () -> bench.told().size() >= texts.length);
        assertEquals(List.of(texts), sorted(bench.told(), List.of(texts)));
    }

    /** A chain's line holds back messages that arrived before earlier ones. */
    private static List<String> sorted(List<String> told, List<String> as) {
        List<String> sorted = new ArrayList<>(told);
        sorted.sort(Comparator.comparingInt(as::indexOf));
        return sorted;
    }

    @ParameterizedTest
    @CsvSource({"24,RATCHET", "24,OPEN", "-24,RATCHET", "-24,OPEN"})
    void whoReadsWithAWrongClockHasAllWhenItIsRightAgain(int hours, Mode mode) throws Exception {
        begin(wrong, right);
        say(mode, "before");
        live();
        assertRead("before");
        mine();
        wrong.pass(Duration.ofHours(hours));
        live();
        say(mode, "meanwhile");
        bench.settle();
        if (hours < 0) {
            assertEquals(List.of("before"), bench.texts(), "its time is of tomorrow, by this clock");
        }
        live();
        mine();
        assertRead("before", "meanwhile");
        wrong.pass(Duration.ofHours(-hours));
        live();
        say(mode, "after");
        mine();
        assertRead("before", "meanwhile", "after");
        live();
        assertRead("before", "meanwhile", "after");
    }

    /** Messages sent meanwhile are rejected by all for their time. */
    @ParameterizedTest
    @ValueSource(strings = {"RATCHET", "OPEN"})
    void whoWritesAfterAFastClockIsReadAtOnce(Mode mode) throws Exception {
        begin(right, wrong);
        say(mode, "before");
        live();
        assertRead("before");
        mine();
        wrong.pass(Duration.ofHours(24));
        say(mode, "meanwhile");
        live();
        wrong.pass(Duration.ofHours(-24));
        say(mode, "after");
        live();
        assertRead("before", "after");
        mine();
        live();
        assertEquals(List.of("before", "after"), bench.texts());
        Eventually.that("what was rejected is told", () -> bench.told().contains(ParkedUpkeep.REFUSED));
    }
}
