package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.settings.ReceiptMode;
import org.partyline.messaging.mailbox.Annotations;
import org.partyline.messaging.mailbox.CargoRecord;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecordBuilder;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.PropagationRecords;
import org.partyline.messaging.mailbox.ReceiptRecord;
import org.partyline.messaging.mailbox.ReceiptsDue;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.HandSetClock;

/** Receipts (PROTOCOL 6.1): when one is due, what it names, how it is sent, and what its reader learns. */
class ReceiptsTest {
    private final HandSetClock clock = new HandSetClock();
    private ContactsBench alice;
    private ContactsBench bob;

    @BeforeEach
    void aSession() throws Exception {
        alice = new ContactsBench(clock);
        bob = new ContactsBench(clock);
        ContactsBench.meet(alice, bob);
        ContactsBench.open(alice, bob);
        bob.receipts(ReceiptMode.COVER, false);
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    // ---- state

    private Annotations known(long id) throws Exception {
        return message(alice, id).annotations();
    }

    private boolean delivered(long id) throws Exception {
        return known(id).delivered() != 0;
    }

    private boolean read(long id) throws Exception {
        return known(id).read() != 0;
    }

    private static MessageRecord message(ContactsBench whose, long id) throws Exception {
        return whose.stage
                .guard
                .transact(tx -> Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class))
                .orElseThrow();
    }

    private static List<CargoRecord> cargo(ContactsBench whose) throws Exception {
        return whose.stage.guard.transact(CargoRecord::all);
    }

    private List<OutgoingMessage> paid() throws Exception {
        return bob.queued(PacketType.CONTROL);
    }

    // ---- actions

    private long write(String text) throws Exception {
        return alice.write("bob", text);
    }

    /** Sends bob's receipt as in a slot, if one is queued. */
    private void slot() throws Exception {
        Optional<Packet> packet = bob.ride();
        if (packet.isPresent()) {
            alice.hear(packet.get());
        }
    }

    /** Shows bob everything that arrived. */
    private void show() throws Exception {
        for (MessageRecord message : bob.stage.inbox.messages()) {
            show(message);
        }
        bob.stage.bus.publish(new ReceiptsDue(bob.contact("alice").id()));
    }

    private void show(MessageRecord message) throws Exception {
        bob.stage.guard.transact(tx -> {
            if (!message.shown()) {
                MessageRecords.put(tx, message.asShown());
                ReceiptRecord.shown(tx, message, clock.instant());
            }
            return null;
        });
    }

    // ---- receipts for arrival

