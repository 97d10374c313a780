package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Change;
import org.partyline.api.engine.Sessions;
import org.partyline.cover.PoissonTiming;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecordBuilder;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.store.Tables;
import org.partyline.storejdbc.Bench;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;
import org.partyline.vault.MachineStore;
import org.partyline.vault.StoreCost;

/**
 * Measures the cost of receiving each kind of packet, with many stored messages: a packet costs its sender a few
 * satoshi, so none may cost more for each stored message. {@code -Darrivals=10000} prints the table of
 * docs/benchmarks.md.
 */
class ArrivalCostTest {
    private static final int KEPT = Integer.getInteger("arrivals", 1_000);
    /**
     * The maximum number of records that any packet opens. A chain has up to 100 messages, which a receipt covers
     * (PROTOCOL 5).
     */
    private static final int MOST_OPENED = 200;

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private final StoreCost cost = new StoreCost("partyline-intake");
    private final Map<String, String> costs = new LinkedHashMap<>();
    private final List<String> tooMany = new ArrayList<>();
    private TestServer alice;
    private TestServer bob;
    private Bench disk;

    @AfterEach
    void close() {
        alice.close();
        bob.close();
        disk.close();
    }

    @FunctionalInterface
    private interface Step {
        void run() throws Exception;
    }

    private void measure(String kind, Step step, Predicate<Messages.Event> arrived) throws Exception {
        measure(kind, step, () -> bob.events.stream().anyMatch(arrived));
    }

    private void measure(String kind, Step step, TestServer.Condition arrived) throws Exception {
        bob.read();
        bob.events.clear();
        cost.reset();
        step.run();
        TestServer.await(kind + " has arrived", arrived);
        bob.read();
        costs.put(kind, cost.toString());
        if (cost.opened.get() > MOST_OPENED) {
            tooMany.add(kind + " opened " + cost.opened);
        }
    }

    private static Predicate<Messages.Event> text(String text) {
        return event -> event.message()
                .flatMap(Messages.Message::text)
                .filter(text::equals)
                .isPresent();
    }

    private static Predicate<Messages.Event> change(Change.Kind kind) {
        return event -> event.change().filter(change -> change.kind() == kind).isPresent();
    }

    private static long say(TestServer from, boolean direct, String to, String text, OptionalLong answers)
            throws PartylineException {
        return from.messages()
                .send(new Messages.Send(
                        Optional.empty(),
                        direct,
                        to,
                        text,
                        Optional.empty(),
                        false,
                        false,
                        Optional.empty(),
                        Optional.empty(),
                        answers))
                .id();
    }

    /** Stores others' messages, on chains with 100 each. */
    private void keep(Conversation place) throws PartylineException {
        Random random = new Random(place.id());
        bob.guard.open(() -> bob.guard.transact(tx -> {
            for (int i = 0; i < KEPT; i++) {
                MessageRecord kept = MessageRecordBuilder.builder()
                        .id(Tables.next(tx, "message"))
                        .membership(place.id())
                        .outgoing(false)
                        .sender("carol")
                        .text("a message of usual length, as people write them")
                        .chain(-1)
                        .chainOpened(clock.instant().getEpochSecond())
                        .sequence(i % 100)
                        .sent(clock.instant().getEpochSecond())
                        .arrived(clock.instant().toEpochMilli())
                        .expires(clock.instant().plusSeconds(86_400).toEpochMilli())
                        .block(-1)
                        .packets(List.of())
                        .transactions(List.of())
                        .views(List.of())
                        .signer(SignerId.NOBODY)
                        .locator("%016x".formatted(random.nextLong()))
                        .session("%016x".formatted(1 + i / 100L))
                        .build();
                MessageRecords.put(tx, kept);
            }
            return null;
        }));
    }

    private void about(String place, boolean direct, String to) throws Exception {
        long id = say(alice, direct, to, place + " one", OptionalLong.empty());
        TestServer.await("it is there", () -> bob.events.stream().anyMatch(text(place + " one")));
        measure(
                place + ": text on a chain",
                () -> say(alice, direct, to, place + " two", OptionalLong.empty()),
                text(place + " two"));
        measure(
                place + ": text in pieces",
                () -> say(alice, direct, to, place + "x".repeat(150), OptionalLong.empty()),
                text(place + "x".repeat(150)));
        measure(place + ": REACT", () -> alice.conversations().react(id, "+"), change(Change.Kind.REACTION));
        measure(
                place + ": REPLY",
                () -> say(alice, direct, to, place + " yes", OptionalLong.of(id)),
                text(place + " yes"));
        measure(place + ": EDIT", () -> alice.conversations().edit(id, "one!"), change(Change.Kind.EDITED));
        measure(place + ": FORGET", () -> alice.conversations().forget(id), change(Change.Kind.ERASED));
    }

    /** Returns Bob's session with Alice. */
    private Sessions.Session session() throws PartylineException {
        return bob.sessions().list(Optional.empty()).get(0);
    }

    @Test
    void noPacketOpensWhatItIsNotAbout(@TempDir Path home) throws Exception {
        alice = TestServer.fresh(clock, nodeA);
        disk = Bench.open(home.resolve("store"), clock);
        bob = TestServer.fresh(new MachineStore(disk.store()), clock, new PoissonTiming(), Optional.empty(), nodeB);
        for (TestServer server : List.of(alice, bob)) {
            server.settings.set("fee-cap-hour", "10000000sat");
            server.settings.set("fee-cap-day", "10000000sat");
            server.settings.set("receipts", "off");
            server.join("open", Mode.OPEN);
            server.join("lobby", Mode.RATCHET);
        }
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        for (Conversation place : bob.people().conversations.members()) {
            keep(place);
        }
        keep(bob.people().conversations.contacts().iterator().next());
        // Lists and remarks load these, as after an unlock.
        bob.conversations().list();
        bob.store.cost = cost;
        measure("a sealed text", () -> alice.send("open", "sealed"), text("sealed"));
        measure("a chain's opener", () -> alice.send("lobby", "opener"), text("opener"));
        about("channel", false, "lobby");
        measure("handshakes and the first text", () -> alice.write("bob", "hello"), text("hello"));
        about("session", true, "bob");
        alice.settings.set("receipts", "pay");
        measure("RECEIPT", () -> bob.write("alice", "are you there"), change(Change.Kind.RECEIPT));
        alice.settings.set("rekey-messages", "1");
        say(alice, true, "bob", "the last one before new keys", OptionalLong.empty());
        measure("KEY_UPDATE", alice::kick, () -> session().lastRekey().isPresent());
        measure(
                "ROTATE",
                () -> alice.personas().rotate(Optional.empty(), false),
                () -> bob.audited.contains("contact-rotated"));
        measure(
                "CLOSE",
                () -> alice.sessions().close(Optional.empty(), "bob"),
                () -> session().state() == Sessions.State.CLOSED);
        if (Boolean.parseBoolean(System.getProperty("arrivals.print", "false"))) {
            costs.forEach((kind, what) -> System.out.println("| " + kind + " | " + what));
        }
        assertTrue(tooMany.isEmpty(), tooMany::toString);
    }
}
