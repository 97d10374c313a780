package org.partyline.messaging.delivery;

import org.partyline.api.Network;

/** Explains what to do when no wallet can pay. */
public final class MissingWallet {
    private MissingWallet() {}

    /** One line. */
    public static String reason(Network network) {
        return "it waits for a wallet on " + network.label()
                + ": create one with partyline:wallet-create, or name a node's with --wallet of partyline:node-add";
    }
}
