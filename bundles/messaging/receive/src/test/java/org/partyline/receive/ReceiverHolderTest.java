package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.receive.MetPacket;
import org.partyline.api.receive.PacketForm;
import org.partyline.api.receive.PacketReceiver;
import org.partyline.api.receive.Place;
import org.partyline.api.receive.ReadMessage;
import org.partyline.api.receive.Reading;

/** Calls of a receiver that take too long. */
class ReceiverHolderTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(1);
    private static final MetPacket PACKET = new MetPacket(
            Network.REGTEST, new byte[] {7, 1}, TxId.ofBytes(new byte[32]), Optional.empty(), Instant.EPOCH);
    private static final Reading HELLO = Reading.of(new ReadMessage(Place.EVERY_CHANNEL, "", "hello", Instant.EPOCH));

    private final List<String> audited = new CopyOnWriteArrayList<>();
    private final CountDownLatch free = new CountDownLatch(1);

    private ReceiverHolder holder(Duration patience, Function<MetPacket, Reading> opens) {
        return holder(patience, 1, opens);
    }

    private ReceiverHolder holder(Duration patience, int forms, Function<MetPacket, Reading> opens) {
        PacketReceiver receiver = new PacketReceiver() {
            @Override
            public String id() {
                return "test";
            }

            @Override
            public int rank() {
                return 0;
            }

            @Override
            public List<PacketForm> forms() {
                return Collections.nCopies(forms, new PacketForm(new byte[] {7}, 2, 2));
            }

            @Override
            public Reading open(MetPacket packet) {
                return opens.apply(packet);
            }
        };
        return new ReceiverHolder(receiver, patience, (event, detail) -> audited.add(event), free::countDown);
    }

    /** Until it is interrupted. */
    private static Reading sleeps() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return HELLO;
    }

    @Test
    void oneWithoutFormsOrWithTooManyIsRefused() {
        for (int forms : new int[] {0, 9}) {
            assertEquals(
                    "it has 1 to 8 forms, not " + forms,
                    assertThrows(IllegalArgumentException.class, () -> holder(LONG, forms, packet -> HELLO))
                            .getMessage());
        }
    }

    @Test
    void anAnswerInTimeIsTheAnswer() throws Exception {
        assertEquals(Optional.of(HELLO), holder(LONG, packet -> HELLO).ask(PACKET));
        assertEquals(List.of(), audited);
    }

    @Test
    void aCallThatTakesTooLongIsInterruptedAndWhatItSaysLaterDoesNotCount() throws Exception {
        ReceiverHolder holder = holder(SHORT, packet -> sleeps());
        assertEquals(Optional.of(Reading.notMine()), holder.ask(PACKET));
        free.await();
        assertEquals(List.of("receiver-late"), audited);
    }

    @Test
    void itIsNotAskedWhileACallDoesNotEndAndAgainWhenItDoes() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        ReceiverHolder holder = holder(SHORT, packet -> {
            while (gate.getCount() > 0) {
                Thread.onSpinWait();
            }
            return HELLO;
        });
        assertEquals(Optional.of(Reading.notMine()), holder.ask(PACKET));
        assertFalse(holder.isAble());
        assertEquals(Optional.empty(), holder.ask(PACKET));
        gate.countDown();
        free.await();
        assertTrue(holder.isAble());
    }

    @Test
    void afterFiveLateCallsInARowItIsAskedNothingMore() throws Exception {
        ReceiverHolder holder = holder(SHORT, packet -> sleeps());
        for (int i = 0; i < ReceiverHolder.MOST_LATE; i++) {
            while (!holder.isAble()) {
                Thread.onSpinWait();
            }
            assertEquals(Optional.of(Reading.notMine()), holder.ask(PACKET));
        }
        assertEquals(Optional.empty(), holder.ask(PACKET));
        assertEquals(
                List.of("receiver-late", "receiver-late", "receiver-late", "receiver-late", "receiver-stopped"),
                audited);
    }
}
