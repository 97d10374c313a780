package org.partyline.messaging.conversation;

/** A separate wallet account of a persona, for some contacts. @param number of one series with the personas' */
public record AccountRecord(int number, int persona, String name) {
    /** The table of the store. */
    public static final String TABLE = "accounts";

    /** As the wallets call it. */
    public String wallets() {
        return "p" + number;
    }
}
