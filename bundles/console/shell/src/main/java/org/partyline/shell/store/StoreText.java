package org.partyline.shell.store;

import org.partyline.shell.output.Units;

/** Formats the store's state for the console. */
public final class StoreText {
    private StoreText() {}

    /**
     * Returns how far the packets that arrived while the store was locked have been read.
     *
     * @param keys number of keys that are still to be derived
     */
    public static String reading(int keys) {
        return Units.count(keys, "key") + (keys == 1 ? " is" : " are")
                + " still to be derived for received packets: their messages follow";
    }
}
