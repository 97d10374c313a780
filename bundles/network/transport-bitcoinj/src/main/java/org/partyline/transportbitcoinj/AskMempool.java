package org.partyline.transportbitcoinj;

/** The peers that are asked for their whole mempool at startup. */
enum AskMempool {
    /** Those that offer it to everyone (NODE_BLOOM). */
    AUTO,
    /**
     * All of them: they must allow it, as Bitcoin Core does with {@code -whitelist=mempool@…}; a peer that does not
     * allow it disconnects.
     */
    ALWAYS,
    /** None. */
    NEVER
}
