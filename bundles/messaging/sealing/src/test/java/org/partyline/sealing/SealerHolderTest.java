package org.partyline.sealing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.sealing.PacketRoom;
import org.partyline.api.sealing.PacketSealer;
import org.partyline.api.sealing.Sealed;
import org.partyline.api.sealing.WrittenMessage;
import org.partyline.messaging.kernel.WaitsException;
import org.partyline.testkit.Eventually;

/** A sealer that takes too long. */
class SealerHolderTest {
    private final List<String> audited = new ArrayList<>();
    private final Semaphore freed = new Semaphore(0);
    private CountDownLatch gate = new CountDownLatch(1);

    private final SealerHolder holder = new SealerHolder(
            new PacketSealer() {
                @Override
                public String id() {
                    return "slow";
                }

                @Override
                public Sealed seal(WrittenMessage message) {
                    CountDownLatch mine = gate;
                    while (mine.getCount() > 0) {
                        try {
                            mine.await();
                        } catch (InterruptedException e) {
                            // It does not care.
                            continue;
                        }
                    }
                    return Sealed.of(List.of(new byte[] {1}), new byte[0]);
                }
            },
            Duration.ofMillis(5),
            (event, detail) -> audited.add(event),
            freed::release);

    private static WrittenMessage message() {
        return new WrittenMessage(
                Network.REGTEST,
                "me",
                "lobby",
                "words",
                Instant.EPOCH,
                Optional.empty(),
                new PacketRoom(1, 80, false),
                SecretBytes.wrap(new byte[0]));
    }

    private String waits() {
        return assertThrows(WaitsException.class, () -> holder.ask(message())).getMessage();
    }

    @Test
    void itIsNotAskedUntilItsCallEndsAndNotAtAllAfterFiveLateOnes() throws Exception {
        for (int i = 1; i <= SealerHolder.MOST_LATE; i++) {
            assertTrue(holder.isAble());
            waits();
            assertFalse(holder.isAble());
            // Nobody is asked: its call has not ended.
            waits();
            assertEquals(i, audited.size());
            gate.countDown();
            freed.acquire();
            gate = new CountDownLatch(1);
        }
        assertFalse(holder.isAble());
        assertEquals(
                "it waits for the sealer 'slow', which was late 5 times in a row: its bundle has to be started anew",
                waits());
        assertEquals("sealer-stopped", audited.get(4));
    }

    /** A machine with much to do may begin a call when nobody waits for it any more. */
    @Test
    void aCallThatIsGivenUpBeforeItBeganFreesTheSealer() throws Exception {
        Semaphore begins = new Semaphore(0);
        SealerHolder late = new SealerHolder(
                holder.sealer,
                Duration.ofMillis(5),
                (event, detail) -> audited.add(event),
                freed::release,
                task -> new Thread(() -> {
                    begins.acquireUninterruptibly();
                    task.run();
                }));
        assertThrows(WaitsException.class, () -> late.ask(message()));
        assertFalse(late.isAble());

        begins.release();
        Eventually.that("it can be asked again", late::isAble);
        Eventually.that("that is said", () -> freed.availablePermits() == 1);
    }
}
