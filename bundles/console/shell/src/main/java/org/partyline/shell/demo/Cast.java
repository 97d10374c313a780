package org.partyline.shell.demo;

/**
 * The personas and the channel of a demo.
 *
 * @param one speaks first
 * @param other answers
 * @param channel that both are in
 */
record Cast(String one, String other, String channel) {
    /** In a store of their own. */
    static final Cast DEMO = new Cast("alice", "bob", "lobby");
    /** In someone's store, where those names may be taken. */
    static final Cast GUESTS = new Cast("tour-alice", "tour-bob", "tour");

    String otherThan(String name) {
        return name.equals(one) ? other : one;
    }
}