    @Test
    void oneReceiptCoversAllThatArrivedSinceTheLast() throws Exception {
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            ids.add(write("number " + i));
            ContactsBench.talk(alice, bob);
        }
        assertEquals(1, cargo(bob).size());
        assertEquals(List.of(), paid(), "it costs nothing");
        for (long id : ids) {
            assertFalse(delivered(id), "nothing was said yet");
        }
        clock.pass(Duration.ofMinutes(3));
        slot();
        for (long id : ids) {
            assertEquals(clock.millis(), known(id).delivered());
            assertFalse(read(id));
        }
        assertEquals(List.of(), cargo(bob), "and none is due before the next message");
        long later = write("later");
        ContactsBench.talk(alice, bob);
        assertFalse(delivered(later));
        slot();
        assertTrue(delivered(later));
    }

    /** It is not called expired later, when its text is gone. */
    @Test
    void whatAReceiptCameForIsRememberedBesideItsState() throws Exception {
        long id = write("hello");
        ContactsBench.talk(alice, bob);
        assertFalse(isProven(id));
        slot();
        assertTrue(isProven(id));
    }

    private boolean isProven(long id) throws Exception {
        return alice.stage.guard.transact(tx -> PropagationRecords.way(tx, id)).delivered();
    }

    @Test
    void theOneWhoWroteIsToldWhenAReceiptComes() throws Exception {
        long id = write("hello");
        ContactsBench.talk(alice, bob);
        alice.stage.events.clear();
        slot();
        Eventually.that(
                "the event",
                () -> alice.stage.events.stream()
                        .anyMatch(event -> event.change()
                                .filter(change -> change.kind() == Messages.Change.Kind.RECEIPT
                                        && change.id() == id
                                        && change.message()
                                                .orElseThrow()
                                                .remarks()
                                                .delivered()
                                                .isPresent())
                                .isPresent()));
    }

    @Test
    void aReceiptNamesNoMessageAfterOneThatIsMissing() throws Exception {
        long first = write("first");
        long second = write("second");
        long third = write("third");
        List<Packet> packets = alice.say();
        bob.hear(packets.get(0));
        bob.hear(packets.get(2));
        slot();
        assertTrue(delivered(first));
        assertFalse(delivered(second));
        assertFalse(delivered(third), "it would cover the second one");
        assertEquals(List.of(), cargo(bob));
        bob.hear(packets.get(1));
        slot();
        assertTrue(delivered(second));
        assertTrue(delivered(third));
    }

    @Test
    void noReceiptIsQueuedWhereTheyAreOff() throws Exception {
        bob.receipts(ReceiptMode.OFF, true);
        write("quiet");
        ContactsBench.talk(alice, bob);
        show();
        assertEquals(List.of(), cargo(bob));
        assertEquals(List.of(), paid());
    }

    @Test
    void oneThatIsPaidForLeavesAtOnceAndANewerOneTakesItsPlaceWhileItWaits() throws Exception {
        bob.receipts(ReceiptMode.PAY, false);
        long first = write("first");
        long second = write("second");
        bob.hear(alice.say());
        List<OutgoingMessage> queued = paid();
        assertEquals(
                List.of(State.RECALLED, State.QUEUED),
                queued.stream().map(OutgoingMessage::state).toList());
        assertEquals("a newer receipt covers it", queued.get(0).reason());
        alice.hear(bob.say());
        assertTrue(delivered(first));
        assertTrue(delivered(second));
        assertEquals(List.of(), cargo(bob));
        long third = write("third");
        ContactsBench.talk(alice, bob);
        assertTrue(delivered(third));
        assertEquals(3, paid().size());
    }

    @Test
    void aContactMayHaveReceiptsInAnotherWay() throws Exception {
        bob.contacts.setReceipts(Optional.empty(), "alice", ReceiptMode.PAY);
        assertEquals(
                Optional.of(ReceiptMode.PAY),
                bob.contacts.get(Optional.empty(), "alice").receipts());
        long id = write("hello");
        ContactsBench.talk(alice, bob);
        assertTrue(delivered(id));
        assertEquals(2, paid().size(), "for what had arrived before, and for this one");
        bob.contacts.setReceipts(Optional.empty(), "alice", ReceiptMode.OFF);
        write("quiet");
        ContactsBench.talk(alice, bob);
        assertEquals(2, paid().size());
        assertEquals(List.of(), cargo(bob));
        bob.contacts.setReceipts(Optional.empty(), "alice", ReceiptMode.COVER);
        assertEquals(1, cargo(bob).size(), "what arrived before is due now");
    }

    @Test
    void aContactWithAnAccountOfItsOwnNeverRidesInThePlaceOfThePersonasDecoys() throws Exception {
        bob.contacts.setAccount(Optional.empty(), "alice", "apart");
        write("hello");
        ContactsBench.talk(alice, bob);
        assertEquals(List.of(), cargo(bob));
        assertEquals(List.of(), paid());
        bob.receipts(ReceiptMode.PAY, false);
        long id = write("and again");
        ContactsBench.talk(alice, bob);
        assertTrue(delivered(id));
        assertEquals("confirm", paid().get(0).carrier());
    }

    // ---- receipts for display

    @Test
    void thatAMessageWasShownIsToldOnlyWhereThatIsAllowed() throws Exception {
        long id = write("hello");
        ContactsBench.talk(alice, bob);
        slot();
        show();
        slot();
        assertTrue(delivered(id));
        assertFalse(read(id));
        bob.receipts(ReceiptMode.COVER, true);
        long next = write("again");
        ContactsBench.talk(alice, bob);
        slot();
        slot();
        assertTrue(read(id));
        assertFalse(read(next), "it was not shown yet");
        assertEquals(List.of(), cargo(bob));
        show();
        assertEquals(1, cargo(bob).size());
        slot();
        assertTrue(read(next));
        assertEquals(List.of(), cargo(bob));
    }

    @Test
    void aMessageThatWasShownBeforeItsReceiptLeftIsNamedTwice() throws Exception {
        bob.receipts(ReceiptMode.COVER, true);
        long id = write("hello");
        ContactsBench.talk(alice, bob);
        show();
        assertEquals(1, cargo(bob).size());
        slot();
        assertTrue(delivered(id));
        assertFalse(read(id));
        slot();
        assertTrue(read(id));
        assertEquals(List.of(), cargo(bob), "and no third time");
    }

    @Test
    void aMessageThatWasShownBeforeItsPaidReceiptLeftIsNamedTwice() throws Exception {
        bob.receipts(ReceiptMode.PAY, true);
        long id = write("hello");
        bob.hear(alice.say());
        show();
        int paid = paid().size();
        alice.hear(bob.say());
        assertTrue(delivered(id));
        assertTrue(read(id));
        ContactsBench.talk(alice, bob);
        assertEquals(paid + 1, paid().size(), "and no third time");
    }

    @Test
    void whatIsNotShownBeforeAMessageKeepsItFromBeingToldAsRead() throws Exception {
        bob.receipts(ReceiptMode.COVER, true);
        long first = write("first");
        long second = write("second");
        ContactsBench.talk(alice, bob);
        slot();
        MessageRecord newest = bob.stage.inbox.messages().stream()
                .filter(message -> message.text().equals("second"))
                .findFirst()
                .orElseThrow();
        show(newest);
        bob.stage.bus.publish(new ReceiptsDue(bob.contact("alice").id()));
        assertEquals(List.of(), cargo(bob));
        show();
        slot();
        assertTrue(read(first));
        assertTrue(read(second));
    }

    @Test
    void receiptsThatComeInAnotherOrderSayNothingMore() throws Exception {
        bob.receipts(ReceiptMode.COVER, true);
        long first = write("first");
        ContactsBench.talk(alice, bob);
        Packet one = bob.ride().orElseThrow();
        long second = write("second");
        ContactsBench.talk(alice, bob);
        Packet two = bob.ride().orElseThrow();
        alice.hear(two);
        alice.hear(one);
        assertTrue(delivered(first));
        assertTrue(delivered(second));
        assertFalse(read(first), "it was named once only");
        assertFalse(read(second));
    }

    // ---- paid ones

    @Test
    void aPaidReceiptForDisplayIsQueuedOnceAndAnnounced() throws Exception {
        bob.receipts(ReceiptMode.PAY, true);
        long id = write("hello");
        ContactsBench.talk(alice, bob);
        assertTrue(delivered(id));
        int before = paid().size();
        AtomicInteger announced = new AtomicInteger();
        bob.stage.bus.on(Bus.Queued.class, event -> announced.incrementAndGet());
        show();
        show();
        assertEquals(before + 1, paid().size());
        assertEquals(1, announced.get());
        ContactsBench.talk(alice, bob);
        assertTrue(read(id));
    }

    @Test
    void aPaidReceiptWithdrawsOnlyReceipts() throws Exception {
        bob.receipts(ReceiptMode.PAY, false);
        long text = bob.write("alice", "it waits");
        write("hello");
        bob.hear(alice.say());
        assertEquals(State.QUEUED, bob.stage.state(text));
    }

    @Test
    void aReceiptEndsTheDoubtAboutAMessage() throws Exception {
        long id = write("hello");
        ContactsBench.talk(alice, bob);
        change(id, message -> message.withDoubt(MessageRecord.MAY_BE_UNREAD));
        slot();
        assertEquals(0, message(alice, id).doubt());
    }

    /** As one of an earlier version. */
    @Test
    void aReceiptForAMessageThatIsOnNoKnownChainIsForThatOneAlone() throws Exception {
        long before = write("before");
        long id = write("hello");
        ContactsBench.talk(alice, bob);
        change(id, message -> MessageRecordBuilder.builder(message).session("").build());
        slot();
        assertTrue(delivered(id));
        assertFalse(delivered(before));
    }

    private void change(long id, UnaryOperator<MessageRecord> change) throws Exception {
        MessageRecord changed = change.apply(message(alice, id));
        alice.change((tx, after) -> MessageRecords.put(tx, changed));
    }

    // ---- ends

    @Test
    void aReceiptThatIsSealedForASlotGoesWithItsSession() throws Exception {
        write("hello");
        ContactsBench.talk(alice, bob);
        CargoRecord queued = cargo(bob).get(0);
        bob.change((tx, after) ->
                queued.withPacket(new byte[80]).withSealed(clock.millis()).put(tx));
        clock.pass(Duration.ofHours(2));
        alice.sessions.openAgain(Optional.empty(), "bob");
        bob.hear(alice.say());
        assertTrue(bob.isOpen("alice"));
        assertEquals(List.of(), cargo(bob), "nobody would read it");
    }

    @Test
    void aStoppedStageQueuesNothing() throws Exception {
        write("hello");
        ContactsBench.talk(alice, bob);
        bob.contactsStage.stop();
        bob.receipts(ReceiptMode.PAY, false);
        bob.stage.bus.publish(new ReceiptsDue(bob.contact("alice").id()));
        assertEquals(List.of(), paid());
    }

    @Test
    void theEndOfASessionDropsWhatIsQueued() throws Exception {
        write("hello");
        ContactsBench.talk(alice, bob);
        assertEquals(1, cargo(bob).size());
        alice.sessions.close(Optional.empty(), "bob");
        ContactsBench.talk(alice, bob);
        assertEquals(List.of(), cargo(bob));
        assertEquals(
                List.of(), bob.stage.guard.transact(tx -> Tables.all(tx, ReceiptRecord.TABLE, ReceiptRecord.class)));
    }

    @Test
    void aNewSessionCarriesTheReceiptsOfTheOneBefore() throws Exception {
        long id = write("over the old session");
        ContactsBench.talk(alice, bob);
        clock.pass(Duration.ofHours(2));
        alice.mend();
        write("over the new one");
        ContactsBench.talk(alice, bob);
        assertFalse(delivered(id));
        slot();
        slot();
        assertTrue(delivered(id));
    }

    @Test
    void aContactThatIsRemovedLeavesNothing() throws Exception {
        write("hello");
        ContactsBench.talk(alice, bob);
        bob.contacts.remove(Optional.empty(), "alice");
        assertEquals(List.of(), cargo(bob));
        assertEquals(
                List.of(), bob.stage.guard.transact(tx -> Tables.all(tx, ReceiptRecord.TABLE, ReceiptRecord.class)));
    }

    /** People who write once a week learn of each message that it arrived. */
    @Test
    void aMessageAfterSilentWeeksIsNamedToo() throws Exception {
        for (int week = 0; week < 3; week++) {
            long id = write("week " + week);
            ContactsBench.talk(alice, bob);
            slot();
            slot();
            assertTrue(delivered(id), "week " + week);
            clock.pass(Duration.ofDays(10));
            for (ContactsBench each : List.of(alice, bob)) {
                each.stage.guard.transact(tx -> tx.deleteExpired(clock.instant()));
                each.keep();
            }
        }
    }

    @Test
    void aRestartKeepsWhatIsDue() throws Exception {
        long id = write("hello");
        ContactsBench.talk(alice, bob);
        ContactsBench before = bob;
        bob = before.reborn();
        before.close();
        bob.receipts(ReceiptMode.COVER, false);
        slot();
        assertTrue(delivered(id));
    }

    // ---- random exchanges

    /**
     * Messages, losses, disorder, new keys, restarts and slots at random: nobody is informed of anything false, and
     * everything possible is reported.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void noReceiptSaysWhatIsNotSo(long seed) throws Exception {
        Random random = new Random(seed);
        boolean reads = random.nextBoolean();
        boolean losing = random.nextBoolean();
        alice.rekeyMessages(7);
        bob.receipts(ReceiptMode.COVER, reads);
        List<Long> ids = new ArrayList<>();
        List<Packet> toBob = new ArrayList<>();
        List<Packet> toAlice = new ArrayList<>();
        for (int step = 0; step < 150; step++) {
            switch (random.nextInt(6)) {
                case 0, 1 -> ids.add(write("seed " + seed + " number " + ids.size()));
                case 2 -> bob.ride().ifPresent(toAlice::add);
                case 3 -> {
                    if (random.nextInt(4) == 0) {
                        show();
                    }
                }
                case 4 -> clock.pass(Duration.ofMinutes(random.nextInt(10)));
                default -> {}
            }
            toBob.addAll(alice.say());
            toAlice.addAll(bob.say());
            Collections.shuffle(toBob, random);
            Collections.shuffle(toAlice, random);
            pass(random, losing, toBob, bob);
            pass(random, losing, toAlice, alice);
            assertTruth(seed, ids);
        }
        if (losing) {
            return;
        }
        show();
        for (int i = 0; i < 20; i++) {
            bob.hear(toBob);
            toBob.clear();
            alice.hear(toAlice);
            toAlice.clear();
            ContactsBench.talk(alice, bob);
            show();
            slot();
        }
        assertTruth(seed, ids);
        for (long id : ids) {
            assertTrue(delivered(id), () -> "seed " + seed + ": message " + id + " has no receipt");
            assertEquals(reads, read(id), () -> "seed " + seed + ": message " + id);
        }
    }

    private void pass(Random random, boolean losing, List<Packet> packets, ContactsBench to) throws Exception {
        for (Packet packet : List.copyOf(packets)) {
            if (random.nextInt(3) == 0) {
                continue;
            }
            packets.remove(packet);
            // Without key updates there are no new keys, which are not tested here.
            if (!losing || packet.type() == PacketType.KEY_UPDATE || random.nextInt(10) != 0) {
                to.hear(packet);
            }
        }
    }

    private void assertTruth(long seed, List<Long> ids) throws Exception {
        Set<String> here = new HashSet<>();
        Set<String> shown = new HashSet<>();
        for (MessageRecord message : bob.stage.inbox.messages()) {
            here.add(message.text());
            if (message.shown()) {
                shown.add(message.text());
            }
        }
        for (long id : ids) {
            String text = message(alice, id).text();
            assertTrue(!delivered(id) || here.contains(text), () -> "seed " + seed + ": '" + text + "' does not exist");
            assertTrue(!read(id) || shown.contains(text), () -> "seed " + seed + ": '" + text + "' was not shown");
        }
    }
}
