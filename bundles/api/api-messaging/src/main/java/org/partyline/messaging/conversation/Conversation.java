package org.partyline.messaging.conversation;

import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.engine.Messages;

/** A conversation to which messages belong: a channel, a contact, or a persona's inbox. */
public abstract class Conversation {
    private final int persona;
    private final Network network;

    Conversation(int persona, Network network) {
        this.persona = persona;
        this.network = network;
    }

    public abstract int id();

    public final int persona() {
        return persona;
    }

    public final Network network() {
        return network;
    }

    /** The wallets' account that pays for what goes there. */
    public String account() {
        return new PersonaRecord(persona, "", false).account();
    }

    /** Whether that account is not the persona's. Then nothing of it rides in a transaction of the persona's. */
    public boolean paysApart() {
        return false;
    }

    /** By which carrier what goes there travels; empty: as it is set. */
    public Optional<Messages.Carrier> itsCarrier() {
        return Optional.empty();
    }

    /** The channel's or the contact's name. */
    public abstract String name();

    /** The newest timestamp that we gave out in it. */
    abstract long lastTimestamp();
}
