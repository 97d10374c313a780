package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.partyline.api.store.Forgetful;
import org.partyline.api.store.Store;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Checks that holders of texts of an open store are notified when it is locked. */
class ForgetfulTest {
    private final List<String> done = new ArrayList<>();

    /** Otherwise, it would wait forever instead of failing. */
    @Timeout(20)
    @Test
    void theyAreAskedWhenTheStoreIsLockedAndMayAskTheServerSomething() throws Exception {
        HandSetClock clock = new HandSetClock();
        try (TestServer server = TestServer.fresh(clock, new TestNetwork(clock).node("a"))) {
            // A console that is completing a name asks from a separate thread.
            Forgetful asking = () -> {
                try {
                    CompletableFuture.runAsync(() -> done.add(server.vault().state() + ", "
                                    + server.vault().deriving()))
                            .get();
                } catch (InterruptedException | ExecutionException e) {
                    throw new IllegalStateException(e);
                }
            };
            server.provide("forgetful", List.of(asking));
            server.vault().lock();
            assertEquals(List.of(Store.State.LOCKED + ", 0"), done);
        }
    }
}
