package org.partyline.shell.notice;

/** How new messages are announced. */
enum Wish {
    /** Nothing. */
    OFF,
    /** Who, and where. */
    NAMES,
    /** What, too. */
    WORDS
}
