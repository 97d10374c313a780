package org.partyline.shell.notice;

/** What an operator wants to see of a message that comes. */
enum Wish {
    /** Nothing. */
    OFF,
    /** Who, and where. */
    NAMES,
    /** What, too. */
    WORDS
}
