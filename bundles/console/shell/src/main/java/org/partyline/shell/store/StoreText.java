package org.partyline.shell.store;

import org.partyline.shell.output.Units;

/** Formats the store's state for the console. */
public final class StoreText {
    private StoreText() {}

    /**
     * How far what came while the store was locked has been read.
     *
     * @param keys that are still to be derived
     */
    public static String reading(int keys) {
        return Units.count(keys, "key") + (keys == 1 ? " is" : " are")
                + " still to be derived for received packets: their messages follow";
    }
}
