package org.partyline.api.engine;

import java.util.List;
import org.partyline.api.PartylineException;

/** The faces of this server: each a nickname, its channels and its coins. A service. All need an open store. */
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
     * @param id a number of this store
     * @param name the nickname
     * @param account its wallet account
     * @param current whether commands speak for it
     */
    record Persona(int id, String name, String account, boolean current) {}
}
