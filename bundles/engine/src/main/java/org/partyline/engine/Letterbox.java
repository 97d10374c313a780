package org.partyline.engine;

import org.partyline.api.Network;

/** A persona's inbox on a network: handshakes arrive there. */
final class Letterbox extends Conversation {
    private static final int NETWORKS = 16;

    private final int persona;
    private final Network network;
    /** Whether it is that of the keys before, which are still read for a while. */
    final boolean old;

    Letterbox(int persona, Network network, boolean old) {
        this.persona = persona;
        this.network = network;
        this.old = old;
    }

    /** Below zero, so that it is no conversation's number. */
    @Override
    int id() {
        return -((persona * 2 + (old ? 1 : 0)) * NETWORKS + network.code() + 1);
    }

    @Override
    int persona() {
        return persona;
    }

    @Override
    Network network() {
        return network;
    }

    @Override
    String name() {
        return "inbox";
    }

    @Override
    long lastTimestamp() {
        return 0;
    }
}
