package org.partyline.shell.demo;

/**
 * The personas and the channel of a demo.
 *
 * @param one speaks first
 * @param other answers
 * @param channel joined by both
 */
record Cast(String one, String other, String channel) {
    /** For a separate store. */
    static final Cast DEMO = new Cast("alice", "bob", "lobby");
    /** For a user's store, in which those names may be in use. */
    static final Cast GUESTS = new Cast("tour-alice", "tour-bob", "tour");

    String otherThan(String name) {
        return name.equals(one) ? other : one;
    }
}
