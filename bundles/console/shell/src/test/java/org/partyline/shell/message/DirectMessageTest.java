package org.partyline.shell.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Messages.Event;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Query;
import org.partyline.api.engine.Messages.Send;
import org.partyline.shell.output.Style;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

/** Messages to and from contacts. */
class DirectMessageTest {
    private final Runner runner = Runner.plain();

    private static Event arrival(Message message) {
        return new Event(Optional.of(message), Optional.empty());
    }

    private String follow(Message... messages) throws Exception {
        for (Message message : messages) {
            runner.fake.eventsOnFollow.add(arrival(message));
        }
        return runner.run("messages", "--follow", "--count", String.valueOf(messages.length))
                .replace(System.lineSeparator(), "\n");
    }

    @Test
    void sendGoesToTheContact() throws Exception {
        runner.run("send", "Only you", "--to", "bob", "--sign");
        assertEquals(
                new Send(Optional.empty(), true, "bob", "Only you", Optional.empty(), false, true),
                runner.fake.sent.get(0));
    }

    @Test
    void toAnOpenSessionItSimplyLeaves() throws Exception {
        assertEquals(
                "Message 101 to bob: 1 packet, 80 bytes, at most 41 sat.\nSending now.\n",
                runner.run("send", "Only you", "--to", "bob").replace(System.lineSeparator(), "\n"));
    }

    @Test
    void theFirstOneOpensASessionAndSaysWhoIsNotVerified() throws Exception {
        runner.fake.waits = "it waits for 'carol' to accept a session; their server must be running";
        runner.fake.opening = Optional.of(63L);
        assertEquals(
                "Message 101 to carol (unverified), signed: 1 packet, 80 bytes, at most 41 sat. Opening the "
                        + "session costs at most 63 sat more.\nOn hold: it waits for 'carol' to accept a session; their server "
                        + "must be running.\nNext: partyline:messages --follow shows "
                        + "replies.\n",
                runner.run("send", "Only you", "--to", "carol", "--sign").replace(System.lineSeparator(), "\n"));
    }

    @Test
    void whatItMayCostMoreAndWhatItsSenderShouldKnowIsSaidBeforeItLeaves() throws Exception {
        runner.fake.margin = 10;
        runner.fake.warnings = List.of("readers who are offline miss it");
        assertEquals(
                "Message 101 to bob: 1 packet, 80 bytes, at most 41 sat now, never more than 51 sat.\n"
                        + "Note: readers who are offline miss it.\nSending now.\n",
                runner.run("send", "Only you", "--to", "bob").replace(System.lineSeparator(), "\n"));
        JsonNode receipt = new ObjectMapper().readTree(runner.run("send", "Only you", "--to", "bob", "--json"));
        assertEquals(10, receipt.get("margin_sat").asInt());
        assertEquals(
                "readers who are offline miss it",
                receipt.get("warnings").get(0).asText());
    }

    @Test
    void aChannelAndAContactExcludeEachOther() {
        assertEquals(
                "Error: --channel and --to exclude each other: give one of the two",
                runner.refusal("send", "hello", "--channel", "lobby", "--to", "bob"));
        assertEquals(
                "Error: --channel and --contact exclude each other: give one of the two",
                runner.refusal("messages", "--channel", "lobby", "--contact", "bob"));
        assertEquals(
                "Error: there is no contact 'nobody': see partyline:contact-list",
                runner.refusal("send", "hello", "--to", "nobody"));
        assertTrue(runner.fake.sent.isEmpty());
    }

    @Test
    void messagesOfOneContactAreAskedFor() throws Exception {
        runner.run("messages", "--contact", "bob");
        assertEquals(
                new Query(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.of("bob")),
                runner.fake.queries.get(0));
    }

    @Test
    void theHeaderSaysWhatStandsBelow() throws Exception {
        assertTrue(runner.run("messages").contains(" WHERE "));
        runner.fake.inbox.keySet().removeIf(id -> id > 2);
        assertTrue(runner.run("messages").contains(" CHANNEL "));
        runner.fake.inbox.clear();
        runner.fake.inbox.put(5L, Samples.direct(5, "bob", "Hi", false, Optional.empty()));
        assertTrue(runner.run("messages").contains(" CONTACT "));
    }

    @Test
    void aContactIsCalledAsItIsCalledHereAndNotAsItCallsItself() throws Exception {
        String printed = follow(Samples.direct(11, "bob", "Hi", false, Optional.empty()));
        assertEquals("09:59:00  me ↔ bob  bob  Hi\n", printed);
    }

    @Test
    void noTextAndNoNicknameCanPretendToBeSigned() throws Exception {
        String signed = follow(Samples.direct(11, "bob", "Hi", false, Optional.of("bob")));
        assertEquals("09:59:00  signed by bob  me ↔ bob  bob  Hi\n", signed);
        Runner other = Runner.plain();
        other.fake.eventsOnFollow.add(
                arrival(Samples.message(12, "signed by bob  bob", Optional.of("signed by bob"), false)));
        assertEquals(
                "09:59:00  lobby  signed by bob  bob  signed by bob\n",
                other.run("messages", "--follow", "--count", "1").replace(System.lineSeparator(), "\n"));
    }

    @Test
    void aNoticeIsNobodysWords() throws Exception {
        assertEquals(
                "09:59:00  notice  me ↔ erin (verify again)  erin has new keys\n",
                follow(Samples.direct(11, "erin", "erin has new keys", true, Optional.empty())));
        String read = runner.run("read", "6");
        assertTrue(read.startsWith("Notice       of the conversation of me and erin (verify again)"), read);
        assertFalse(read.contains("From"), read);
    }

    @Test
    void aContactThatIsVerifiedMeanwhileLosesItsMark() throws Exception {
        runner.fake.eventsOnFollow.add(arrival(Samples.direct(11, "carol", "one", false, Optional.empty())));
        String before = runner.run("messages", "--follow", "--count", "1");
        runner.run("contact-verify", "carol", "--same");
        String after = runner.run("messages", "--follow", "--count", "1");
        assertTrue(before.contains("carol (unverified)"), before);
        assertTrue(after.contains("me ↔ carol  carol"), after);
    }

    @Test
    void readingShowsWhoSigned() throws Exception {
        String printed = runner.run("read", "5");
        assertTrue(printed.startsWith("From         carol (unverified)"), printed);
        assertTrue(printed.contains("To           me"), printed);
        assertTrue(printed.contains("Signed by    carol"), printed);
    }

    @Test
    void anUnknownKeyIsNoGoodNews() {
        Message unknown = Samples.direct(11, "bob", "Hi", false, Optional.of("an unknown key"));
        assertEquals(Style.WARN, MessageText.markStyle(unknown));
        Message bob = Samples.direct(11, "bob", "Hi", false, Optional.of("bob"));
        assertEquals(Style.GOOD, MessageText.markStyle(bob));
    }

    @Test
    void withoutContactsTheMessagesAreStillShown() throws Exception {
        FakeEngine fake = FakeEngine.furnished();
        String printed =
                new Runner(fake, FakeSession.withoutTerminal(), fake.engineWithout(Contacts.class)).run("messages");
        assertTrue(printed.contains("me ↔ carol  "), printed);
    }

    @Test
    void theOutboxSaysWhatASessionSendsItself() throws Exception {
        String printed = runner.run("outbox");
        assertTrue(printed.contains("WHAT") && printed.contains("handshake"), printed);
        runner.fake.outbox.remove(7L);
        assertTrue(runner.run("outbox").contains("TEXT"));
    }
}
