package org.partyline.shell.notice;

/** How new messages are announced. */
enum Wish {
    /** Not at all. */
    OFF,
    /** The sender and the conversation. */
    NAMES,
    /** Also the text. */
    WORDS
}
