package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** However many keys are to be derived, a bounded number of threads is at work. */
class DerivationsTest {
    private final List<Runnable> begun = new ArrayList<>();
    private boolean stopped;

    private void execute(Runnable task) {
        if (stopped) {
            throw new RejectedExecutionException("as a test wants it");
        }
        begun.add(task);
    }

    @Test
    void noMoreThreadsAreAskedForThanThereMayBe() {
        Derivations derivations = new Derivations(null, null, null, this::execute, 2);
        for (int i = 0; i < 5; i++) {
            derivations.begin();
        }
        assertEquals(2, begun.size());
    }

    @Test
    void aThreadThatIsRefusedIsNotCounted() {
        Derivations derivations = new Derivations(null, null, null, this::execute, 2);
        stopped = true;
        for (int i = 0; i < 5; i++) {
            derivations.begin();
        }
        stopped = false;
        derivations.begin();
        derivations.begin();
        assertEquals(2, begun.size());
    }
}
