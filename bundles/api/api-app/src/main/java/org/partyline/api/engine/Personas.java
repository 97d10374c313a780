package org.partyline.api.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;

/** Manages the personas of this server: each has a nickname, channels and coins. A service. All need an open store. */
@ProviderType
public interface Personas {
    /** All of them, in the order they were made. */
    List<Persona> list() throws PartylineException;

    /** The one that commands speak for when none is named. */
    Persona current() throws PartylineException;

    /** @throws NoSuchThingException when there is none of that name */
    Persona get(String name) throws PartylineException;

    /**
     * @param name 1 to 32 bytes of UTF-8, no control characters; unique here; shown to others as nickname
     * @throws NoSuchThingException when the name is taken or not allowed
     */
    Persona create(String name) throws PartylineException;

    /** Makes it the current one. */
    Persona use(String name) throws PartylineException;

    /** Gives a persona another name. */
    Persona rename(String name, String newName) throws PartylineException;

    /**
     * The contact card, {@code plcard1…}. Anyone who has it can write to the persona, not read for it.
     *
     * @param name empty: the current persona
     * @param network empty: that of the nodes, when they agree
     */
    String card(Optional<String> name, Optional<Network> network) throws PartylineException;

    /**
     * Makes new keys, tells contacts over their sessions, and erases the old ones: after 24 hours, in which contacts may
     * still use the old card, or at once after a compromise.
     *
     * @param name empty: the current persona
     * @param compromised the old keys may be known to others
     */
    Rotated rotate(Optional<String> name, boolean compromised) throws PartylineException;

    /**
     * Erases a persona with its keys, contacts, channels, sessions and messages. Its coins stay in the wallet.
     *
     * @throws NoSuchThingException when it is the only one
     */
    void delete(String name) throws PartylineException;

    /**
     * A persona.
     *
     * @param id a number of this store
     * @param name the nickname
     * @param account its wallet account
     * @param current whether commands speak for it
     * @param senderId 16 hex digits
     * @param keysSince when its keys were made
     * @param messages sent since then
     */
    record Persona(
            int id, String name, String account, boolean current, String senderId, Instant keysSince, long messages) {}

    /**
     * The result of a key rotation.
     *
     * @param persona with its new keys
     * @param told contacts that are told over a session
     * @param untold contacts with no session: they need the new card
     */
    record Rotated(Persona persona, List<String> told, List<String> untold) {
        public Rotated {
            told = List.copyOf(told);
            untold = List.copyOf(untold);
        }
    }
}
