package org.partyline.messaging.conversation;

/**
 * A separate wallet account of a persona, for some contacts. @param number in the same series as the personas' numbers
 */
public record AccountRecord(int number, int persona, String name) {
    /** The table of the store. */
    public static final String TABLE = "accounts";

    /** The name that wallets use. */
    public String wallets() {
        return "p" + number;
    }
}
