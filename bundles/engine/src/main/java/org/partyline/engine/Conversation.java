package org.partyline.engine;

import org.partyline.api.Network;

/** Where messages come from and go to: a channel, a contact, or a persona's inbox. */
abstract class Conversation {
    private final int persona;
    private final Network network;

    Conversation(int persona, Network network) {
        this.persona = persona;
        this.network = network;
    }

    abstract int id();

    final int persona() {
        return persona;
    }

    final Network network() {
        return network;
    }

    /** The channel's or the contact's name. */
    abstract String name();

    /** The newest timestamp that we gave out in it. */
    abstract long lastTimestamp();

    boolean isDirect() {
        return this instanceof Correspondent;
    }
}
