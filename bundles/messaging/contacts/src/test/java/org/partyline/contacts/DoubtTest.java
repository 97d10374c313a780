package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.OutgoingMessageBuilder;
import org.partyline.messaging.mailbox.OutgoingPartBuilder;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.testkit.HandSetClock;

/** Which messages are marked as possibly unread when a session replaces another. */
class DoubtTest extends TwoPeople {
    DoubtTest() {
        super(new HandSetClock(Instant.parse("2026-11-02T12:00:00Z")));
    }

    @BeforeEach
    void open() throws PartylineException {
        ContactsBench.open(alice, bob);
    }

    /** A message that left now. */
    private long sent(String text) throws Exception {
        long id = alice.write("bob", text);
        alice.say();
        left(id);
        return id;
    }

    /** A node has shown a message now. */
    private void left(long id) throws Exception {
        alice.stage.outbox.change(
                id,
                now -> OutgoingMessageBuilder.builder(now)
                        .parts(now.parts().stream()
                                .map(part -> OutgoingPartBuilder.builder(part)
                                        .left(clock.millis())
                                        .build())
                                .toList())
                        .build());
    }

    private void heard(Duration later) throws Exception {
        long seconds = clock.instant().plus(later).getEpochSecond();
        alice.change((tx, after) -> {
            SessionState session = alice.sessionState(tx, "bob");
            session.heard = seconds;
            session.put(tx);
        });
    }

    private int doubt(long id) throws Exception {
        return alice.message(id).doubt();
    }

    private void replace() throws PartylineException {
        clock.pass(Duration.ofMinutes(5));
        alice.sessions.openAgain(Optional.empty(), "bob");
    }

    @Test
    void aMessageIsProvenByAPacketThatTheOtherSideSealedAMinuteLater() throws Exception {
        long proven = sent("proven");
        heard(Duration.ofMinutes(1));
        clock.pass(Duration.ofSeconds(1));
        long open = sent("sent a second later");
        int before = alice.shown(open).size();
        replace();
        assertEquals(before + 1, alice.shown(open).size(), "its mark is shown at once");
        assertEquals(0, doubt(proven));
        assertEquals(MessageRecord.MAY_BE_UNREAD, doubt(open));
        assertEquals(
                List.of("1 message to bob since 2026-11-02 12:00 UTC may not have been read, because a new session"
                        + " replaced the one that carried it: send it again with partyline:resend bob"),
                alice.notices());
    }

    @Test
    void severalMessagesAreReportedTogether() throws Exception {
        heard(Duration.ofMinutes(1));
        clock.pass(Duration.ofMinutes(3));
        sent("three");
        sent("four");
        clock.pass(Duration.ofMinutes(1));
        replace();
        assertEquals(
                List.of("2 messages to bob since 2026-11-02 12:03 UTC may not have been read, because a new session"
                        + " replaced the one that carried them: send them again with partyline:resend bob"),
                alice.notices());
    }

    @Test
    void aDeliveredOrFailedMessageIsNotInDoubt() throws Exception {
        long delivered = sent("delivered");
        long recalled = sent("recalled");
        long failed = sent("failed");
        alice.change((tx, after) -> {
            MessageRecord message = MessageRecords.find(tx, delivered).orElseThrow();
            MessageRecords.put(
                    tx,
                    message.withAnnotations(message.annotations()
                            .with()
                            .delivered(clock.millis())
                            .build()));
        });
        alice.stage.outbox.change(recalled, now -> now.ended(MessageEvent.RECALLED, ""));
        alice.stage.outbox.change(
                failed,
                now -> OutgoingMessageBuilder.builder(now).state(State.FAILED).build());
        replace();
        assertEquals(0, doubt(delivered));
        assertEquals(0, doubt(recalled));
        assertEquals(0, doubt(failed));
        assertEquals(List.of(), alice.notices());
    }

    @Test
    void aMessageIsReportedOnce() throws Exception {
        sent("three");
        replace();
        clock.pass(Duration.ofHours(2));
        bob.hear(alice.say());
        alice.hear(bob.say());
        replace();
        assertEquals(1, alice.notices().size());
    }

    /** A server that was stopped, or had no node, reads the report after it has sent what waited. */
    @Test
    void whatLeftADayAfterTheOtherSideHadClosedTheSessionMayBeUnread() throws Exception {
        bob.sessions.close(Optional.empty(), "alice");
        List<Packet> close = bob.say();
        clock.pass(Duration.ofHours(24).minusMinutes(1).minusMillis(1));
        long read = sent("read");
        clock.pass(Duration.ofMillis(1));
        long late = sent("late");
        alice.hear(close);
        assertEquals(0, doubt(read));
        assertEquals(MessageRecord.MAY_BE_UNREAD, doubt(late));
        assertEquals(
                List.of(
                        "1 message to bob since 2026-11-03 11:59 UTC may not have been read, because bob had ended the"
                                + " session a day before it: send it again with partyline:resend bob",
                        "bob has closed the session"),
                alice.notices());
    }

    /** They are announced again, on the next session. */
    @ParameterizedTest
    @ValueSource(ints = {23, 24})
    void newKeysThatLeftADayAfterTheOtherSideHadClosedTheSessionMayBeUnknown(int hours) throws Exception {
        bob.sessions.close(Optional.empty(), "alice");
        List<Packet> close = bob.say();
        clock.pass(Duration.ofHours(hours));
        assertEquals(
                List.of("bob"), alice.personas.rotate(Optional.empty(), false).told());
        alice.say();
        left(alice.queued(PacketType.CONTROL).get(0).id());
        assertTrue(alice.contact("bob").entry.told());
        alice.hear(close);
        assertEquals(hours < 24, alice.contact("bob").entry.told());
    }

    /** Whoever gave them up has announced them again, or named the contact. */
    @Test
    void newKeysThatWereGivenUpAreNotAnnouncedOnceMoreWhenTheSessionEnds() throws Exception {
        bob.sessions.close(Optional.empty(), "alice");
        List<Packet> close = bob.say();
        clock.pass(Duration.ofHours(24));
        alice.personas.rotate(Optional.empty(), false);
        alice.say();
        long keys = alice.queued(PacketType.CONTROL).get(0).id();
        left(keys);
        alice.stage.outbox.change(keys, now -> now.ended(MessageEvent.RECALLED, ""));
        assertTrue(alice.contact("bob").entry.told());
        alice.hear(close);
        assertTrue(alice.contact("bob").entry.told());
    }

    @Test
    void whatLeftADayAfterAnotherSessionHadReplacedThisOneMayBeUnread() throws Exception {
        clock.pass(Duration.ofMinutes(2));
        try (ContactsBench twin = alice.reborn()) {
            twin.sessions.openAgain(Optional.empty(), "bob");
            bob.hear(twin.say());
        }
        List<Packet> replaced = bob.say();
        clock.pass(Duration.ofHours(24));
        long late = sent("late");
        alice.hear(replaced);
        assertEquals(MessageRecord.MAY_BE_UNREAD, doubt(late));
    }
}
