package org.partyline.webserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.partyline.api.web.WebProblem;
import org.partyline.testkit.HandSetClock;

/** Calls are limited, and tokens that call no more are forgotten. */
class RateLimitTest {
    private final HandSetClock clock = new HandSetClock();
    private final RateLimit limit = new RateLimit(clock);

    @Test
    void aTokenThatCallsNoMoreIsForgotten() throws Exception {
        for (int login = 0; login < 50; login++) {
            limit.count("login " + login);
            clock.pass(Duration.ofSeconds(1));
        }
        assertEquals(1, limit.size());
    }

    @Test
    void aTokenThatHasCallsToWaitForIsNotForgotten() throws Exception {
        for (int call = 0; call < RateLimit.BURST; call++) {
            limit.count("one");
        }
        clock.pass(Duration.ofMillis(50));
        limit.count("other");
        assertThrows(WebProblem.class, () -> limit.count("one"));
        clock.pass(Duration.ofMillis(50));
        limit.count("one");
        assertThrows(WebProblem.class, () -> limit.count("one"));
    }
}
