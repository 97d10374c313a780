package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Sessions;
import org.partyline.api.packet.PacketType;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.testkit.HandSetClock;

/** Handshakes of both sides cross within hours: neither takes the other for a copy, and no message vanishes. */
class CrossedSessionsTest {
    private static final int STEPS = 60;
    private static final int MOST_WAITS = 200;

    private record Flight(Packet packet, Instant due, ContactsBench to) {}

    private final HandSetClock clock = new HandSetClock();
    private ContactsBench low;
    private ContactsBench high;
    private final List<Flight> air = new ArrayList<>();

    /** Two servers, the first of which has the lower sender id. */
    @BeforeEach
    void meet() throws Exception {
        low = new ContactsBench(clock);
        high = new ContactsBench(clock);
        if (high.isLowerThan(low)) {
            ContactsBench first = low;
            low = high;
            high = first;
        }
        low.know(high, "high");
        high.know(low, "low");
    }

    @AfterEach
    void close() {
        low.close();
        high.close();
    }

    private void assertNoCopy() throws Exception {
        for (ContactsBench each : List.of(low, high)) {
            assertFalse(each.notices().stream().anyMatch(notice -> notice.contains("copy")), () -> "a copy");
            assertFalse(
                    each.notices().stream().anyMatch(notice -> notice.contains("two servers")), () -> "two servers");
        }
    }

    private void assertTheyTalk() throws Exception {
        low.write("high", "to high");
        high.write("low", "to low");
        for (int i = 0; i < MOST_WAITS && !(isRead(high, "to high") && isRead(low, "to low")); i++) {
            clock.pass(Duration.ofMinutes(20));
            low.keep();
            high.keep();
            ContactsBench.talk(low, high);
        }
        assertTrue(isRead(high, "to high") && isRead(low, "to low"), "they talk");
    }

    private static boolean isRead(ContactsBench server, String text) throws Exception {
        return server.received().contains(text);
    }

    private void later(Duration time) throws Exception {
        clock.pass(time);
        low.keep();
        high.keep();
    }

    /** Each has answered the other's handshake, and knows nothing of the other's answer. */
    private void answerEachOther() throws Exception {
        low.write("high", "one");
        List<Packet> early = low.say();
        later(Duration.ofMinutes(1));
        low.sessions.close(Optional.empty(), "high");
        high.write("low", "two");
        low.hear(high.say());
        high.hear(early);
        later(Duration.ofMinutes(1));
    }

    @Test
    void bothAnsweredTheOthersHandshakeAndReportThatAtOnce() throws Exception {
        answerEachOther();
        List<Packet> ofLow = low.say();
        List<Packet> ofHigh = high.say();
        low.hear(ofHigh);
        high.hear(ofLow);
        assertNotEquals(0, low.count(PacketType.HANDSHAKE_RESP) * high.count(PacketType.HANDSHAKE_RESP));
        ofLow = low.say();
        ofHigh = high.say();
        low.hear(ofHigh);
        high.hear(ofLow);
        assertNoCopy();
        assertTheyTalk();
        assertNoCopy();
        assertTrue(isRead(high, "one") && isRead(low, "two"));
    }

    @Test
    void aReportOfAnotherSessionArrivesBeforeItsAnswerWhichIsThenUsed() throws Exception {
        answerEachOther();
        List<Packet> late = low.say();
        low.hear(high.say());
        high.hear(low.say());
        assertEquals(Sessions.State.OPENING, high.session("low"), "the answer is awaited again");
        high.hear(late);
        assertEquals(Sessions.State.OPEN, high.session("low"));
        ContactsBench.talk(low, high);
        high.write("low", "three");
        ContactsBench.talk(low, high);
        assertTrue(isRead(low, "three"));
        assertEquals(1, high.count(PacketType.HANDSHAKE_INIT), "no other was necessary");
        assertNoCopy();
    }

    @Test
    void aHandshakeFromBeforeTheLastSessionIsNotAnsweredWhileAnotherIsOpened() throws Exception {
        low.write("high", "one");
        List<Packet> late = low.say();
        later(Duration.ofHours(7));
        ContactsBench.talk(low, high);
        assertTrue(isRead(high, "one"));
        long answers = high.count(PacketType.HANDSHAKE_RESP);
        high.sessions.openAgain(Optional.empty(), "low");
        List<Packet> again = high.say();
        high.hear(late);
        assertEquals(Sessions.State.OPENING, high.session("low"));
        assertEquals(answers, high.count(PacketType.HANDSHAKE_RESP));
        low.hear(again);
        ContactsBench.talk(low, high);
        assertNoCopy();
        assertTheyTalk();
    }

