package org.partyline.messaging.store;

import java.util.List;

/** Wipes several owners of keys; if one fails, the others are wiped anyway. */
public final class Wipe {
    private Wipe() {}

    /** Closes each, in this order. @throws IllegalStateException if one failed; the others are closed anyway */
    public static void all(AutoCloseable... owners) {
        all(List.of(owners));
    }

    /** The same. */
    public static void all(List<? extends AutoCloseable> owners) {
        Throwable failed = null;
        for (AutoCloseable owner : owners) {
            try {
                owner.close();
            } catch (Exception | LinkageError e) {
                failed = e;
            }
        }
        if (failed != null) {
            throw new IllegalStateException("an owner of unlocked state could not be wiped", failed);
        }
    }
}
