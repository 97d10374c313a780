package org.partyline.webapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.web.WebEvents;
import org.partyline.api.web.WebProblem;

class LogTest {
    private final FakeServer server = new FakeServer();
    private final Caller caller = new Caller(server);

    @BeforeEach
    void send() throws Exception {
        for (int i = 0; i < 4; i++) {
            caller.post("lobby", "{\"text\":\"hello\"}", (String) null);
        }
    }

    private String events(Map<String, String> query) throws Exception {
        return Caller.text(caller.get("/v1/events", Map.of(), query));
    }

    private static List<String> ids(WebEvents events) throws Exception {
        return events.next(Duration.ZERO).stream().map(WebEvents.Event::id).toList();
    }

    @Test
    void eventsAreAskedForByPages() throws Exception {
        assertTrue(events(Map.of()).contains("\"cursor\":1") && events(Map.of()).contains("caught-up"));
        String page = events(Map.of("after", "1", "limit", "2"));
        assertTrue(page.startsWith("{\"events\":[{\"cursor\":2,\"type\":\"state\""), page);
        assertFalse(page.contains("\"cursor\":4") || page.contains("caught-up"), page);
        for (String wrong : List.of("-1", "many", "")) {
            assertThrows(WebProblem.class, () -> events(Map.of("after", wrong)));
        }
        assertThrows(WebProblem.class, () -> events(Map.of("limit", "501")));
    }

    @Test
    void aLimitedTokenSeesOnlyTheEventsOfItsConversations() throws Exception {
        caller.limitedTo("me/contact:bob");
        String seen = events(Map.of());
        assertTrue(seen.contains("me/contact:bob"), seen);
        assertFalse(seen.contains("lobby"), seen);
        WebEvents stream = caller.stream(Map.of(), null).events().orElseThrow();
        assertEquals(List.of("1", "3", "4"), ids(stream));
        assertEquals(List.of(), ids(stream));
    }

    @Test
    void aStreamBeginsAfterTheLastEventOfTheReaderAndTellsTheEndOnce() throws Exception {
        WebEvents stream = caller.stream(Map.of("after", "1"), "2").events().orElseThrow();
        assertEquals(List.of("3", "4", "4"), ids(stream));
        assertEquals(List.of(), ids(stream));
        caller.post("lobby", "{\"text\":\"hello\"}", (String) null);
        assertEquals(List.of("5"), ids(stream));
        assertThrows(NoSuchThingException.class, () -> caller.stream(Map.of(), "9"));
        assertThrows(WebProblem.class, () -> caller.stream(Map.of(), "x"));
    }

    @Test
    void nowIsAfterAllEventsThatThereAre() throws Exception {
        assertEquals(1, events(Map.of("after", "now")).split("\"cursor\"", -1).length - 1);
        assertTrue(events(Map.of("after", "now")).startsWith("{\"events\":[{\"cursor\":4,\"type\":\"caught-up\""));
        WebEvents stream = caller.stream(Map.of("after", "now"), null).events().orElseThrow();
        assertEquals(List.of("4"), ids(stream));
        caller.post("lobby", "{\"text\":\"hello\"}", (String) null);
        assertEquals(List.of("5"), ids(stream));
        // A reader that returns continues where it was, rather than at the newest event.
        WebEvents back = caller.stream(Map.of("after", "now"), "4").events().orElseThrow();
        assertEquals(List.of("5", "5"), ids(back));
        assertThrows(WebProblem.class, () -> events(Map.of("after", "Now")));
    }

    @Test
    void aConsumerBelongsToItsToken() throws Exception {
        assertEquals("{\"name\":\"bot\",\"acknowledged\":3}", Caller.text(caller.acknowledge("bot", "{\"cursor\":3}")));
        assertEquals(Map.of("0123456789abcdef/bot", 3L), server.acknowledged);
        assertEquals(
                "{\"name\":\"bot\",\"acknowledged\":3}",
                Caller.text(caller.get(Caller.CONSUMER, Map.of("name", "bot"), Map.of())));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"cursor\":-1}",
                "{\"cursor\":\"3\"}",
                "{\"cursor\":3.5}",
                "{\"cursor\":3,\"more\":1}",
                "{\"cursor\":99999999999999999999}"
            })
    void anAcknowledgementThatIsNoneIsRefused(String body) {
        WebProblem problem = assertThrows(WebProblem.class, () -> caller.acknowledge("bot", body));
        assertEquals(400, problem.status());
        assertEquals(Map.of(), server.acknowledged);
    }
}
