package org.partyline.messaging.conversation;

import org.partyline.api.Network;

/** A persona's inbox on a network, where handshakes arrive. */
public final class ContactInbox extends Conversation {
    private static final int NETWORKS = 16;

    /** Whether it belongs to the previous keys, which are still read for a while. */
    public final boolean old;

    public ContactInbox(int persona, Network network, boolean old) {
        super(persona, network);
        this.old = old;
    }

    /** Negative, so that it is not a conversation's number. */
    @Override
    public int id() {
        return -((persona() * 2 + (old ? 1 : 0)) * NETWORKS + network().code() + 1);
    }

    @Override
    public String name() {
        return "inbox";
    }

    @Override
    long lastTimestamp() {
        return 0;
    }
}
