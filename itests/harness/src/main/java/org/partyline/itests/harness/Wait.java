package org.partyline.itests.harness;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Waits for events in another process; the time they take does not affect any test. */
public final class Wait {
    /** The limit if a test names none: only a broken program takes this long. */
    public static final Duration LIMIT = Duration.ofMinutes(3);

    private static final Duration PACE = Duration.ofMillis(200);

    private Wait() {}

    /**
     * Asks repeatedly until the answer is yes.
     *
     * @param what the expected event, for the failure message
     */
    public static void until(String what, Callable<Boolean> answer) {
        until(what, LIMIT, answer);
    }

    /** The same with another limit. */
    public static void until(String what, Duration limit, Callable<Boolean> answer) {
        Awaitility.await(what)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(PACE)
                .atMost(limit)
                .until(answer);
    }

    /**
     * Asks repeatedly until there is an answer.
     *
     * @param what the expected event, for the failure message
     * @return the answer
     */
    public static <T> T forAnswer(String what, Callable<Optional<T>> question) {
        return forAnswer(what, LIMIT, question);
    }

    /** The same with another limit. */
    public static <T> T forAnswer(String what, Duration limit, Callable<Optional<T>> question) {
        return Awaitility.await(what)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(PACE)
                .atMost(limit)
                .until(question, Optional::isPresent)
                .orElseThrow();
    }
}
