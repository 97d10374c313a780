package org.partyline.api.hooks;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/**
 * Hands each {@linkplain org.partyline.api.engine.Events event} to the hooks, in order, at least once. An event that is
 * not accepted is tried again for a day, and delays the following ones of its hook. A service. All methods need an open
 * store.
 */
@ProviderType
public interface Hooks {
    /** The maximum number of hooks. */
    int MOST = 32;

    /**
     * Adds a program, which is started for each event from now on. It receives the event on standard input as a JSON
     * document, as {@code events --json} prints it.
     *
     * @param program an absolute path to an executable file that only the server's user and root can write
     * @throws PartylineException if it is not, or the name is in use or not allowed
     */
    Hook addProgram(String name, Path program) throws PartylineException;

    /**
     * Adds a web hook, to which each event is posted from now on, without message texts and names, as defined by
     * Standard Webhooks.
     *
     * @param url https, or http to an onion service or a private network
     * @param privately whether an address of this machine or of a private network is allowed
     * @throws PartylineException if the address is not allowed, or the name is in use or not allowed
     */
    Created addUrl(String name, URI url, boolean privately) throws PartylineException;

    /**
     * A new web hook.
     *
     * @param secret the key that signs its requests; shown once
     */
    record Created(Hook hook, String secret) {
        /** Does not show the secret. */
        @Override
        public String toString() {
            return "Created[" + hook.id() + "]";
        }
    }

    /** All of them, by name. */
    List<Hook> list() throws PartylineException;

    /** @throws PartylineException if there is no hook of that name */
    Hook remove(String name) throws PartylineException;

    /**
     * Tries a rejected event again at once, and activates the hook if it was disabled.
     *
     * @param skip whether to skip that event instead
     * @throws PartylineException if there is no hook of that name, or no event of it waits
     */
    Hook redeliver(String name, boolean skip) throws PartylineException;
}