    @Test
    void aReplayedHandshakeThatNeverArrivedLooksNewerThanTheOneThatWasAnswered() throws Exception {
        low.write("high", "one");
        Packet lost = low.say().get(0);
        later(Duration.ofHours(7));
        ContactsBench.talk(low, high);
        later(Duration.ofMinutes(1));
        long answers = high.count(PacketType.HANDSHAKE_RESP);
        high.hear(lost.sealedAgain(lost.inbox(), clock.instant().getEpochSecond()));
        assertEquals(answers + 1, high.count(PacketType.HANDSHAKE_RESP));
        List<Packet> out = new ArrayList<>(high.say());
        Collections.reverse(out);
        low.hear(out);
        ContactsBench.talk(low, high);
        assertNoCopy();
        assertTheyTalk();
    }

    @Test
    void messagesUnderAnAnswerThatTheOtherSideMayLackAreMarkedWhenTheSessionIsClosed() throws Exception {
        low.sessions.open(Optional.empty(), "high");
        high.hear(low.say());
        long id = high.write("low", "one");
        high.say();
        high.sessions.close(Optional.empty(), "low");
        high.say();
        assertEquals(Sessions.State.CLOSED, high.session("low"));
        assertEquals(MessageRecord.MAY_BE_UNREAD, high.message(id).doubt());
    }

    /** Delays, repeated and replayed handshakes, closed sessions and new ones. The seeds are those that once failed. */
    @ParameterizedTest
    @ValueSource(ints = {1, 10, 28, 48})
    void aWildTalkHeals(int seed) throws Exception {
        Random random = new Random(seed);
        low.rekeyMessages(3 + random.nextInt(8));
        high.rekeyMessages(3 + random.nextInt(8));
        List<Packet> inits = new ArrayList<>();
        Map<Long, String> ofLow = new HashMap<>();
        Map<Long, String> ofHigh = new HashMap<>();
        for (int step = 0; step < STEPS; step++) {
            boolean first = random.nextBoolean();
            ContactsBench who = first ? low : high;
            String whom = first ? "high" : "low";
            try {
                switch (random.nextInt(24)) {
                    case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 -> {
                        String text = whom + " " + step;
                        (first ? ofLow : ofHigh).put(who.write(whom, text), text);
                    }
                    case 12, 13 -> who.sessions.close(Optional.empty(), whom);
                    case 14, 15 -> who.sessions.openAgain(Optional.empty(), whom);
                    case 16 -> {
                        if (!inits.isEmpty()) {
                            Packet init = inits.get(random.nextInt(inits.size()));
                            Packet again = init.sealedAgain(
                                    init.inbox(), clock.instant().getEpochSecond());
                            air.add(new Flight(again, clock.instant(), random.nextBoolean() ? low : high));
                        }
                    }
                    case 17 -> clock.pass(Duration.ofMinutes(random.nextInt(300)));
                    default -> clock.pass(Duration.ofMinutes(random.nextInt(30)));
                }
            } catch (NoSuchThingException e) {
                assertFalse(e.getMessage().contains("copy"), e::getMessage);
            }
            later(Duration.ofSeconds(5));
            for (ContactsBench each : List.of(low, high)) {
                for (Packet packet : each.say()) {
                    if (packet.type() == PacketType.HANDSHAKE_INIT) {
                        inits.add(packet);
                    }
                    Duration delay = random.nextInt(3) > 0
                            ? Duration.ofSeconds(random.nextInt(20))
                            : Duration.ofMinutes(random.nextInt(150));
                    air.add(new Flight(packet, clock.instant().plus(delay), each == low ? high : low));
                }
            }
            arrive(random);
        }
        for (int i = 0; i < STEPS; i++) {
            later(Duration.ofMinutes(15));
            arrive(random);
            ContactsBench.talk(low, high);
        }
        assertTheyTalk();
        assertNoCopy();
        assertComplete(low, ofLow, high);
        assertComplete(high, ofHigh, low);
    }

    private void arrive(Random random) throws Exception {
        List<Flight> due = new ArrayList<>(
                air.stream().filter(f -> !f.due().isAfter(clock.instant())).toList());
        air.removeAll(due);
        Collections.shuffle(due, random);
        for (Flight flight : due) {
            flight.to().hear(flight.packet());
        }
    }

    /** Each message was read once, or its sender knows that it may not have been. */
    private static void assertComplete(ContactsBench from, Map<Long, String> written, ContactsBench to)
            throws Exception {
        List<String> read = to.received();
        assertEquals(read.size(), new HashSet<>(read).size(), () -> "once: " + read);
        for (Map.Entry<Long, String> one : written.entrySet()) {
            State state = from.stage
                    .guard
                    .transact(tx -> OutgoingRecords.find(tx, one.getKey()))
                    .map(OutgoingMessage::state)
                    .orElseThrow();
            boolean known = state == State.RECALLED || state == State.EXPIRED || state == State.FAILED;
            assertTrue(
                    read.contains(one.getValue())
                            || known
                            || from.message(one.getKey()).doubt() != 0,
                    () -> "lost silently: " + one.getValue());
        }
    }
}
