package org.partyline.shell.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Event;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Send;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Engines;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

@Timeout(60)
class ConversationTest {
    private final Runner runner = Runner.plain();

    @AfterEach
    void noInterruptIsLeft() {
        Thread.interrupted();
    }

    private static Event arrival(long id, String text) {
        return new Event(Optional.of(Samples.message(id, "bob", Optional.of(text), false)), Optional.empty());
    }

    @Test
    void sendTakesTheOnlyChannelAndItsOptions() throws Exception {
        runner.run("send", "See you at nine", "--ttl", "15m", "--burn", "--persona", "me");
        assertEquals(
                new Send(Optional.of("me"), "lobby", "See you at nine", Optional.of(Duration.ofMinutes(15)), true),
                runner.fake.sent.get(0));
    }

    @Test
    void whatIsWrittenIsKeptWhileTheFeeServiceIsStopped() throws Exception {
        FakeEngine fake = FakeEngine.furnished();
        Runner without = new Runner(fake, FakeSession.withoutTerminal(), fake.engineWithout(Fees.class));
        String printed = without.run("send", "hello");
        assertTrue(printed.contains("Queued: the fee service is not running"), printed);
        assertEquals(List.of("hello"), fake.sent.stream().map(Send::text).toList());
    }

    @Test
    void ourOwnBurnMessageIsNotSaidToBurn() throws Exception {
        Message theirs = Samples.message(7, "bob", Optional.empty(), true);
        Message ours = new Message(
                8,
                "me",
                false,
                "lobby",
                true,
                "",
                false,
                true,
                Optional.empty(),
                theirs.sent(),
                theirs.arrived(),
                theirs.expires(),
                theirs.sequence(),
                theirs.transactions(),
                theirs.block(),
                Optional.of(Messages.State.RELAYED),
                false,
                Optional.empty(),
                Messages.Remarks.NONE,
                Optional.empty(),
                Messages.Doubt.NONE,
                OptionalInt.empty());
        assertEquals("(burn message: partyline:read 7 shows it once)", MessageText.text(theirs));
        assertEquals("(burn message: partyline:read 8 shows it)", MessageText.text(ours));
    }

    @Test
    void sendWithSeveralChannelsAsksForOne() {
        runner.fake.channels.add(Samples.channel("me", "club", Channels.Mode.OPEN, KdfParameters.ARGON2ID_DEFAULT));
        assertEquals(
                "Error: there is more than one channel: choose with --channel, one of lobby, club",
                runner.refusal("send", "hello"));
    }

    @Test
    void sendWithoutAChannelSaysHowToGetOne() {
        runner.fake.channels.clear();
        assertEquals(
                "Error: there is no channel yet: create one with partyline:channel-create NAME, join one with "
                        + "partyline:channel-join, or write to a contact with --to",
                runner.refusal("send", "hello"));
    }

    @Test
    void sendTakesOneTextInQuotes() {
        assertEquals(
                "Error: the text has 4 arguments: quote it, as in partyline:send \"See you at nine\"",
                runner.refusal("send", "See", "you", "at", "nine"));
        assertEquals(
                "Error: to write to bob, use partyline:send --to bob \"See you at nine\"",
                runner.refusal("send", "bob", "hello"));
        assertEquals(
                "Error: to write to lobby, use partyline:send --channel lobby \"See you at nine\"",
                runner.refusal("send", "lobby", "hello"));
        assertEquals("Error: TEXT is missing: usage: partyline:send [options] TEXT", runner.refusal("send"));
        assertEquals("Error: the text is empty: write a message", runner.refusal("send", ""));
        assertTrue(runner.fake.sent.isEmpty());
    }

    @Test
    void aTimeToLiveOutOfRangeIsRefusedBeforeAnythingIsSent() {
        assertEquals("Error: --ttl must be 1 m to 45 d, not 46d", runner.refusal("send", "hello", "--ttl", "46d"));
        assertTrue(runner.fake.sent.isEmpty());
    }

    @Test
    void sendSaysWhyItWaits() throws Exception {
        runner.fake.waits = "it waits for a ready node on signet (partyline:node-list)";
        assertTrue(runner.run("send", "hello")
                .contains("On hold: it waits for a ready node on signet (partyline:node-list)."));
    }

    @Test
    void waitingForAMessageThatFailsIsARefusal() {
        runner.fake.sentState = Messages.State.FAILED;
        assertEquals("Error: message 101 was not sent, it is failed", runner.refusal("send", "hello", "--wait"));
        assertEquals(1, runner.fake.unsubscribed);
    }

