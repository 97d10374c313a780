package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.engine.Events;
import org.partyline.api.engine.Events.Event;
import org.partyline.api.engine.Events.Type;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.delivery.MessagingTables;
import org.partyline.messaging.mailbox.EventRecord;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Tests the event log of a server that receives messages from another one. */
class EventsTest {
    private static final String ONE = "programs";
    private static final String CONVERSATION = "bob/channel:lobby";

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void start() throws Exception {
        alice = TestServer.fresh(clock, nodeA);
        bob = TestServer.fresh(clock, nodeB);
        alice.personas().rename("me", "alice");
        bob.personas().rename("me", "bob");
        alice.join("lobby", Mode.RATCHET);
        bob.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private static List<Event> all(TestServer server, Selection seen) throws PartylineException {
        List<Event> all = new ArrayList<>();
        long cursor = 0;
        do {
            all.addAll(server.log().after(cursor, 3, seen));
            cursor = all.get(all.size() - 1).cursor();
        } while (all.get(all.size() - 1).type() != Type.CAUGHT_UP);
        return all;
    }

    private static List<Event> all(TestServer server) throws PartylineException {
        return all(server, Selection.EVERYTHING);
    }

    private static List<String> words(TestServer server) throws PartylineException {
        return all(server).stream()
                .map(event -> event.type().word()
                        + event.state().map(state -> " " + state).orElse(""))
                .toList();
    }

    private static Message received(TestServer server, String text) throws PartylineException {
        return server.messages().messages(Messages.Query.ALL).stream()
                .filter(message -> message.text().equals(Optional.of(text)))
                .findFirst()
                .orElseThrow();
    }

    private long send(String text, Duration ttl, boolean burn) throws PartylineException {
        return alice.messages()
                .send(new Messages.Send(Optional.empty(), "lobby", text, Optional.of(ttl), burn))
                .id();
    }

    /** Changes by other stages meanwhile are in the log, too. */
    @Test
    void noEventIsMissedWhileTheMailboxIsStopped() throws Exception {
        alice.know(bob, "bob");
        alice.stop("mailbox");
        alice.contacts().rename(Optional.empty(), "bob", "robert");
        alice.start("mailbox");
        alice.contacts().rename(Optional.empty(), "robert", "rob");
        assertEquals(
                List.of("contact added", "contact renamed", "contact renamed"),
                words(alice).stream().filter(word -> word.startsWith("contact")).toList());
    }

    /** A stream that began with the previous instance would otherwise be silent until the next event. */
    @Test
    void whoWaitsForAnEventLearnsOfOneWhileTheMessageServiceWasStopped() throws Exception {
        alice.know(bob, "bob");
        long cursor = alice.log().newest();
        alice.stop("messages");
        alice.contacts().rename(Optional.empty(), "bob", "robert");
        alice.start("messages");
        assertTrue(alice.log().await(cursor, Duration.ZERO));
        assertFalse(alice.log().await(alice.log().newest(), Duration.ZERO));
    }

    @Test
    void everyChangeOfAMessageIsAnEvent() throws Exception {
        long id = alice.send("lobby", "their at nine");
        TestServer.await("the message", () -> bob.received().contains("their at nine"));
        bob.conversations().react(received(bob, "their at nine").id(), "\u2713");
        TestServer.await("the reaction", () -> words(alice).contains("reaction"));
        alice.conversations().edit(id, "there at nine");
        TestServer.await("the edit", () -> words(bob).contains("edit"));
        TestServer.await("hers", () -> words(alice).contains("edit"));
        alice.conversations().forget(id);
        TestServer.await("the erasure", () -> words(bob).contains("erased"));

        assertEquals(List.of("message", "reaction", "edit", "erased", "message", "caught-up"), words(bob));
        List<String> hers = words(alice);
        assertEquals("state queued", hers.get(0));
        assertTrue(hers.containsAll(List.of("state relayed", "reaction", "edit", "erased")), hers::toString);
        Event first = all(bob).get(0);
        assertEquals(Optional.of(CONVERSATION), first.conversation());
        assertEquals(Optional.empty(), first.message());
    }

    /** Nobody can tell whether it was read, and its readers delete it then, too. */
    @Test
    void aMessageThatNoBlockHadAtTheEndOfItsTimeIsExpiredUntilABlockHasIt() throws Exception {
        send("the opener of the chain is tracked for longer", Duration.ofDays(2), false);
        long id = send("soon over", Duration.ofMinutes(10), false);
        TestServer.await("relayed", () -> {
            alice.round();
            return alice.state(id) == Messages.State.RELAYED;
        });
        clock.pass(Duration.ofMinutes(11));
        alice.keep();
        alice.round();
        assertEquals(Messages.State.EXPIRED, alice.state(id));
        assertTrue(words(alice).contains("state expired"), words(alice)::toString);
        assertTrue(
                alice.messages().outgoing(id).reason().endsWith("it may not have been read"),
                alice.messages().outgoing(id).reason());
        network.mine();
        TestServer.await("a late block", () -> alice.state(id) == Messages.State.CONFIRMED);
        assertEquals(
                List.of("state expired", "state in a block"),
                words(alice).stream()
                        .filter(word -> word.equals("state expired") || word.equals("state in a block"))
                        .distinct()
                        .toList());
    }

    @Test
    void whatTheServerReportsIsAnEventThatBelongsToNoConversation() throws Exception {
        Events log = bob.log();
        log.report(Type.NODE, "home", "lost");
        log.report(Type.DOCTOR, "backup", "warning");
        log.report(Type.NODE, "home", "returned");
        assertEquals(List.of("node lost", "doctor warning", "node returned", "caught-up"), words(bob));
        Event first = all(bob).get(0);
        assertEquals(Optional.of("home"), first.subject());
        assertEquals(Optional.empty(), first.conversation());
        assertEquals(OptionalLong.empty(), first.messageId());
        assertEquals(List.of(Type.CAUGHT_UP), types(all(bob, new Selection(Optional.empty(), Set.of(CONVERSATION)))));
        assertThrows(IllegalArgumentException.class, () -> log.report(Type.MESSAGE, "home", "lost"));
        assertEquals(3, log.newest());
        assertTrue(log.await(2, Duration.ZERO));

        bob = bob.restart(nodeB);
        assertEquals(Map.of("home", "returned"), bob.log().reported(Type.NODE));
        assertEquals(Map.of("backup", "warning"), bob.log().reported(Type.DOCTOR));
        assertEquals(Map.of(), bob.log().reported(Type.FEE));
        bob.vault().lock();
        assertThrows(StoreException.class, () -> bob.log().report(Type.FEE, "regtest", "1 sat/vB"));
    }

    @Test
    void aForgottenConsumerBeginsAnew() throws Exception {
        bob.log().report(Type.NODE, "home", "lost");
        assertEquals(1, bob.log().acknowledge(ONE, "bot", 1));
        bob.log().forget(ONE, "bot");
        bob.log().forget(ONE, "none");
        assertEquals(0, bob.log().acknowledged(ONE, "bot"));
    }

    @Test
    void withAnOwnerAllItsConsumersAreForgotten() throws Exception {
        bob.log().report(Type.NODE, "home", "lost");
        bob.log().acknowledge(ONE, "bot", 1);
        bob.log().acknowledge(ONE, "other", 1);
        bob.log().acknowledge("two", "bot", 1);
        bob.log().forget(ONE);
        assertEquals(0, bob.log().acknowledged(ONE, "bot"));
        assertEquals(0, bob.log().acknowledged(ONE, "other"));
        assertEquals(1, bob.log().acknowledged("two", "bot"));
    }

    @Test
    void aReaderOfOnePersonaSeesAndFindsNothingOfAnotherOne() throws Exception {
        bob.personas().create("carol");
        alice.send("lobby", "for bob");
        TestServer.await("it", () -> bob.received().contains("for bob"));
        Selection ofBob = new Selection(Optional.of("bob"), Set.of());
        Selection ofCarol = new Selection(Optional.of("carol"), Set.of());
        assertEquals(List.of(Type.MESSAGE, Type.CAUGHT_UP), types(all(bob, ofBob)));
        assertEquals(List.of(Type.CAUGHT_UP), types(all(bob, ofCarol)));
        assertEquals(
                List.of(Type.CAUGHT_UP), types(all(bob, new Selection(Optional.of("carol"), Set.of(CONVERSATION)))));
        for (Selection seen : List.of(ofBob, ofCarol)) {
            assertEquals(
                    seen == ofBob ? 1 : 0,
                    bob.conversations()
                            .search(new Conversations.Search("bob", Optional.empty(), seen, 10))
                            .size());
        }
    }

    @Test
    void contactsAndSessionsAreEvents() throws Exception {
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        alice.write("bob", "hello");
        TestServer.await("it", () -> bob.received().contains("hello"));
        TestServer.await("her session", () -> words(alice).contains("session open"));
        assertTrue(words(alice).containsAll(List.of("contact added", "session opening")), words(alice)::toString);
        assertTrue(words(bob).containsAll(List.of("contact added", "message")), words(bob)::toString);
    }

    @Test
    void aReaderOfSomeConversationsSeesOnlyTheirs() throws Exception {
        alice.join("attic", Mode.RATCHET);
        bob.join("attic", Mode.RATCHET);
        alice.send("lobby", "one");
        alice.send("attic", "two");
        TestServer.await("both", () -> bob.received().containsAll(List.of("one", "two")));
        List<Event> seen = all(bob, new Selection(Optional.empty(), Set.of(CONVERSATION)));
        assertEquals(List.of(Type.MESSAGE, Type.CAUGHT_UP), types(seen));
        assertEquals(Optional.of("one"), seen.get(0).message().orElseThrow().text());
        assertEquals(
                List.of(Type.CAUGHT_UP),
                types(all(bob, new Selection(Optional.empty(), Set.of("bob/channel:cellar")))));
    }

    /** A token's limits stay the same, whoever has the name later. */
    @Test
    void whatIsSelectedByItsNumberIsNeverAnotherOfTheSameName() throws Exception {
        Conversations conversations = bob.conversations();
        bob.know(alice, "friend");
        Selection both = new Selection(Optional.empty(), Set.of(CONVERSATION, "bob/contact:friend"));
        Conversations.Numbers numbers = conversations.numbers(both);
        assertEquals(both, conversations.named(numbers));

        bob.contacts().rename(Optional.empty(), "friend", "al");
        bob.personas().rename("bob", "rob");
        assertEquals(
                Set.of("rob/channel:lobby", "rob/contact:al"),
                conversations.named(numbers).ids());

        bob.channels().leave(Optional.empty(), "lobby");
        bob.join("lobby", Mode.RATCHET);
        bob.contacts().remove(Optional.empty(), "al");
        bob.know(alice, "al");
        assertEquals(Set.of(Selection.REMOVED), conversations.named(numbers).ids());
        assertThrows(NoSuchThingException.class, () -> conversations.numbers(both));
    }

    @Test
    void aPersonaThatIsSelectedByItsNumberIsNeverAnotherOfTheSameName() throws Exception {
        Conversations conversations = bob.conversations();
        bob.personas().create("carol");
        Selection ofCarol = new Selection(Optional.of("carol"), Set.of());
        Conversations.Numbers numbers = conversations.numbers(ofCarol);
        assertEquals(ofCarol, conversations.named(numbers));
        bob.personas().delete("carol");
        bob.personas().create("carol");
        assertEquals(
                Optional.of(Selection.REMOVED), conversations.named(numbers).persona());
    }

    private static List<Type> types(List<Event> events) {
        return events.stream().map(Event::type).toList();
    }

    @Test
    void whatExpiredBeforeItWasReadIsAGapAndItsNumberIsNotUsedAgain() throws Exception {
        send("short", Duration.ofMinutes(5), false);
        TestServer.await("it", () -> bob.received().contains("short"));
        long before = all(bob).get(0).cursor();
        clock.pass(Duration.ofHours(2));
        bob.keep();
        bob = bob.restart(nodeB);
        List<Event> gone = bob.log().after(0, Events.MOST, Selection.EVERYTHING);
        assertEquals(List.of(Type.GAP, Type.CAUGHT_UP), types(gone));
        assertEquals(OptionalLong.of(1), gone.get(0).from());
        assertEquals(before, gone.get(0).cursor());
        // A program that had read them misses nothing.
        assertEquals(List.of(Type.CAUGHT_UP), types(bob.log().after(before, Events.MOST, Selection.EVERYTHING)));

        alice.send("lobby", "later");
        TestServer.await("the next", () -> bob.received().contains("later"));
        List<Event> next = all(bob);
        assertEquals(List.of(Type.GAP, Type.MESSAGE, Type.CAUGHT_UP), types(next));
        assertEquals(before + 1, next.get(1).cursor());
        assertThrows(NoSuchThingException.class, () -> bob.log().after(before + 2, 1, Selection.EVERYTHING));
    }

    @Test
    void theLogHasNoWords() throws Exception {
        send("words to burn", Duration.ofDays(1), true);
        send("words to keep", Duration.ofDays(1), false);
        TestServer.await("both", () -> bob.received().containsAll(List.of("(burn)", "words to keep")));
        assertFalse(holds(bob, Set.of(EventRecord.TABLE), "words to"));
        assertTrue(holds(bob, Set.of(MessageRecord.TABLE), "words to burn"));
        Event burn = all(bob).stream()
                .filter(event -> event.message().filter(Message::burn).isPresent())
                .findFirst()
                .orElseThrow();
        assertEquals(Optional.empty(), burn.message().orElseThrow().text());

        assertEquals(
                Optional.of("words to burn"),
                bob.messages().read(burn.messageId().getAsLong()).text());
        assertFalse(holds(bob, MessagingTables.ALL, "words to burn"));
        Event after = all(bob).stream()
                .filter(event -> event.cursor() == burn.cursor())
                .findFirst()
                .orElseThrow();
        assertEquals(Optional.empty(), after.message());
        assertTrue(all(bob).stream()
                .anyMatch(event ->
                        event.type() == Type.ERASED && event.messageId().equals(burn.messageId())));
    }

    private static boolean holds(TestServer server, Set<String> tables, String words) throws StoreException {
        return server.store.transact(tx -> {
            for (String table : tables) {
                for (StoredRecord one : tx.list(table)) {
                    if (new String(one.value(), StandardCharsets.ISO_8859_1).contains(words)) {
                        return true;
                    }
                }
            }
            return false;
        });
    }

    @Test
    void whatIsLeftLeavesNoEvents() throws Exception {
        alice.send("lobby", "one");
        TestServer.await("it", () -> bob.received().contains("one"));
        bob.channels().leave(Optional.empty(), "lobby");
        assertEquals(List.of(Type.GAP, Type.CAUGHT_UP), types(all(bob)));
    }

    @Test
    void aReaderWaitsForTheNextEvent() throws Exception {
        alice.send("lobby", "one");
        TestServer.await("it", () -> bob.received().contains("one"));
        long read = all(bob).get(0).cursor();
        assertFalse(bob.log().await(read, Duration.ZERO));
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Boolean> waiting = thread.submit(() -> bob.log().await(read, Duration.ofMinutes(2)));
            alice.send("lobby", "two");
            assertTrue(waiting.get());
        } finally {
            thread.shutdownNow();
        }
    }

