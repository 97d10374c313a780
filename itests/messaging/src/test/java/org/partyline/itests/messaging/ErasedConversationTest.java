package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Conversations.Place;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.json.Json;
import org.partyline.api.sending.RecallOnce;
import org.partyline.api.sending.SendOnce;
import org.partyline.messaging.control.ControlBody;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.mailbox.EarlyRemark;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Checks the data that the store still has of an erased conversation. */
class ErasedConversationTest {
    private static final String NAME = "zanzibar";
    private static final String WORDS = "the words of it";

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final SendOnce once = new SendOnce(clock, new SecureRandom());
    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void start() throws Exception {
        alice = TestServer.fresh(clock, network.node("a"));
        bob = TestServer.fresh(clock, network.node("b"));
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private SendOnce.Answer sendOnce(boolean direct) throws Exception {
        return once.send(
                alice.store,
                SendOnce.call("a program", "its key", NAME, WORDS.getBytes(StandardCharsets.UTF_8)),
                false,
                alongside -> alice.messages()
                        .send(
                                new Messages.Send(
                                        Optional.empty(), direct, NAME, WORDS, Optional.empty(), false, false),
                                alongside),
                (tx, sat) -> {});
    }

    /** Fills it with every kind of remark. */
    private void fill(boolean direct) throws Exception {
        Place place = new Place(Optional.empty(), direct, NAME);
        long id = sendOnce(direct).receipt().orElseThrow().id();
        TestServer.await("it is there", () -> bob.received().contains(WORDS));
        Message said = bob.messages().messages(Messages.Query.ALL).stream()
                .filter(message -> message.text().equals(Optional.of(WORDS)))
                .findFirst()
                .orElseThrow();
        bob.conversations().react(said.id(), "+");
        alice.conversations().edit(id, WORDS + ", edited");
        alice.conversations().keepDraft(place, WORDS + ", unsent");
        // An edit whose message has not arrived.
        int conversation = said(alice).membership();
        alice.guard.update(tx -> new EarlyRemark(
                        1,
                        conversation,
                        new ControlBody.Edit(new Locator("0011223344556677"), WORDS + ", too early").encode(),
                        NAME,
                        "",
                        SignerId.NOBODY,
                        clock.instant().getEpochSecond(),
                        0)
                .put(tx, clock.instant()));
        assertNotEquals(Set.of(), alice.store.tablesWith(NAME));
        assertNotEquals(Set.of(), alice.store.tablesWith(WORDS));
    }

    private MessageRecord said(TestServer server) throws Exception {
        return server.guard
                .transact(tx -> Tables.all(tx, MessageRecord.TABLE, MessageRecord.class))
                .get(0);
    }

    private void assertNothingIsLeft() {
        assertEquals(Set.of(), alice.store.tablesWith(NAME));
        assertEquals(Set.of(), alice.store.tablesWith(WORDS));
    }

    @Test
    void noNameAndNoWordsOfAContactAreLeft() throws Exception {
        alice.know(bob, NAME);
        bob.know(alice, "alice");
        fill(true);
        alice.contacts().remove(Optional.empty(), NAME);
        assertNothingIsLeft();
    }

    @Test
    void noNameAndNoWordsOfAChannelAreLeft() throws Exception {
        alice.join(NAME, Mode.RATCHET);
        bob.join(NAME, Mode.RATCHET);
        fill(false);
        alice.channels().leave(Optional.empty(), NAME);
        assertNothingIsLeft();
    }

    @Test
    void theAnswersToProgramsNameItNoMoreAndARepeatedCallSendsNothing() throws Exception {
        alice.join(NAME, Mode.RATCHET);
        long id = sendOnce(false).receipt().orElseThrow().id();
        TestServer.await("it is out", () -> alice.messages().outgoing(id).state() == Messages.State.RELAYED);
        new RecallOnce(alice.messages(), alice.store, once)
                .recall(
                        SendOnce.call("a program", "another key", "recall", new byte[0]),
                        alice.messages().outgoing(id),
                        true);
        assertTrue(alice.store.tablesWith(NAME).contains(SendOnce.TABLE));
        alice.channels().leave(Optional.empty(), NAME);
        assertNothingIsLeft();
        alice.join(NAME, Mode.RATCHET);
        SendOnce.Answer again = sendOnce(false);
        assertEquals(Optional.empty(), again.receipt());
        assertEquals(id, Json.read(again.document()).path("id").asLong());
        assertEquals(List.of(), alice.messages().outbox(true));
    }
}
