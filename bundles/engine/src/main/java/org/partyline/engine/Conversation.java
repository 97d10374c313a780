package org.partyline.engine;

import org.partyline.api.Network;

/** Where messages come from and go to: a channel, a contact, or a persona's inbox. */
abstract class Conversation {
    abstract int id();

    abstract int persona();

    abstract Network network();

    /** The channel's or the contact's name. */
    abstract String name();

    /** The newest timestamp that we gave out in it. */
    abstract long lastTimestamp();

    boolean isDirect() {
        return this instanceof Correspondent;
    }
}
