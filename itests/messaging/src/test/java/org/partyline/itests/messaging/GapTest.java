package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Change;
import org.partyline.api.engine.Messages.Gap;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.mailbox.GapRecord;

/** Readers who were absent find the newest messages of a rolling conversation, and see how many are missing where. */
class GapTest extends CarrierStage {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @BeforeEach
    void longLives() {
        alice.settings.set("chain-messages", "100");
        alice.settings.set("fee-cap-message", "1000000sat");
        alice.settings.set("fee-cap-hour", "10000000sat");
        alice.settings.set("fee-cap-day", "100000000sat");
        bob.settings.set("default-ttl", "7d");
    }

    /** Rolls messages one after another, each replacing the previous one. */
    private void rollOn(int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            write("message " + i, Carrier.ROLLING, Duration.ofDays(6));
            awaitOut();
            pass();
        }
    }

    private void awaitOut() throws Exception {
        TestServer.await("all is out", () -> {
            boolean out = alice.messages().outbox(true).stream().noneMatch(message -> isWaiting(message.state()));
            if (!out) {
                pass();
            }
            return out;
        });
    }

    private static boolean isWaiting(Messages.State state) {
        return state == Messages.State.QUEUED || state == Messages.State.SEALED;
    }

    private void awaitBob(String text) throws Exception {
        TestServer.await(text + " is read", () -> bob.received().contains(text));
    }

    /** Returns what Bob sees: texts, and for a gap how many may be missing. */
    private List<String> shown() throws Exception {
        return shown(bob);
    }

    private static List<String> shown(TestServer server) throws Exception {
        return server.messages().messages(Messages.Query.ALL).stream()
                .filter(message -> !message.outgoing())
                .map(message -> message.gap()
                        .map(gap -> (gap.mayArrive() ? "missing " : "lost ") + gap.most())
                        .orElseGet(() -> message.text().orElseThrow()))
                .toList();
    }

    private void live(Duration time) throws Exception {
        clock.pass(time);
        TestServer.await(
                "all was read",
                () -> !bob.inboundQueue().isDraining() && bob.inboundQueue().isCaughtUp(Network.REGTEST));
        bob.round();
        bob.keep();
    }

    private int missing() throws Exception {
        return bob.conversations()
                .get(new Conversations.Place(Optional.empty(), false, "lobby"))
                .missing();
    }

    private void bobReturns() throws Exception {
        bob = bob.restart(nodeB);
        bob.settings.set("default-ttl", "7d");
    }

    private void leaveAndMiss(int howMany) throws Exception {
        // It opens a chain that stays.
        write("message 0", Carrier.CONFIRM, Duration.ofDays(6));
        awaitBob("message 0");
        pass();
        bob.close();
        rollOn(1, howMany + 2);
        bobReturns();
        awaitBob("message " + (howMany + 1));
    }

    @Test
    void whoWasAbsentIsShownWhatWasReplacedMeanwhile() throws Exception {
        leaveAndMiss(9);
        live(MINUTE.multipliedBy(59));
        assertEquals(List.of("message 0", "message 10"), shown());
        live(MINUTE.multipliedBy(2));
        List<String> shown = List.of("message 0", "missing 9", "message 10");
        assertEquals(shown, shown());
        assertEquals(9, missing());
        Message gap = gaps().get(0);
        assertEquals(Optional.of(new Gap(9, 0, 8, true)), gap.gap());
        assertTrue(gap.notice());
        assertEquals("me", gap.sender());
        TestServer.await("it is told", () -> bob.told().stream().anyMatch(text -> text.contains("9 messages")));
        bobReturns();
        assertEquals(shown, shown());
        live(MINUTE);
        assertEquals(shown, shown(), "once");
        live(Duration.ofHours(24));
        List<String> lost = List.of("message 0", "lost 9", "message 10");
        assertEquals(lost, shown());
        assertEquals(gap.id(), gaps().get(0).id(), "the same notice");
        live(Duration.ofHours(24));
        live(MINUTE);
        assertEquals(0, bob.chainsRead());
        assertEquals(lost, shown(), "also when the chain has ended");
        assertEquals(9, missing());
    }

    /** A position beyond the window of a reader who was present. */
    @Test
    void aChannelsMessagesAreFoundAfterMoreThanSixtyFourWereReplaced() throws Exception {
        leaveAndMiss(80);
        rollOn(82, 84);
        awaitBob("message 83");
        live(MINUTE.multipliedBy(61));
        assertEquals(List.of("message 0", "missing 80", "message 81", "message 82", "message 83"), shown());
    }

    @Test
    void aMessageThatComesAfterAllSplitsItsGapAndTheLastOneRemovesIt() throws Exception {
        leaveAndMiss(3);
        live(MINUTE.multipliedBy(61));
        assertEquals(List.of("message 0", "missing 3", "message 4"), shown());
        bob.events.clear();
        // Any version may be mined.
        arrive(2);
        awaitBob("message 2");
        assertEquals(List.of("message 0", "missing 1", "message 2", "missing 1", "message 4"), shown());
        assertEquals(2, missing());
        arrive(1);
        awaitBob("message 1");
        assertEquals(List.of("message 0", "message 1", "message 2", "missing 1", "message 4"), shown());
        arrive(3);
        awaitBob("message 3");
        assertEquals(List.of("message 0", "message 1", "message 2", "message 3", "message 4"), shown());
        assertEquals(0, missing());
        TestServer.await(
                "the changes are told",
                () -> changes().equals(List.of(Change.Kind.GAP, Change.Kind.ERASED, Change.Kind.ERASED)));
        live(Duration.ofHours(25));
        assertEquals(0, missing());
    }

    private List<Change.Kind> changes() {
        return bob.events.stream()
                .flatMap(event -> event.change().stream())
                .map(Change::kind)
                .filter(kind -> kind != Change.Kind.PIECE)
                .toList();
    }

    /** Mines the version that carried a message in a separate block. */
    private void arrive(int message) {
        byte[] version = network.broadcasts().get(message);
        network.mine(TransactionScanner.id(version), version);
    }

    @Test
    void aBlockThatIsGoneMakesNothingMissingThatWasRead() throws Exception {
        leaveAndMiss(2);
        live(MINUTE.multipliedBy(61));
        arrive(1);
        awaitBob("message 1");
        List<String> shown = List.of("message 0", "message 1", "missing 1", "message 3");
        assertEquals(shown, shown());
        network.disconnect(1, false);
        network.mine(2);
        live(MINUTE);
        assertEquals(shown, shown());
        live(Duration.ofHours(25));
        TestServer.await("the rest is lost", () -> {
            bob.keep();
            return shown().equals(List.of("message 0", "message 1", "lost 1", "message 3"));
        });
    }

    @Test
    void whoIsPresentForAPartIsShownEachGapInItsPlace() throws Exception {
        leaveAndMiss(2);
        rollOn(4, 6);
        awaitBob("message 5");
        bob.vault().lock();
        bob.store.lock();
        nodeB.silent = true;
        bob.close();
        rollOn(6, 9);
        nodeB.silent = false;
        bobReturns();
        awaitBob("message 8");
        live(MINUTE.multipliedBy(61));
        assertEquals(
                List.of("message 0", "missing 2", "message 3", "message 4", "message 5", "missing 2", "message 8"),
                shown());
    }

    @Test
    void aGapGoesWithItsConversationAndWithWhoeverErasesIt() throws Exception {
        leaveAndMiss(2);
        live(MINUTE.multipliedBy(61));
        long gap = gaps().get(0).id();
        bob.conversations().forget(gap);
        live(MINUTE);
        live(Duration.ofHours(25));
        assertEquals(List.of("message 0", "message 3"), shown(), "it stays erased");
        assertEquals(0, missing());
        bob.channels().leave(Optional.empty(), "lobby");
        assertEquals(0L, bob.guard.<Long, PartylineException>transact(tx -> tx.count(GapRecord.TABLE)));
    }

    private List<Message> gaps() throws Exception {
        return bob.messages().messages(Messages.Query.ALL).stream()
                .filter(message -> message.gap().isPresent())
                .toList();
    }
}
