package org.partyline.api.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;

/**
 * Manages the personas of this server: each has a nickname, channels and coins. A service. All methods need an open
 * store.
 */
@ProviderType
public interface Personas {
    /** All of them, in order of creation. */
    List<Persona> list() throws PartylineException;

    /** The one that commands use when none is named. */
    Persona current() throws PartylineException;

    /** @throws NoSuchThingException if there is no persona of that name */
    Persona get(String name) throws PartylineException;

    /**
     * @param name 1 to 32 bytes of UTF-8, no control characters; unique here; shown to others as the nickname
     * @throws NoSuchThingException if the name is in use or not allowed
     */
    Persona create(String name) throws PartylineException;

    /** Makes a persona the current one. */
    Persona use(String name) throws PartylineException;

    /** Gives a persona another name. */
    Persona rename(String name, String newName) throws PartylineException;

    /**
     * The contact card, {@code plcard1…}. Anyone who has it can write to the persona, but cannot read its messages.
     *
     * @param name empty: the current persona
     * @param network empty: that of the nodes, if they agree
     */
    String card(Optional<String> name, Optional<Network> network) throws PartylineException;

    /**
     * Makes new keys, informs contacts over their sessions, and erases the old keys: after 24 hours, in which contacts
     * may still use the old card, or at once after a compromise.
     *
     * @param name empty: the current persona
     * @param compromised the old keys may be known to others
     */
    Rotated rotate(Optional<String> name, boolean compromised) throws PartylineException;

    /**
     * Erases a persona with its keys, contacts, channels, sessions and messages. Its coins stay in the wallet.
     *
     * @throws NoSuchThingException if it is the only persona
     */
    void delete(String name) throws PartylineException;

    /**
     * A persona.
     *
     * @param id a number of this store
     * @param name the nickname
     * @param account its wallet account
     * @param current whether commands use it when none is named
     * @param senderId 16 hex digits
     * @param keysSince when its keys were made
     * @param messages the number of messages sent since then
     */
    record Persona(
            int id, String name, String account, boolean current, String senderId, Instant keysSince, long messages) {}

    /**
     * The result of a key rotation.
     *
     * @param persona with its new keys
     * @param told contacts that are informed over a session
     * @param untold contacts without a session: they need the new card
     */
    record Rotated(Persona persona, List<String> told, List<String> untold) {
        public Rotated {
            told = List.copyOf(told);
            untold = List.copyOf(untold);
        }
    }
}
