package org.partyline.vault;

import java.util.List;
import java.util.function.Supplier;
import org.partyline.api.store.Forgetful;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Actions after the store was created or locked.
 *
 * @param watch begins what a new store needs
 * @param forgetful those who hold words of an open store just now
 */
record AfterChange(Runnable watch, Supplier<List<Forgetful>> forgetful) implements VaultService.Change {
    private static final Logger LOG = LoggerFactory.getLogger(AfterChange.class);

    @Override
    public void made() {
        watch.run();
    }

    @Override
    public void locked() {
        for (Forgetful one : forgetful.get()) {
            try {
                one.forget();
            } catch (RuntimeException | LinkageError e) {
                // The others are asked anyway.
                LOG.error(
                        "texts of the store may remain in memory: {} does not erase them",
                        one.getClass().getName(),
                        e);
            }
        }
    }
}
