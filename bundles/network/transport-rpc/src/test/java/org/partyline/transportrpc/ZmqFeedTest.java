package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ZmqFeedTest {
    private static final long LIMIT_SECONDS = 60;

    @Test
    void anErrorIsShownAndIsNotTheEndOfTheReceiving() throws InterruptedException {
        BlockingQueue<String> tries = new LinkedBlockingQueue<>();
        ZmqFeed feed = new ZmqFeed(
                "home",
                "tcp://127.0.0.1:28332",
                "",
                (host, port) -> {
                    tries.add(host);
                    throw new OutOfMemoryError("secret words");
                },
                () -> {});
        try {
            assertNotNull(tries.poll(LIMIT_SECONDS, TimeUnit.SECONDS));
            assertNotNull(tries.poll(LIMIT_SECONDS, TimeUnit.SECONDS), "it is tried again");
            assertEquals("ZMQ at 127.0.0.1:28332: its data could not be handled (OutOfMemoryError)", feed.problem());
        } finally {
            feed.close();
        }
    }
}
