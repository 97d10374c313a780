package org.partyline.messaging.delivery;

import org.partyline.api.Network;

/** What somebody does whose messages no wallet pays for. */
public final class MissingWallet {
    private MissingWallet() {}

    /** One line. */
    public static String reason(Network network) {
        return "it waits for a wallet on " + network.label()
                + ": make one with partyline:wallet-create, or name one of a node's with --wallet of partyline:node-add";
    }
}