    @Test
    void ctrlCEndsTheWaitingAndNotTheMessage() throws Exception {
        runner.fake.sentState = Messages.State.QUEUED;
        Thread.currentThread().interrupt();
        String printed = runner.run("send", "hello", "--wait");
        assertTrue(printed.contains("No longer waiting. Sending continues: see partyline:outbox."), printed);
        assertEquals(1, runner.fake.sent.size());
        assertEquals(1, runner.fake.unsubscribed);
    }

    @Test
    void messagesPassesWhatToLookFor() throws Exception {
        runner.run("messages", "--persona", "me", "--channel", "lobby", "--from", "bob", "--since", "1h");
        assertEquals(
                new Messages.Query(
                        Optional.of("me"),
                        Optional.of("lobby"),
                        Optional.of("bob"),
                        Optional.of(Samples.NOW.minusSeconds(3600))),
                runner.fake.queries.get(0));
    }

    @Test
    void followPrintsWhatComesUntilThereWereEnough() throws Exception {
        runner.fake.eventsOnFollow.add(arrival(11, "one"));
        runner.fake.eventsOnFollow.add(new Event(
                Optional.empty(), Optional.of(Samples.outgoing(3, "me", "lobby", Messages.State.RELAYED, ""))));
        runner.fake.eventsOnFollow.add(arrival(12, "two\u001B[2J"));
        runner.fake.eventsOnFollow.add(arrival(13, "three"));
        String printed = runner.run("messages", "--follow", "--count", "2");
        assertEquals(
                "09:59:00  lobby  bob  one\n09:59:00  lobby  bob  two\uFFFD[2J\n",
                printed.replace(System.lineSeparator(), "\n"));
        assertEquals(1, runner.fake.unsubscribed);
    }

    @Test
    void followWithSinceBeginsWithWhatIsKeptAndPrintsNothingTwice() throws Exception {
        runner.fake.eventsOnFollow.add(arrival(1, "Hello there"));
        runner.fake.eventsOnFollow.add(arrival(12, "new"));
        String printed = runner.run("messages", "--follow", "--since", "1h", "--count", "5");
        assertEquals(5, printed.lines().count(), printed);
        assertTrue(printed.stripTrailing().endsWith("new"), printed);
    }

    @Test
    void followInJsonIsAnObjectALine() throws Exception {
        runner.fake.eventsOnFollow.add(arrival(11, "one"));
        runner.fake.eventsOnFollow.add(arrival(12, "zwei:\nü \u202E"));
        String printed = runner.run("messages", "--follow", "--count", "2", "--json");
        List<String> lines = printed.lines().toList();
        assertEquals(2, lines.size(), printed);
        assertEquals(
                "zwei:\nü \u202E",
                new ObjectMapper().readTree(lines.get(1)).get("text").asText());
        assertTrue(printed.chars().allMatch(c -> c < 0x7F), "not ASCII: " + printed);
    }

    /** An event of one of them follows soon after it: there is no need to remember more, however long it follows. */
    @Test
    void followRemembersTheLastTenThousandMessagesAndNoMore() throws Exception {
        for (int id = 1; id <= 10_001; id++) {
            runner.fake.eventsOnFollow.add(arrival(id, "x"));
        }
        for (int next : List.of(10_001, 2, 1, 10_002, 10_003)) {
            runner.fake.eventsOnFollow.add(arrival(next, "x"));
        }
        List<String> lines = runner.run("messages", "--follow", "--count", "10003", "--json")
                .lines()
                .toList();
        assertEquals(10_003, lines.size());
        assertTrue(lines.get(10_000).startsWith("{\"id\":10001,"), lines.get(10_000));
        assertTrue(lines.get(10_001).startsWith("{\"id\":1,"), lines.get(10_001));
        assertTrue(lines.get(10_002).startsWith("{\"id\":10002,"), lines.get(10_002));
    }

    @Test
    void followFailsWhenItsServiceGoesOrIsReplacedSinceNothingMoreWouldCome() {
        for (boolean replaced : List.of(false, true)) {
            FakeEngine fake = FakeEngine.furnished();
            fake.eventsOnFollow.add(arrival(11, "one"));
            Engine engine = fake.engine();
            FakeSession session = FakeSession.withoutTerminal();
            CompletableFuture<String> refusal = CompletableFuture.supplyAsync(
                    () -> new Runner(fake, session, engine).refusal("messages", "--follow"));
            StringBuilder printed = new StringBuilder();
            while (printed.indexOf("one") < 0 && !refusal.isDone()) {
                printed.append(session.printed());
                Thread.onSpinWait();
            }
            Engines.replaceMessages(engine, replaced ? Engines.unused(Messages.class) : null);
            assertEquals(
                    replaced ? "Error: the message service was replaced" : "Error: the message service is not running",
                    refusal.join().substring(0, replaced ? 39 : 41));
        }
    }

