package org.partyline.engine.conversation;

/** A persona of this server. */
public record PersonaRecord(int id, String name, boolean current) {
    /** The table of the store. */
    public static final String TABLE = "personas";

    /** The wallet account: the first persona has the wallet's own. */
    public String account() {
        return id == 1 ? "" : "p" + id;
    }
}