    @Test
    void aConsumerNeverGoesBackAndHasAName() throws Exception {
        alice.send("lobby", "one");
        TestServer.await("it", () -> bob.received().contains("one"));
        long last = all(bob).get(0).cursor();
        assertEquals(0, bob.log().acknowledged(ONE, "bot"));
        assertEquals(last, bob.log().acknowledge(ONE, "bot", last));
        assertEquals(last, bob.log().acknowledge(ONE, "bot", last - 1));
        assertEquals(0, bob.log().acknowledged("others", "bot"));
        assertThrows(NoSuchThingException.class, () -> bob.log().acknowledge(ONE, "bot", last + 1));
        assertThrows(NoSuchThingException.class, () -> bob.log().acknowledge(ONE, "a bot", last));
        bob = bob.restart(nodeB);
        assertEquals(last, bob.log().acknowledged(ONE, "bot"));
    }

    /**
     * Otherwise, a program that waits for events would poll without a pause, and the processor load would reveal that
     * there was another store.
     */
    @Test
    void afterADuressUnlockNobodyIsToldOfEventsOfTheErasedStore() throws Exception {
        char[] duress = "another passphrase".toCharArray();
        bob.vault().setDuress(TestServer.STORE_PASSPHRASE, duress);
        alice.send("lobby", "one");
        TestServer.await("it", () -> bob.received().contains("one"));
        bob.vault().lock();
        bob.vault().unlock(duress);
        assertEquals(0, bob.log().newest());
        assertFalse(bob.log().await(0, Duration.ZERO));
        bob.join("lobby", Mode.RATCHET);
        alice.send("lobby", "two");
        TestServer.await("the other", () -> bob.received().contains("two"));
        assertTrue(bob.log().await(0, Duration.ZERO));
    }

