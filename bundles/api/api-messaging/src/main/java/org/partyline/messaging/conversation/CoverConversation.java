package org.partyline.messaging.conversation;

import org.partyline.api.Network;

/** The conversation of a persona's decoys, which nobody reads. */
public final class CoverConversation extends Conversation {
    private static final int BASE = 1_000_000_000;
    private static final int NETWORKS = 16;

    CoverConversation(int persona, Network network) {
        super(persona, network);
    }

    public static int id(int persona, Network network) {
        return -(BASE + persona * NETWORKS + network.code());
    }

    /** Whether a number is that of a conversation of cover traffic. */
    public static boolean is(int id) {
        return id <= -BASE;
    }

    /** The conversation with that number. */
    public static CoverConversation of(int id) {
        int rest = -id - BASE;
        return new CoverConversation(
                rest / NETWORKS, Network.ofCode(rest % NETWORKS).orElseThrow());
    }

    @Override
    public int id() {
        return id(persona(), network());
    }

    @Override
    public String name() {
        return "cover";
    }

    @Override
    long lastTimestamp() {
        return 0;
    }
}
