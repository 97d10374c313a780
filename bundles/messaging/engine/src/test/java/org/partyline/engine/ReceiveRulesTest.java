package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.Content;
import org.partyline.engine.mailbox.FragmentRecord;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** What a member may say, and what is made of it: times to live, pieces, burn, and who is asked for which messages. */
class ReceiveRulesTest {
    private static final int MESSAGE = 5;

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private TestServer bob;
    private Insider mallory;
    private byte[] seed;

    @BeforeEach
    void aChainOfMallorys() throws Exception {
        bob = TestServer.fresh(clock, network.node("b"));
        bob.join("lobby", Mode.RATCHET);
        mallory = new Insider(network, clock, "lobby");
        seed = mallory.newSeed();
        mallory.openChain(seed, "mallory", "hello");
        TestServer.await("hello", () -> bob.received().contains("hello"));
    }

    @AfterEach
    void close() {
        bob.close();
    }

    private void say(int position, Content content) throws Exception {
        mallory.sendOnChain(seed, position, content, Insider.XCHACHA);
    }

    private static Content with(Content content, long timestamp, int ttlMinutes, boolean burn) {
        return new Content(
                content.type(),
                burn,
                timestamp,
                ttlMinutes == 0 ? OptionalInt.empty() : OptionalInt.of(ttlMinutes),
                content.senderId(),
                content.newChain(),
                content.fragment(),
                content.signature(),
                content.body());
    }

    private long ago(Duration time) {
        return clock.instant().minus(time).getEpochSecond();
    }

