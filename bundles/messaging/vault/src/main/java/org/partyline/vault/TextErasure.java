package org.partyline.vault;

import java.util.List;
import java.util.function.Supplier;
import org.partyline.api.Faults;
import org.partyline.api.store.Forgetful;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes all holders of texts of the store erase them, after the store was locked.
 *
 * @param forgetful the current holders of texts of an open store
 */
record TextErasure(Supplier<List<Forgetful>> forgetful) implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(TextErasure.class);

    @Override
    public void run() {
        for (Forgetful one : forgetful.get()) {
            try {
                one.forget();
            } catch (RuntimeException | LinkageError e) {
                // The others are asked anyway.
                LOG.error(
                        "texts of the store may remain in memory: {} does not erase them ({})",
                        one.getClass().getName(),
                        Faults.reason(e));
            }
        }
    }
}