    /** Neither the edit's text nor the reaction is kept longer than the message. */
    @Test
    void remarksThatWereNotSentBeforeALongLockAreReported() throws Exception {
        long own = alice.send("lobby", "their at nine");
        TestServer.await("it", () -> bob.received().contains("their at nine"));
        nodeA.down = true;
        long edit = alice.conversations().edit(own, "there at nine").id();
        long reaction = alice.conversations().react(own, "\u2713").id();
        // As in a locked store, nobody but the store itself ends them.
        alice.stop("delivery");
        clock.pass(Duration.ofDays(20));
        alice.store.update(tx -> tx.deleteExpired(clock.instant()));
        alice.vault().lock();
        alice.start("delivery");
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        for (long id : List.of(edit, reaction)) {
            Outgoing left = alice.messages().outgoing(id);
            assertEquals(State.EXPIRED, left.state());
            assertEquals("its time to live ended before it could be sent", left.reason());
            assertEquals(id == edit ? "edit" : "reaction", left.kind());
            assertEquals(0, left.textBytes());
        }
        clock.pass(Duration.ofDays(40));
        alice.store.update(tx -> tx.deleteExpired(clock.instant()));
        alice.vault().lock();
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        assertThrows(PartylineException.class, () -> alice.messages().outgoing(edit));
    }