    @Test
    void ctrlCEndsFollowing() throws Exception {
        Thread.currentThread().interrupt();
        assertEquals("", runner.run("messages", "--follow", "--json"));
        assertEquals(1, runner.fake.unsubscribed);
    }

    private Event leaves(long id, String text, boolean burn) {
        runner.fake.inbox.put(id, own(id, text, burn));
        return new Event(
                Optional.empty(), Optional.of(Samples.outgoing(id, "me", "lobby", Messages.State.QUEUED, "it waits")));
    }

    private static Message own(long id, String text, boolean burn) {
        Message theirs = Samples.message(id, "bob", Optional.of(text), burn);
        return new Message(
                id,
                "me",
                false,
                "lobby",
                true,
                "",
                false,
                burn,
                Optional.of(text),
                Samples.NOW,
                Samples.NOW,
                theirs.expires(),
                OptionalInt.empty(),
                List.of(),
                OptionalInt.empty(),
                Optional.of(Messages.State.QUEUED),
                false,
                Optional.empty(),
                Messages.Remarks.NONE,
                Optional.empty(),
                Messages.Doubt.NONE,
                OptionalInt.empty());
    }

    @Test
    void whatMayNotHaveBeenReadIsMarked() throws Exception {
        for (Messages.Doubt doubt : Messages.Doubt.values()) {
            Message message = own(30 + doubt.ordinal(), "mine", false);
            runner.fake.inbox.put(message.id(), changed(message, message.state(), doubt));
        }
        String printed = runner.run("messages");
        for (String row :
                List.of("me queued mine", "me queued, may not have been read mine", "me queued, sent again mine")) {
            assertTrue(printed.replaceAll(" +", " ").contains(row), printed);
        }
        assertTrue(runner.run("messages", "--json").replaceAll("\\s", "").contains("\"doubt\":\"may_be_unread\""));
    }

    @Test
    void aStateHasTheSameWordForPeopleAndForPrograms() throws Exception {
        for (Messages.State state : Messages.State.values()) {
            Message message = own(30 + state.ordinal(), "mine", false);
            runner.fake.inbox.put(message.id(), changed(message, Optional.of(state), Messages.Doubt.NONE));
        }
        String printed = runner.run("messages");
        JsonNode messages =
                new ObjectMapper().readTree(runner.run("messages", "--json")).get("messages");
        for (JsonNode message : messages) {
            int state = message.get("id").asInt() - 30;
            if (state >= 0 && state < Messages.State.values().length) {
                String word = Messages.State.values()[state].word();
                assertEquals(word, message.get("state").asText());
                assertTrue(printed.contains(word), printed);
                boolean mined = Messages.State.values()[state] == Messages.State.CONFIRMED;
                assertEquals(mined ? "3" : "null", message.get("confirmations").asText());
            }
        }
    }

    @Test
    void whatIsInABlockShowsItsNumberOfConfirmations() throws Exception {
        Message message = own(30, "mine", false);
        runner.fake.inbox.put(30L, changed(message, Optional.of(Messages.State.CONFIRMED), Messages.Doubt.NONE));
        assertTrue(runner.run("messages").contains("in a block (3 confirmations)"), runner.run("messages"));
        assertTrue(runner.run("read", "30").contains("in a block (3 confirmations)"), runner.run("read", "30"));
        assertEquals("in a block (1 confirmation)", MessageText.state(Messages.State.CONFIRMED, OptionalInt.of(1)));
        assertEquals("in a block", MessageText.state(Messages.State.CONFIRMED, OptionalInt.empty()));
        assertEquals("relayed", MessageText.state(Messages.State.RELAYED, OptionalInt.of(1)));
    }

    @Test
    void oneOfOursOfWhichNothingIsKnownAnyMoreIsNotSaidToBeReceived() throws Exception {
        Message message = own(30, "mine", false);
        runner.fake.inbox.put(30L, changed(message, Optional.empty(), Messages.Doubt.NONE));
        String state = MessageText.state(runner.fake.inbox.get(30L));
        assertEquals(message.block().isPresent() ? "in a block" : "unknown", state);
    }

