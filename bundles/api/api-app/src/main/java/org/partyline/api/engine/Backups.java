package org.partyline.api.engine;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/**
 * Backups of personas, contacts, channels and settings; never of chains, sessions or messages. A service. All need an open
 * store.
 *
 * <p>Merging: what is here stays as it is; what is only in the backup is added; settings come in only where none was changed
 * here. Personas keep their accounts in the wallets where nobody has them here, and take the place of the persona that a new
 * server has by itself.
 */
@ProviderType
public interface Backups {
    /**
     * Writes a backup, mode 0600.
     *
     * @param file must not exist
     * @param passphrase at least 8 characters; still the caller's to wipe
     */
    Summary exportTo(Path file, char[] passphrase) throws PartylineException;

    /**
     * What an import would do; changes nothing. Also before there is a store.
     *
     * @param passphrase still the caller's to wipe
     */
    Preview preview(Path file, char[] passphrase) throws PartylineException;

    /**
     * Imports: all of it, or, when this throws, nothing.
     *
     * @param passphrase still the caller's to wipe
     * @param original of the personas that are added: while it is in use they only read, and {@link #takeOver} ends that
     */
    Preview importFrom(Path file, char[] passphrase, Original original) throws PartylineException;

    /**
     * The originals of the personas that only read are gone: from now on they send, and every session is opened anew.
     *
     * @throws NoSuchThingException when no persona here only reads
     */
    Taken takeOver() throws PartylineException;

    /** The fate of the server that made a backup. */
    enum Original {
        /** It is not used any more: sessions are opened anew at once. */
        GONE,
        /** It goes on: two servers that send with the same keys would end each other's sessions. */
        IN_USE
    }

    /**
     * The result of taking over restored personas.
     *
     * @param personas names of those that send from now on
     * @param sessions how many are offered to contacts
     */
    record Taken(List<String> personas, int sessions) {
        public Taken {
            personas = List.copyOf(personas);
        }
    }

    /**
     * A backup file that was written.
     *
     * @param file where it is
     * @param bytes its size
     * @param personas how many
     * @param contacts how many
     * @param channels how many
     */
    record Summary(Path file, long bytes, int personas, int contacts, int channels) {}

    /**
     * The changes that importing a backup would make.
     *
     * @param made when the backup was made
     * @param changes one for each thing in the backup
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
     * @param name persona's name, or persona/contact, persona/account, persona/channel, or the setting's key
     * @param action {@code added}, {@code kept} (is here already), {@code renamed} (added under another name)
     * @param detail one line; may be empty
     */
    record Change(String kind, String name, String action, String detail) {}
}