    /** A program that may be killed at any time, and knows only the reported events. */
    private final class Consumer {
        private final String name;
        private final List<Long> cursors = new ArrayList<>();
        private final List<String> texts = new ArrayList<>();

        Consumer(String name) {
            this.name = name;
        }

        /**
         * Handles some events, and acknowledges some of them; whether the last of these was acknowledged is unknown.
         */
        void step(Random random) throws PartylineException {
            long begin = bob.log().acknowledged(ONE, name);
            List<Event> some = bob.log().after(begin, 1 + random.nextInt(7), Selection.EVERYTHING);
            int dealt = random.nextInt(some.size() + 1);
            for (Event event : some.subList(0, dealt)) {
                if (event.type() == Type.CAUGHT_UP) {
                    return;
                }
                assertFalse(event.type() == Type.GAP, "nothing expired");
                bob.log().acknowledge(ONE, name, event.cursor());
                cursors.add(event.cursor());
                event.message().flatMap(Message::text).ifPresent(texts::add);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void eachConsumerHasAcknowledgedEachEventOnceThroughRestarts(long seed) throws Exception {
        Random random = new Random(seed);
        List<Consumer> consumers = List.of(new Consumer("one"), new Consumer("two"), new Consumer("three"));
        List<String> sent = new ArrayList<>();
        for (int step = 0; step < 120; step++) {
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    sent.add("message " + sent.size());
                    alice.send("lobby", sent.get(sent.size() - 1));
                }
                case 2 -> {
                    if (random.nextInt(4) == 0) {
                        bob = bob.restart(nodeB);
                    }
                }
                default -> consumers.get(random.nextInt(3)).step(random);
            }
        }
        TestServer.await("all messages", () -> bob.received().containsAll(sent));
        List<Event> all = all(bob);
        List<Long> expected = all.stream()
                .filter(event -> event.type() != Type.CAUGHT_UP)
                .map(Event::cursor)
                .toList();
        for (Consumer consumer : consumers) {
            while (bob.log().acknowledged(ONE, consumer.name) < expected.get(expected.size() - 1)) {
                consumer.step(random);
            }
            assertEquals(expected, consumer.cursors, consumer.name);
            assertEquals(new HashSet<>(sent), new HashSet<>(consumer.texts));
            assertEquals(sent.size(), consumer.texts.size(), consumer.texts::toString);
        }
    }

    @Test
    void afterEachTransactionEachMessageHasItsEvent() throws Exception {
        AtomicReference<String> wrong = new AtomicReference<>();
        bob.store.afterChange = () -> check(wrong);
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        for (int i = 0; i < 5; i++) {
            alice.send("lobby", "message " + i);
            alice.write("bob", "to you " + i);
            bob.send("lobby", "answer " + i);
        }
        TestServer.await("all", () -> bob.received().size() == 10);
        TestServer.await("his", () -> alice.received().size() == 5);
        bob.store.afterChange = () -> {};
        assertEquals(null, wrong.get());
    }

    /** If a server is killed now, it has what is in the store now. */
    private void check(AtomicReference<String> wrong) {
        try {
            bob.store.<Void, StoreException>transact(tx -> {
                Set<Long> told = new HashSet<>();
                Tables.all(tx, EventRecord.TABLE, EventRecord.class).forEach(event -> told.add(event.message()));
                Tables.forEach(tx, MessageRecord.TABLE, MessageRecord.class, message -> {
                    if (!told.contains(message.id())) {
                        wrong.set("message " + message.id() + " has no event");
                    }
                });
                return null;
            });
        } catch (StoreException e) {
            wrong.set(e.toString());
        }
    }
}
