package org.partyline.shell.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Events.Type;
import org.partyline.shell.testing.FakeEvents;
import org.partyline.shell.testing.Runner;

class EventsCommandTest {
    private final Runner runner = Runner.plain();
    private final FakeEvents events = runner.fake.events;

    /** Runs until Ctrl-C. */
    private List<JsonNode> follow(String... words) throws Exception {
        List<String> line = new ArrayList<>(List.of("--json", "--follow"));
        line.addAll(List.of(words));
        List<JsonNode> printed = new ArrayList<>();
        for (String one :
                runner.run("events", line.toArray(String[]::new)).lines().toList()) {
            printed.add(new ObjectMapper().readTree(one));
        }
        return printed;
    }

    private static List<String> types(List<JsonNode> events) {
        return events.stream().map(event -> event.get("type").asText()).toList();
    }

    @Test
    void whatExpiredIsToldInItsPlace() throws Exception {
        List<String> lines = runner.run("events", "--after", "1").lines().toList();
        assertEquals(3, lines.size(), lines::toString);
        assertEquals("events 2 to 3 expired before they were read", lines.get(0));
        assertTrue(lines.get(1).startsWith("4  ") && lines.get(1).endsWith("  message  message 1  me/channel:lobby"));
        assertTrue(lines.get(2).endsWith("  state in a block  message 3  me/channel:lobby"), lines.get(2));
    }

    @Test
    void whatHappenedToANodeNamesIt() throws Exception {
        events.all.add(FakeEvents.node(6, "home", "lost"));
        List<String> lines = runner.run("events", "--after", "5").lines().toList();
        assertTrue(lines.get(0).endsWith("  node home lost"), lines::toString);
        assertEquals("home", follow("--after", "5").get(0).get("subject").asText());
    }

    @Test
    void aFollowerPrintsALineForEachEventAndTheEndOnce() throws Exception {
        for (long cursor = 6; cursor < 8; cursor++) {
            events.coming.add(FakeEvents.event(
                    cursor, Type.SESSION, OptionalLong.empty(), Optional.of("open"), Optional.empty()));
        }
        List<JsonNode> printed = follow("--after", "3");
        assertEquals(List.of("message", "state", "caught-up", "session", "session"), types(printed));
        assertEquals("Hello there", printed.get(0).get("message").get("text").asText());
        assertEquals(Map.of(), events.acknowledged);
    }

    @Test
    void nowIsAfterAllEventsThatThereAre() throws Exception {
        events.coming.add(
                FakeEvents.event(6, Type.SESSION, OptionalLong.empty(), Optional.of("open"), Optional.empty()));
        assertEquals(List.of("caught-up", "session"), types(follow("--after", "now")));
    }

    @Test
    void aConsumerGoesOnAfterWhatItAcknowledged() throws Exception {
        events.acknowledged.put("console/bot", 4L);
        assertEquals(List.of("state", "caught-up"), types(follow("--ack", "bot")));
        assertEquals(Map.of("console/bot", 5L), events.acknowledged);
    }

    @Test
    void anEventThatWasNotPrintedIsNotAcknowledged() {
        events.acknowledged.put("console/bot", 3L);
        AtomicInteger left = new AtomicInteger(1);
        runner.session.console(new PrintStream(OutputStream.nullOutputStream()) {
            @Override
            public boolean checkError() {
                return left.getAndDecrement() <= 0;
            }
        });
        assertTrue(runner.refusal("events", "--ack", "bot").contains("stopped before event 5"));
        assertEquals(Map.of("console/bot", 4L), events.acknowledged);
    }

    @Test
    void aNumberThatIsNoneIsRefused() {
        assertEquals(
                "Error: --after must be the number of an event, or now, not many",
                runner.refusal("events", "--after", "many").strip());
        assertTrue(runner.refusal("events", "--after", "1", "--ack", "bot").contains("exclude each other"));
    }
}
