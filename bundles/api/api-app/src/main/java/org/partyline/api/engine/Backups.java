package org.partyline.api.engine;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/**
 * Exports and imports personas, contacts, channels and settings; never chains, sessions or messages. A service. All
 * methods need an open store.
 *
 * <p>An import merges: existing things stay unchanged, things that only the backup has are added, and a setting is
 * imported only if it was not changed here. Personas keep their wallet accounts unless a persona here already uses
 * them. They replace the persona that a new server creates by itself.
 */
@ProviderType
public interface Backups {
    /**
     * Writes a backup, mode 0600.
     *
     * @param file must not exist
     * @param passphrase at least 8 characters; the caller wipes it
     */
    Summary exportTo(Path file, char[] passphrase) throws PartylineException;

    /**
     * Returns what an import would do, and changes nothing. Also works before a store exists.
     *
     * @param passphrase the caller wipes it
     */
    Preview preview(Path file, char[] passphrase) throws PartylineException;

    /**
     * Imports everything or, if it throws, nothing, except what the message names.
     *
     * @param passphrase the caller wipes it
     * @param original the fate of the server that made the backup: while it is in use, the added personas only read,
     *     until {@link #takeOver}
     */
    Preview importFrom(Path file, char[] passphrase, Original original) throws PartylineException;

    /**
     * The original server is gone: personas that only read may send from now on, and every session is opened anew.
     *
     * @throws NoSuchThingException if no persona here is read-only
     */
    Taken takeOver() throws PartylineException;

    /** The fate of the server that made a backup. */
    enum Original {
        /** The original is no longer used: sessions are opened anew at once. */
        GONE,
        /**
         * The original is still running: two servers that send with the same keys would break each other's sessions.
         */
        IN_USE
    }

    /**
     * The result of taking over restored personas.
     *
     * @param personas names of the personas that may send from now on
     * @param sessions the number of sessions offered to contacts
     */
    record Taken(List<String> personas, int sessions) {
        public Taken {
            personas = List.copyOf(personas);
        }
    }

    /**
     * A backup file that was written.
     *
     * @param file its path
     * @param bytes its size
     * @param personas the number of personas
     * @param contacts the number of contacts
     * @param channels the number of channels
     */
    record Summary(Path file, long bytes, int personas, int contacts, int channels) {}

    /**
     * The changes that importing a backup would make.
     *
     * @param made when the backup was made
     * @param changes one for each item of the backup
     */
    record Preview(Instant made, List<Change> changes) {
        public Preview {
            changes = List.copyOf(changes);
        }
    }

    /**
     * One change that an import makes.
     *
     * @param kind {@code persona}, {@code contact}, {@code account}, {@code channel} or {@code setting}
     * @param name the persona's name, persona/contact, persona/account, persona/channel, or the setting's key
     * @param action {@code added}, {@code kept} (already exists), {@code renamed} (added under another name)
     * @param detail one line; may be empty
     */
    record Change(String kind, String name, String action, String detail) {}
}
