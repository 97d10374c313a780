package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what another thread will do; how long that takes is no part of any test. */
final class Eventually {
    private static final int TRIES = 2_000;

    private Eventually() {}

    static void that(BooleanSupplier wanted) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        boolean is = wanted.getAsBoolean();
        for (int i = 0; i < TRIES && !is; i++) {
            assertTrue(!never.await(10, TimeUnit.MILLISECONDS));
            is = wanted.getAsBoolean();
        }
        assertTrue(is, "it did not come to be");
    }
}
