package org.partyline.engine;

import org.partyline.api.Network;

/** What a persona's decoys go to: nobody. */
final class CoverConversation extends Conversation {
    private static final int BASE = 1_000_000_000;
    private static final int NETWORKS = 16;

    CoverConversation(int persona, Network network) {
        super(persona, network);
    }

    static int id(int persona, Network network) {
        return -(BASE + persona * NETWORKS + network.code());
    }

    /** Whether a conversation's number is that of cover traffic. */
    static boolean is(int id) {
        return id <= -BASE;
    }

    /** Whose number it is. */
    static CoverConversation of(int id) {
        int rest = -id - BASE;
        return new CoverConversation(
                rest / NETWORKS, Network.ofCode(rest % NETWORKS).orElseThrow());
    }

    @Override
    int id() {
        return id(persona(), network());
    }

    @Override
    String name() {
        return "cover";
    }

    @Override
    long lastTimestamp() {
        return 0;
    }
}
