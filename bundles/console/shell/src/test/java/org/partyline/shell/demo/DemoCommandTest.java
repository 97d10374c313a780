package org.partyline.shell.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.api.engine.Messages;
import org.partyline.api.store.Store;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

class DemoCommandTest {
    private final FakeEngine fake = new FakeEngine();
    private final List<Duration> pauses = new ArrayList<>();

    private Runner runner(FakeSession session) {
        fake.state = Store.State.NEW;
        return new Runner(fake, session, fake.engine(), pauses::add);
    }

    @Test
    void twoPersonasTalkAndEachLineArrives() throws Exception {
        String printed = runner(FakeSession.withoutTerminal()).run("demo", "--json");
        assertEquals(1, printed.lines().count());
        JsonNode messages = new ObjectMapper().readTree(printed).get("messages");
        assertEquals(6, messages.size());
        for (JsonNode message : messages) {
            assertFalse(message.get("text").asText().isEmpty());
            assertEquals(
                    Samples.TXID.toString(), message.get("transactions").get(0).asText());
            assertEquals(41, message.get("fee_sat").asInt());
        }
        assertEquals(6, fake.sent.size());
        assertEquals(1, fake.sent.stream().filter(Messages.Send::burn).count());
        assertEquals(
                List.of("alice", "bob"),
                fake.channels.stream().map(Channel::persona).toList());
        assertEquals(Map.of("embedded embedded", Map.of("block-interval", "5s")), fake.added);
        assertEquals(
                1,
                fake.sent.stream()
                        .filter(message -> message.text().length() > 200)
                        .count());
    }

    @Test
    void aBurnMessageIsGoneOnceItWasShown() throws Exception {
        runner(FakeSession.withoutTerminal()).run("demo");
        assertTrue(fake.inbox.values().stream().noneMatch(Messages.Message::burn));
    }

    @Test
    void itsPassphrasesAreRandomWipedAndNeverShown() throws Exception {
        String printed = runner(FakeSession.withTerminal(80, 60)).run("demo");
        assertEquals(3, fake.secretTexts.size());
        assertEquals(32, fake.secretTexts.get(0).length());
        assertNotEquals(fake.secretTexts.get(0), fake.secretTexts.get(1));
        assertEquals(fake.secretTexts.get(1), fake.secretTexts.get(2));
        fake.secretTexts.forEach(secret -> assertFalse(printed.contains(secret)));
        fake.secrets.forEach(secret -> assertArrayEquals(new char[secret.length], secret));
    }

    /** Only the start script knows whether the directory is temporary. */
    @Test
    void itDoesNotPromiseThatItsDataIsErased() throws Exception {
        String printed = runner(FakeSession.withoutTerminal()).run("demo");
        assertTrue(printed.contains("nobody can open the store again"), printed);
        assertFalse(printed.contains("data is erased"), printed);
    }

    @Test
    void itFitsTheTerminal() throws Exception {
        String printed = runner(FakeSession.withTerminal(84, 60)).run("demo");
        AttributedString.stripAnsi(printed)
                .lines()
                .forEach(line -> assertTrue(new AttributedString(line).columnLength() <= 84, "too wide: " + line));
        assertEquals(6, pauses.size());
    }

    @Test
    void whoWantsToTalkIsShownTheCommandThatNeedsNoQuotes() throws Exception {
        String printed = runner(FakeSession.withoutTerminal()).run("demo");
        assertTrue(printed.contains("  say Hello again, it's $5 "), printed);
        assertTrue(printed.contains("  say --persona bob Hi "), printed);
        assertFalse(printed.contains("send"), printed);
    }

    @Test
    void anOldStoreIsLeftAlone() {
        Runner runner = runner(FakeSession.withoutTerminal());
        fake.state = Store.State.OPEN;
        assertEquals(
                "Error: the demo requires a new data directory, but this one has a store: start it with ./partyline demo",
                runner.refusal("demo"));
    }

    @Test
    void aMessageThatFailsEndsItWithALine() {
        Runner runner = runner(FakeSession.withoutTerminal());
        fake.sentState = Messages.State.FAILED;
        fake.deaf = true;
        assertEquals("Error: message 101 was not sent, it is failed", runner.refusal("demo"));
        assertTrue(fake.followers.isEmpty());
    }
}
