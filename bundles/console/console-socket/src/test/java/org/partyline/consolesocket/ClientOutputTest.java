package org.partyline.consolesocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.partyline.consolesocket.wire.FrameType;
import org.partyline.consolesocket.wire.SocketFrame;
import org.partyline.testkit.Eventually;

@Timeout(60)
class ClientOutputTest {
    private static final int KIBIBYTE = 1 << 10;

    private final ClientOutput outgoing = new ClientOutput(null);

    @Test
    void whoGivesMoreThanIsTakenWaitsUntilTheClientIsGone() throws Exception {
        AtomicInteger given = new AtomicInteger();
        AtomicReference<IOException> told = new AtomicReference<>();
        Thread giving = new Thread(() -> {
            try {
                for (int i = 0; i < 1000; i++) {
                    outgoing.put(new SocketFrame(FrameType.OUT, new byte[KIBIBYTE]));
                    given.incrementAndGet();
                }
            } catch (IOException e) {
                told.set(e);
            }
        });
        giving.start();
        Eventually.that("it waits", () -> !giving.isAlive() || giving.getState() == Thread.State.WAITING);
        assertTrue(giving.isAlive(), "nobody takes it, and it does not wait");
        assertEquals(257, given.get());

        outgoing.fail(new IOException("gone"));
        giving.join();

        assertEquals("the client has disconnected", told.get().getMessage());
    }

    @Test
    void whoGivesToAClientThatIsGoneIsTold() {
        outgoing.fail(new IOException("gone"));

        assertThrows(IOException.class, () -> outgoing.put(SocketFrame.of(FrameType.OUT, "hello")));
    }
}