    private Messages.Message message(String text) throws Exception {
        return bob.messages().messages(Messages.Query.ALL).stream()
                .filter(message -> message.text().equals(Optional.of(text)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aTimeToLiveIsCountedFromThePacketsTime() throws Exception {
        say(0, with(mallory.text("five minutes"), ago(Duration.ofMinutes(3)), 5, false));
        bob.read();
        Instant end = Instant.ofEpochSecond(ago(Duration.ofMinutes(3))).plus(Duration.ofMinutes(5));
        assertEquals(end, message("five minutes").expires());
        clock.pass(Duration.ofMinutes(2));
        assertEquals(List.of("hello"), bob.received());
    }

    @Test
    void aMessageWhoseTimeEndedOnTheWayIsNotShown() throws Exception {
        say(0, with(mallory.text("too late"), ago(Duration.ofMinutes(5)), 5, false));
        say(1, mallory.text("in time"));
        bob.read();
        assertEquals(List.of("hello", "in time"), bob.received());
        TestServer.await("told", () -> bob.told().equals(List.of("hello", "in time")));
    }

    @Test
    void aPieceWhoseTimeEndedIsNotKept() throws Exception {
        say(0, with(mallory.piece(MESSAGE, 0, 2, "too "), ago(Duration.ofMinutes(5)), 5, false));
        bob.read();
        long pieces = bob.store.transact(tx -> tx.count(FragmentRecord.TABLE));
        assertEquals(0, pieces);
    }

    @Test
    void whatExpiredIsNeitherListedNorRead() throws Exception {
        say(0, with(mallory.text("five minutes"), ago(Duration.ZERO), 5, false));
        bob.read();
        long id = message("five minutes").id();
        clock.pass(Duration.ofMinutes(5));
        // Before the keeper has erased it.
        assertEquals(List.of("hello"), bob.received());
        assertThrows(NoSuchThingException.class, () -> bob.messages().read(id));
    }

    @Test
    void aMessageToBeBurntIsShownByReadAloneAndOnce() throws Exception {
        say(0, with(mallory.text("burn me"), ago(Duration.ZERO), 0, true));
        bob.read();
        Messages.Message listed = bob.messages().messages(Messages.Query.ALL).stream()
                .filter(Messages.Message::burn)
                .findFirst()
                .orElseThrow();
        assertEquals(Optional.empty(), listed.text());
        TestServer.await("told", () -> bob.told().equals(List.of("hello", "(burn)")));
        assertEquals(Optional.of("burn me"), bob.messages().read(listed.id()).text());
        assertThrows(NoSuchThingException.class, () -> bob.messages().read(listed.id()));
        assertEquals(List.of("hello"), bob.received());
    }

    @Test
    void onePieceThatAsksForItBurnsTheMessage() throws Exception {
        say(0, mallory.piece(MESSAGE, 0, 2, "burn "));
        say(1, with(mallory.piece(MESSAGE, 1, 2, "me"), ago(Duration.ZERO), 0, true));
        bob.read();
        assertEquals(List.of("hello", "(burn)"), bob.received());
    }

    @Test
    void aPieceThatDisagreesOnTheCountIsIgnored() throws Exception {
        say(0, mallory.piece(MESSAGE, 0, 2, "one "));
        say(1, mallory.piece(MESSAGE, 1, 3, "false"));
        say(2, mallory.piece(MESSAGE, 1, 2, "two"));
        bob.read();
        assertEquals(List.of("hello", "one two"), bob.received());
    }

    @Test
    void ofTwoPiecesInOnePlaceTheFirstCounts() throws Exception {
        say(0, mallory.piece(MESSAGE, 0, 3, "one "));
        say(1, mallory.piece(MESSAGE, 0, 3, "false "));
        say(2, mallory.piece(MESSAGE, 1, 3, "two "));
        say(3, mallory.piece(MESSAGE, 2, 3, "three"));
        bob.read();
        assertEquals(List.of("hello", "one two three"), bob.received());
    }

    @Test
    void piecesOfTwoSendersAreNotPutTogether() throws Exception {
        byte[] other = mallory.newSeed();
        mallory.openChain(other, "carol", "hello, too");
        TestServer.await("hello, too", () -> bob.received().contains("hello, too"));
        say(0, mallory.piece(MESSAGE, 0, 2, "one "));
        mallory.sendOnChain(other, 0, mallory.piece(MESSAGE, 1, 2, "false"), Insider.XCHACHA);
        bob.read();
        assertEquals(2, bob.received().size());
        say(1, mallory.piece(MESSAGE, 1, 2, "two"));
        bob.read();
        assertEquals("one two", bob.received().get(bob.received().size() - 1));
        assertEquals(3, bob.received().size());
    }

    @Test
    void messagesAreAskedForByPersonaChannelSenderAndTime() throws Exception {
        bob.personas().create("work");
        bob.personas().use("work");
        bob.join("cellar", Mode.RATCHET);
        Insider other = new Insider(network, clock, "cellar");
        clock.pass(Duration.ofMinutes(1));
        Instant later = clock.instant();
        other.openChain(other.newSeed(), "trent", "down here");
        TestServer.await("down here", () -> bob.received().contains("down here"));
        Optional<String> any = Optional.empty();
        Optional<Instant> ever = Optional.empty();
        assertEquals(List.of("hello", "down here"), texts(new Messages.Query(any, any, any, ever)));
        assertEquals(List.of("hello"), texts(new Messages.Query(Optional.of("me"), any, any, ever)));
        assertEquals(List.of("down here"), texts(new Messages.Query(any, Optional.of("cellar"), any, ever)));
        assertEquals(List.of("hello"), texts(new Messages.Query(any, any, Optional.of("mallory"), ever)));
        assertEquals(List.of("down here"), texts(new Messages.Query(any, any, any, Optional.of(later))));
        // A contact is no channel, though it has the same name.
        mallory.introduce(bob, "cellar");
        assertEquals(List.of(), texts(new Messages.Query(any, any, any, ever, Optional.of("cellar"))));
    }

    private List<String> texts(Messages.Query query) throws Exception {
        return bob.messages().messages(query).stream()
                .map(message -> message.text().orElseThrow())
                .toList();
    }
}
