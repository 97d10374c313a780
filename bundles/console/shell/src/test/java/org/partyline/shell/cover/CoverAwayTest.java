package org.partyline.shell.cover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Messages;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

/** While the cover service is not running, its own commands report that, and every other one works. */
class CoverAwayTest {
    private final FakeEngine fake = FakeEngine.furnished();
    private Runner runner;

    @BeforeEach
    void takeCoverAway() {
        runner = new Runner(fake, FakeSession.withoutTerminal(), fake.engineWithout(Cover.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"decoy-start", "decoy-stop", "decoy-status"})
    void itsOwnCommandsSayThatItIsAway(String command) {
        String said = runner.refusal(command);
        assertTrue(said.startsWith("Error: the cover service is not running: try again shortly"), said);
    }

    @Test
    void statusShowsAllTheRest() throws Exception {
        assertTrue(
                runner.run("status").contains("Cover     none: its service is not running (see the warnings below)"));
        assertTrue(new ObjectMapper()
                .readTree(runner.run("status", "--json"))
                .get("cover")
                .isNull());
    }

    @Test
    void feesShowAllTheRest() throws Exception {
        assertTrue(runner.run("fee-status").contains("any 24 hours"));
        assertTrue(new ObjectMapper()
                .readTree(runner.run("fee-status", "--json"))
                .get("cover")
                .isNull());
    }

    @Test
    void aCapIsSet() throws Exception {
        assertTrue(runner.run("fee-limit", "--day", "1000sat").contains("any 24 hours"));
    }

    @Test
    void aMessageIsSent() throws Exception {
        assertTrue(runner.run("send", "hello").contains("Sending"));
        assertEquals(
                List.of("hello"), fake.sent.stream().map(Messages.Send::text).toList());
    }

    @Test
    void aMessageIsRecalled() throws Exception {
        fake.outbox.put(9L, Samples.outgoing(9, "me", "lobby", Messages.State.SENT, ""));
        assertTrue(runner.run("recall", "9").contains("recalled"));
    }
}
