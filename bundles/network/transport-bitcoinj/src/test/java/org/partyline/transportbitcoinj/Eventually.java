package org.partyline.transportbitcoinj;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Waits for what other threads and processes will do; how long that takes is no part of any test. */
final class Eventually {
    private Eventually() {}

    /** @param what is waited for; stands in the failure */
    static void that(String what, Callable<Boolean> answer) {
        Awaitility.await(what)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .atMost(Duration.ofSeconds(120))
                .until(answer);
    }
}
