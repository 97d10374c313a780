package org.partyline.consolesocket.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PatienceTest {
    /** The thread that reads the input may end after the connection did. */
    @Test
    void afterTheEndNothingIsWaitedFor() {
        Patience patience = new Patience(() -> {});
        patience.close();
        patience.wait(Optional.of(Duration.ofSeconds(30)));
        patience.goOn(Duration.ofSeconds(30));
        assertEquals(Optional.empty(), patience.passed());
    }
}
