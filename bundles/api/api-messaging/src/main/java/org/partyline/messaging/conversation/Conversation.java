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

    /** The wallet account that pays for its messages. */
    public String account() {
        return new PersonaRecord(persona, "", false).account();
    }

    /** Whether that account is not the persona's. Then its packets never share a transaction with the persona's. */
    public boolean paysApart() {
        return false;
    }

    /** The carrier of its messages; empty: the configured one. */
    public Optional<Messages.Carrier> itsCarrier() {
        return Optional.empty();
    }

    /** The name of the channel or contact. */
    public abstract String name();

    /** The newest timestamp that we have used in it. */
    abstract long lastTimestamp();
}
