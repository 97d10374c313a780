package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.delivery.Recaller;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.testkit.messaging.PlainCarrier;
import org.partyline.testkit.messaging.StageBench;

/** A contact with a separate account costs none of the persona's coins. */
class AccountTest {
    private static final String APART = "p2";

    private final DeliveryBench bench = new DeliveryBench();
    private final PlainCarrier rolling = new PlainCarrier("rolling");
    private final Sender sender = (Sender) StageBench.offered(bench.delivery, SendQueue.class);
    private ContactConversation bob;

    @BeforeEach
    void aContact() throws Exception {
        bench.add(rolling);
        bob = bench.stage.know("bob", bench.stage.identities.generate(bench.stage.random));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void payApart() {
        bob.entry = bob.entry.withAccount("apart", 2);
    }

    private void payTogether() {
        bob.entry = bob.entry.withAccount("", 0);
    }

    @Test
    void aContactWithAnAccountOfItsOwnIsWrittenToFromItsCoinsOnly() throws Exception {
        payApart();
        long id = bench.stage.queue(bob, "take this back");
        bench.round();
        assertEquals(State.RELAYED, bench.stage.state(id));
        assertEquals(List.of(APART), bench.node.accounts);
        Recaller recaller = StageBench.offered(bench.delivery, Recaller.class);
        sender.call(() -> recaller.recall(id));
        assertEquals(List.of(APART, APART), bench.node.accounts, "so is what takes it back");
        long other = bench.stage.queue(bench.stage.join("lobby", Mode.RATCHET), "from the persona's own");
        bench.round();
        assertEquals(State.RELAYED, bench.stage.state(other));
        assertEquals(List.of(APART, APART, ""), bench.node.accounts);
    }

    @Test
    void whatGoesByACarrierOfThePersonasDoesNotWithAnAccountOfItsOwn() throws Exception {
        payApart();
        long id = bench.stage.queue(bob, "hello yourself", "rolling", Duration.ofHours(1));
        bench.round();
        assertEquals(State.RELAYED, bench.stage.state(id));
        assertEquals("confirm", bench.stage.outgoing(id).carrier());
        assertEquals(List.of("take up"), rolling.calls);
        assertEquals(List.of(APART), bench.node.accounts);
    }

    @Test
    void whatWaitsWhenTheAccountIsGivenIsPaidByIt() throws Exception {
        bench.node.down = true;
        long id = bench.stage.queue(bob, "hello", "rolling", Duration.ofHours(1));
        bench.round();
        payApart();
        bench.node.down = false;
        bench.pass(Duration.ofSeconds(40));
        assertEquals(State.RELAYED, bench.stage.state(id));
        assertEquals(List.of("take up"), rolling.calls);
        assertEquals(List.of(APART), bench.node.accounts);
    }

    @Test
    void coinsAreFreedInTheAccountThatPaid() throws Exception {
        payApart();
        bench.node.refuse = true;
        long id = bench.stage.queue(bob, "hello");
        bench.round();
        assertEquals(Set.of(APART), Set.copyOf(bench.node.accounts), "it is paid, and again when it was refused");
        payTogether();
        OutgoingMessage before = bench.stage.outgoing(id);
        bench.stage.guard.open(
                () -> bench.stage.outbox.giveUp(id, MessageEvent.RECALLED, "cancelled before it was sent"));
        sender.release(before);
        assertEquals(Set.of(APART), Set.copyOf(bench.node.freedFor));
    }
}
