package org.partyline.transportbitcoinj;

/** The peers that are asked for their whole mempool at startup. */
enum AskMempool {
    /** Those that offer it to everybody (NODE_BLOOM). */
    AUTO,
    /** All: they have to allow it, as Bitcoin Core does with {@code -whitelist=mempool@…}; one that does not hangs up. */
    ALWAYS,
    /** None. */
    NEVER
}
