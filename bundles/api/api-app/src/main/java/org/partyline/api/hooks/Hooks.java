package org.partyline.api.hooks;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/**
 * Hands each {@linkplain org.partyline.api.engine.Events event} to the hooks, in its order, at least once: one that is not accepted is
 * tried again for a day, and holds up the following ones of its hook. A service. All methods need an open store.
 */
@ProviderType
public interface Hooks {
    /** Hooks at a time. */
    int MOST = 32;

    /**
     * Adds a program, which is started for each event from now on, with the event on standard input: one JSON document, as
     * {@code events --json} prints it.
     *
     * @param program an absolute path to an executable file that only the server's user and root can write
     * @throws PartylineException when it is not, or the name is taken or not allowed
     */
    Hook addProgram(String name, Path program) throws PartylineException;

    /**
     * Adds a web hook, to which each event is posted from now on, without the message and without names, by the rules of Standard Webhooks.
     *
     * @param url https, or http to an onion service or one's own network
     * @param privately whether it may be an address of this machine or of a private network
     * @throws PartylineException when it may not, or the name is taken or not allowed
     */
    Created addUrl(String name, URI url, boolean privately) throws PartylineException;

    /**
     * A new web hook.
     *
     * @param secret with which its requests are signed; shown once
     */
    record Created(Hook hook, String secret) {
        /** Does not show the secret. */
        @Override
        public String toString() {
            return "Created[" + hook.id() + "]";
        }
    }

    /** All of them, by their names. */
    List<Hook> list() throws PartylineException;

    /** @throws PartylineException when there is none of that name */
    Hook remove(String name) throws PartylineException;

    /**
     * Tries the event that was not accepted again at once, and activates the hook if it was disabled.
     *
     * @param skip whether to leave that event out instead
     * @throws PartylineException when there is no hook of that name, or none of its events waits
     */
    Hook redeliver(String name, boolean skip) throws PartylineException;
}
