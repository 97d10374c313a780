package org.partyline.secretsunlock;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.partyline.api.secrets.SecretStore.SecretStoreException;

/**
 * Reads the store's passphrase from the service manager (systemd.exec, "Credentials").
 *
 * @param directory of the service manager's credentials, if there is one
 */
record Credential(Optional<String> directory) {
    /** Its name; the passphrase is the first line. */
    static final String NAME = "partyline.passphrase";

    private static final int MOST = 4096;
    private static final Set<PosixFilePermission> NOT_ALLOWED =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

    /** @return the caller wipes it */
    char[] read() throws SecretStoreException {
        Path file = file();
        ByteBuffer buffer = ByteBuffer.allocate(MOST + 1);
        try {
            check(file);
            try (SeekableByteChannel channel =
                    Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
                while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                    // Until the end, or until the maximum is exceeded.
                }
            }
            if (!buffer.hasRemaining()) {
                throw new SecretStoreException(
                        "the credential " + file + " has more than " + MOST + " bytes: check that it is the right one");
            }
            return firstLine(file, buffer.flip());
        } catch (NoSuchFileException e) {
            throw missing(e);
        } catch (IOException e) {
            throw new SecretStoreException("the credential " + file + " cannot be read: check its owner", e);
        } finally {
            Arrays.fill(buffer.array(), (byte) 0);
        }
    }

    private Path file() throws SecretStoreException {
        try {
            return Path.of(directory.orElseThrow(() -> missing(null)), NAME);
        } catch (InvalidPathException e) {
            throw missing(e);
        }
    }

    private static SecretStoreException missing(@Nullable Exception cause) {
        return new SecretStoreException(
                "the service manager provides no credential " + NAME + ": add LoadCredential=" + NAME
                        + ":FILE to the unit",
                cause);
    }

    /** The owner may be the service manager's user: systemd keeps it owned by root and lets this user read it. */
    private static void check(Path file) throws IOException, SecretStoreException {
        PosixFileAttributes attributes =
                Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw new SecretStoreException(
                    "the credential " + file + " is not a regular file: let the service manager provide it");
        }
        if (attributes.permissions().stream().anyMatch(NOT_ALLOWED::contains)) {
            throw new SecretStoreException("the credential " + file + " has the permissions "
                    + PosixFilePermissions.toString(attributes.permissions()) + ": let the service manager provide it");
        }
    }

    private static char[] firstLine(Path file, ByteBuffer content) throws SecretStoreException {
        char[] decoded = new char[MOST];
        try {
            CharBuffer chars = CharBuffer.wrap(decoded);
            CoderResult result = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(content, chars, true);
            if (result.isError()) {
                throw new SecretStoreException("the credential " + file + " is not UTF-8 text: write it again");
            }
            int length = 0;
            while (length < chars.position() && decoded[length] != '\n' && decoded[length] != '\r') {
                length++;
            }
            if (length == 0) {
                throw new SecretStoreException("the credential " + file + " is empty: put the passphrase there");
            }
            return Arrays.copyOf(decoded, length);
        } finally {
            Arrays.fill(decoded, '\0');
        }
    }
}
