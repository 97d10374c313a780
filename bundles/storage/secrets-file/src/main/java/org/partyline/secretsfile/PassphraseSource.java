package org.partyline.secretsfile;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.partyline.api.SecretBytes;
import org.partyline.api.secrets.SecretStore.SecretStoreException;

/**
 * Finds the passphrase of the secrets file: in the file that the settings name, otherwise in a credential of the
 * service manager.
 *
 * @param configured the path in the settings; empty: no file
 * @param credentials the directory of the service manager's credentials, if there is one
 */
record PassphraseSource(String configured, Optional<String> credentials) {
    /** The names of the credentials, in the order in which they are tried. */
    static final List<String> CREDENTIALS = List.of("partyline-secrets-passphrase", "partyline.passphrase");

    private static final int LEAST = 8;
    private static final int MOST = 4096;

    /**
     * Reads the passphrase.
     *
     * @param owner the required owner of the configured file
     * @return the caller wipes it
     * @throws SecretStoreException if there is none; says what is missing
     */
    SecretBytes read(Object owner) throws SecretStoreException {
        if (!configured.isBlank()) {
            return configuredFile(owner);
        }
        if (credentials.isPresent()) {
            for (String name : CREDENTIALS) {
                Path file = path(credentials.get()).resolve(name);
                try {
                    return firstLine(file, PrivateFileReader.readCredential("the credential", file, MOST));
                } catch (NoSuchFileException e) {
                    // Try the next one.
                    continue;
                } catch (IOException e) {
                    throw unreadable(file, e);
                }
            }
            throw new SecretStoreException("the service manager provides no credential "
                    + String.join(" or ", CREDENTIALS)
                    + ": add LoadCredential= to the unit, or set passphrase-file in etc/" + FileSettings.PID + ".cfg");
        }
        throw new SecretStoreException("the secrets file has no passphrase: set passphrase-file in etc/"
                + FileSettings.PID + ".cfg, or start the server with the systemd credential " + CREDENTIALS.get(0));
    }

    private SecretBytes configuredFile(Object owner) throws SecretStoreException {
        Path file = path(configured.strip());
        try {
            return firstLine(file, PrivateFileReader.read("the passphrase file", file, owner, MOST));
        } catch (NoSuchFileException e) {
            throw new SecretStoreException("there is no passphrase file " + file + ": create it with mode 0600", e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static SecretStoreException unreadable(Path file, IOException cause) {
        return new SecretStoreException("the passphrase in " + file + " cannot be read: check the file's owner", cause);
    }

    private static Path path(String text) throws SecretStoreException {
        try {
            Path path = Path.of(text);
            if (path.isAbsolute()) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw new SecretStoreException(FileSettings.PID + ": passphrase-file is not a file name", e);
        }
        throw new SecretStoreException(
                FileSettings.PID + ": passphrase-file must be an absolute path, not '" + text + "'");
    }

    /** The first line of the content, which is wiped. */
    private static SecretBytes firstLine(Path file, byte[] content) throws SecretStoreException {
        try {
            int length = 0;
            while (length < content.length && content[length] != '\n' && content[length] != '\r') {
                length++;
            }
            if (length < LEAST) {
                throw new SecretStoreException("the first line of " + file + " has " + length
                        + " bytes: a passphrase must have " + LEAST + " or more");
            }
            return SecretBytes.wrap(Arrays.copyOf(content, length));
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }
}
