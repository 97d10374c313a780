package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.engine.Events;
import org.partyline.api.engine.Events.Event;
import org.partyline.api.engine.Events.Type;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.messaging.mailbox.EventLog;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.testkit.Eventually;

/** The event log as programs read it: in parts, with gaps, by conversation, and at the pace of each consumer. */
class EventServiceTest {
    private static final String OWNER = "programs";

    private ConversationBench bench;

    @BeforeEach
    void lobby() throws Exception {
        bench = new ConversationBench();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void report(String state) throws Exception {
        bench.events.report(Type.NODE, "home", state);
    }

    /** Expires the events of the messages that were received, which are kept for an hour. */
    private void expireMessages() throws Exception {
        bench.stage.clock.pass(Duration.ofHours(1));
        bench.stage.store.update(tx -> tx.deleteExpired(bench.stage.clock.instant()));
    }

    /** Returns the types and numbers of events, and where gaps begin. */
    private List<String> after(long cursor, int most) throws Exception {
        return bench.events.after(cursor, most, Selection.EVERYTHING).stream()
                .map(EventServiceTest::words)
                .toList();
    }

    private static String words(Event event) {
        return event.type().word()
                + " "
                + event.cursor()
                + (event.from().isPresent() ? " from " + event.from().getAsLong() : "");
    }

    @Test
    void aReaderAsksForOneToFiveHundredEventsAfterAKnownOne() throws Exception {
        report("lost");
        for (int most : List.of(0, Events.MOST + 1)) {
            assertEquals(
                    "ask for 1 to 500 events, not " + most,
                    assertThrows(NoSuchThingException.class, () -> after(0, most))
                            .getMessage());
        }
        for (long cursor : List.of(-1L, 2L)) {
            assertEquals(
                    "there is no event " + cursor
                            + ": the newest one is 1; this is another store, or the number is wrong. Begin again after 0",
                    assertThrows(NoSuchThingException.class, () -> after(cursor, 1))
                            .getMessage());
        }
        assertEquals(List.of("node 1"), after(0, 1));
        assertEquals(List.of("caught-up 1"), after(1, 1));
        assertEquals(List.of("node 1", "caught-up 1"), after(0, Events.MOST));
    }

    @Test
    void theEndIsToldInThePartThatHasRoomForIt() throws Exception {
        assertEquals(List.of("caught-up 0"), after(0, 1));
        for (int i = 0; i < 3; i++) {
            report("lost");
        }
        assertEquals(3, bench.events.newest());
        assertEquals(List.of("node 1", "node 2"), after(0, 2));
        assertEquals(List.of("node 3", "caught-up 3"), after(2, 2));
        assertEquals(List.of("node 1", "node 2", "node 3"), after(0, 3));
    }

    @Test
    void eventsThatExpiredAreAGap() throws Exception {
        report("lost");
        bench.receive("carol", "one");
        bench.receive("carol", "two");
        report("returned");
        bench.receive("carol", "three");
        assertEquals(List.of("node 1", "message 2", "message 3", "node 4", "message 5", "caught-up 5"), after(0, 10));
        expireMessages();
        assertEquals(List.of("node 1", "gap 3 from 2", "node 4", "gap 5 from 5", "caught-up 5"), after(0, 10));
        assertEquals(List.of("node 1", "gap 3 from 2"), after(0, 2));
        assertEquals(List.of("gap 3 from 2"), after(1, 1));
        assertEquals(List.of("gap 3 from 3", "node 4"), after(2, 2));
        assertEquals(List.of("node 4", "gap 5 from 5"), after(3, 2));
        assertEquals(List.of("gap 5 from 5", "caught-up 5"), after(4, 2));
    }

    @Test
    void aGapBeforeAnEventOfAnotherConversationIsToldWithTheNextOne() throws Exception {
        bench.receive("carol", "one");
        report("lost");
        Selection lobby = new Selection(Optional.empty(), Set.of("alice/channel:lobby"));
        assertEquals(
                List.of("message 1", "caught-up 2"),
                bench.events.after(0, 10, lobby).stream()
                        .map(EventServiceTest::words)
                        .toList());
        expireMessages();
        bench.receive("carol", "two");
        assertEquals(
                List.of("gap 2 from 1", "message 3", "caught-up 3"),
                bench.events.after(0, 10, lobby).stream()
                        .map(EventServiceTest::words)
                        .toList());
    }

    @Test
    void anEventShowsItsMessageUntilThatExpires() throws Exception {
        long id = bench.receive(bench.lobby, "carol", SignerId.NOBODY, "hello", false);
        report("lost");
        Event message = bench.events.after(0, 10, Selection.EVERYTHING).get(0);
        assertEquals(OptionalLong.of(id), message.messageId());
        assertEquals(Optional.of("hello"), message.message().orElseThrow().text());
        assertEquals(Optional.of("alice/channel:lobby"), message.conversation());
        assertEquals(Optional.empty(), message.subject());
        assertEquals(Optional.empty(), message.state());
        assertEquals(Optional.of(bench.stage.clock.instant()), message.time());
        Event node = bench.events.after(1, 10, Selection.EVERYTHING).get(0);
        assertEquals(OptionalLong.empty(), node.messageId());
        assertEquals(Optional.empty(), node.message());
        assertEquals(Optional.empty(), node.conversation());
        assertEquals(Optional.of("home"), node.subject());
        assertEquals(Optional.of("lost"), node.state());
        bench.stage.clock.pass(Duration.ofHours(1));
        assertEquals(
                Optional.empty(),
                bench.events.after(0, 1, Selection.EVERYTHING).get(0).message());
    }

    @Test
    void aReaderWaitsUntilThereIsAnEventThatItHasNotRead() throws Exception {
        report("lost");
        assertTrue(bench.events.await(0, Duration.ZERO));
        assertFalse(bench.events.await(1, Duration.ofMillis(1)));
        for (Object event : List.of(new EventLog.Added(2), new EventLog.Opened(7))) {
            CompletableFuture<Boolean> waiting = new CompletableFuture<>();
            long read = event instanceof EventLog.Added ? 1 : 2;
            Thread reader = new Thread(() -> {
                try {
                    waiting.complete(bench.events.await(read, Duration.ofMinutes(2)));
                } catch (InterruptedException e) {
                    waiting.completeExceptionally(e);
                }
            });
            reader.start();
            Eventually.that("it waits", () -> reader.getState() == Thread.State.TIMED_WAITING);
            bench.stage.bus.publish(new EventLog.Added(1));
            Eventually.that("it still waits", () -> reader.getState() == Thread.State.TIMED_WAITING);
            bench.stage.bus.publish(event);
            assertTrue(waiting.get());
        }
        bench.stage.bus.publish(new EventLog.Opened(1));
        assertFalse(bench.events.await(1, Duration.ZERO), "it is another store");
    }

    @Test
    void anInstanceThatBeginsBesideAnOpenStoreKnowsItsEvents() throws Exception {
        report("lost");
        bench.begin();
        assertTrue(bench.events.await(0, Duration.ZERO));
        assertFalse(bench.events.await(1, Duration.ZERO));
    }

    @Test
    void aConsumerHasANameAndNeverGoesBack() throws Exception {
        report("lost");
        report("returned");
        assertEquals(0, bench.events.acknowledged(OWNER, "bot"));
        assertEquals(1, bench.events.acknowledge(OWNER, "bot", 1));
        assertEquals(2, bench.events.acknowledge(OWNER, "bot", 2));
        assertEquals(2, bench.events.acknowledge(OWNER, "bot", 1));
        assertEquals(2, bench.events.acknowledged(OWNER, "bot"));
        assertEquals(0, bench.events.acknowledged("others", "bot"));
        for (String name : List.of("", "a bot", ".bot", "x".repeat(33))) {
            assertThrows(NoSuchThingException.class, () -> bench.events.acknowledge(OWNER, name, 1));
            assertThrows(NoSuchThingException.class, () -> bench.events.acknowledged(OWNER, name));
        }
        assertThrows(NoSuchThingException.class, () -> bench.events.acknowledge(OWNER, "bot", 3));
    }

    @Test
    void anOwnerHasAHundredConsumers() throws Exception {
        report("lost");
        for (int i = 0; i < 100; i++) {
            bench.events.acknowledge(OWNER, "bot-" + i, 0);
        }
        assertTrue(assertThrows(NoSuchThingException.class, () -> bench.events.acknowledge(OWNER, "one-more", 1))
                .getMessage()
                .startsWith("there are 100 consumers: use one of them"));
        assertEquals(1, bench.events.acknowledge(OWNER, "bot-7", 1));
        assertEquals(1, bench.events.acknowledge("others", "bot", 1));
        bench.events.forget(OWNER, "bot-7");
        assertEquals(0, bench.events.acknowledged(OWNER, "bot-7"));
        assertEquals(1, bench.events.acknowledge(OWNER, "one-more", 1));
        bench.events.forget(OWNER);
        assertEquals(0, bench.events.acknowledged(OWNER, "one-more"));
        assertEquals(1, bench.events.acknowledged("others", "bot"));
    }

    /** Nothing happened for a long time: a consumer that has read everything is told of no gap. */
    @Test
    void aConsumerOfAQuietServerKnowsWhatItHasRead() throws Exception {
        report("lost");
        bench.events.acknowledge(OWNER, "bot", 1);
        bench.stage.clock.pass(Duration.ofDays(100));
        bench.stage.store.update(tx -> tx.deleteExpired(bench.stage.clock.instant()));
        report("returned");
        assertEquals(
                List.of(Type.NODE, Type.CAUGHT_UP),
                bench.events.after(bench.events.acknowledged(OWNER, "bot"), 9, Selection.EVERYTHING).stream()
                        .map(Event::type)
                        .toList());
    }

    @Test
    void idleConsumersMakeRoomForNewOnes() throws Exception {
        report("lost");
        for (int i = 0; i < 100; i++) {
            bench.events.acknowledge(OWNER, "bot-" + i, 1);
        }
        bench.stage.clock.pass(Duration.ofDays(90));
        bench.events.acknowledge(OWNER, "bot-7", 1);
        assertThrows(NoSuchThingException.class, () -> bench.events.acknowledge(OWNER, "one-more", 1));
        bench.stage.clock.pass(Duration.ofSeconds(1));
        assertEquals(1, bench.events.acknowledge(OWNER, "one-more", 1));
        assertEquals(1, bench.events.acknowledged(OWNER, "bot-7"));
        assertEquals(0, bench.events.acknowledged(OWNER, "bot-8"));
    }

    @Test
    void theServersLastReportsAreKnown() throws Exception {
        assertFalse(bench.events.await(0, Duration.ZERO));
        report("lost");
        bench.events.report(Type.DOCTOR, "backup", "warning");
        report("returned");
        assertEquals(Map.of("home", "returned"), bench.events.reported(Type.NODE));
        assertEquals(Map.of("backup", "warning"), bench.events.reported(Type.DOCTOR));
        assertEquals(Map.of(), bench.events.reported(Type.FEE));
        assertTrue(bench.events.await(2, Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> bench.events.report(Type.MESSAGE, "home", "lost"));
    }
}