    private static Message changed(Message message, Optional<Messages.State> state, Messages.Doubt doubt) {
        return new Message(
                message.id(),
                message.persona(),
                message.direct(),
                message.channel(),
                message.outgoing(),
                message.sender(),
                message.legacy(),
                message.burn(),
                message.text(),
                message.sent(),
                message.arrived(),
                message.expires(),
                message.sequence(),
                message.transactions(),
                message.block(),
                state,
                message.notice(),
                message.signedBy(),
                message.remarks(),
                message.gap(),
                doubt,
                state.equals(Optional.of(Messages.State.CONFIRMED)) ? OptionalInt.of(3) : OptionalInt.empty());
    }

    @Test
    void followShowsOnesOwnOnceAndNotWhatAnotherPersonaReceivedOfIt() throws Exception {
        Event mine = leaves(21, "mine", false);
        Message copy = Samples.message(23, "me", Optional.of("mine"), false);
        runner.fake.eventsOnFollow.addAll(List.of(
                mine,
                mine,
                new Event(Optional.of(of("work", copy)), Optional.empty()),
                leaves(22, "secret", true),
                new Event(
                        Optional.empty(),
                        Optional.of(Samples.outgoing(
                                24, "me", true, "bob", "key update", Messages.State.QUEUED, "it waits"))),
                arrival(25, "theirs")));
        String printed = runner.run("messages", "--follow", "--count", "3");
        assertEquals(
                List.of(
                        "10:00:00  lobby  me  mine",
                        "10:00:00  lobby  me  (burn message: partyline:read 22 shows it)",
                        "09:59:00  lobby  bob  theirs"),
                printed.lines().toList());
    }

    private static Message of(String persona, Message message) {
        return new Message(
                message.id(),
                persona,
                message.direct(),
                message.channel(),
                message.outgoing(),
                message.sender(),
                message.legacy(),
                message.burn(),
                message.text(),
                message.sent(),
                message.arrived(),
                message.expires(),
                message.sequence(),
                message.transactions(),
                message.block(),
                message.state(),
                message.notice(),
                message.signedBy(),
                Messages.Remarks.NONE,
                Optional.empty(),
                Messages.Doubt.NONE,
                OptionalInt.empty());
    }

    @Test
    void countGoesWithFollow() {
        assertEquals("Error: --count requires --follow", runner.refusal("messages", "--count", "3"));
        assertEquals("Error: --count must be 1 or more, not 0", runner.refusal("messages", "--follow", "--count", "0"));
    }

    @Test
    void aMessageCannotSendEscapeSequencesToTheTerminal() throws Exception {
        FakeEngine fake = FakeEngine.furnished();
        fake.inbox.put(9L, Samples.message(9, "eve\u001B]0;x\u0007", Optional.of("\u001B[2Jgone\u202Eenog"), false));
        Runner plain = new Runner(fake, FakeSession.withoutTerminal());
        for (String printed : new String[] {plain.run("messages"), plain.run("read", "9")}) {
            assertFalse(printed.contains("\u001B"), printed);
            assertFalse(printed.contains("\u0007"), printed);
            assertFalse(printed.contains("\u202E"), printed);
        }
    }

    @Test
    void aNumberThatIsNoneIsRefused() {
        for (String id : new String[] {"x", "0", "-- -3", "9999999999999999999999"}) {
            String refusal = runner.refusal("read", id.split(" "));
            assertTrue(refusal.contains("is not a message number: use one that"), refusal);
        }
    }

    @Test
    void whoWaitsIsToldForWhatOnce() throws Exception {
        FakeEngine fake = FakeEngine.furnished();
        fake.reasons.addAll(List.of("", "it waits for coins: wallet 'core' is empty"));
        String printed = new Runner(fake, FakeSession.withoutTerminal()).run("send", "hello", "--wait");
        assertEquals(
                1, printed.split("Waiting: it waits for coins: wallet 'core' is empty\\.", -1).length - 1, printed);
    }

    @Test
    void whatIsStoredBeforeItCanBeSealedHasNoSizeYet() throws Exception {
        FakeEngine fake = FakeEngine.furnished();
        fake.packets = 0;
        fake.waits = "it waits for bundle org.partyline.padding, which is stopped since 10:00:00 UTC";
        assertEquals(
                "Message 101 to lobby: stored; its size and fee are known when it is sealed.\nOn hold: it "
                        + "waits for bundle org.partyline.padding, which is stopped since 10:00:00 UTC.\n",
                new Runner(fake, FakeSession.withoutTerminal()).run("send", "hello"));
    }
}
