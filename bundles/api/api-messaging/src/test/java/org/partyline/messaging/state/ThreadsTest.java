package org.partyline.messaging.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class ThreadsTest {
    private final List<String> calls = new ArrayList<>();
    private final FutureTask<Void> waiting = new FutureTask<>(() -> null);

    /** Threads whose work ends in time, or does not. */
    private ExecutorService threads(boolean end) {
        return (ExecutorService) Proxy.newProxyInstance(
                ExecutorService.class.getClassLoader(),
                new Class<?>[] {ExecutorService.class},
                (self, method, arguments) -> {
                    calls.add(arguments == null ? method.getName() : arguments[0] + " " + arguments[1]);
                    return switch (method.getName()) {
                        case "awaitTermination" -> end;
                        case "shutdownNow" -> List.of(waiting);
                        default -> null;
                    };
                });
    }

    @Test
    void whatRunsHasTenSecondsToComeToItsEnd() {
        Threads.stop(threads(true));
        assertEquals(List.of("shutdown", "10 SECONDS"), calls);
        assertFalse(waiting.isCancelled());
    }

    @Test
    void afterThatWhatWaitsIsGivenUp() {
        Threads.stop(threads(false));
        assertEquals(List.of("shutdown", "10 SECONDS", "shutdownNow"), calls);
        assertTrue(waiting.isCancelled());
    }
}
