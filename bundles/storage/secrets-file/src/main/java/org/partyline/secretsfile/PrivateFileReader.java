package org.partyline.secretsfile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import org.partyline.api.secrets.SecretStore.SecretStoreException;

/** Reads files that only this user can access; rejects others, including symbolic links to them. */
final class PrivateFileReader {
    private static final Set<PosixFilePermission> OURS =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    private static final Set<PosixFilePermission> OTHERS_WRITE =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
    private static final int STICKY = 01000;

    private PrivateFileReader() {}

    /** Opens a checked file. */
    @FunctionalInterface
    interface Opener {
        SeekableByteChannel open(Path file) throws IOException;
    }

    /**
     * Reads a file of mode 0600 or 0400 that belongs to an owner, in a directory where nobody else can replace it.
     *
     * @param what its description in an error message, before its path
     * @param owner the required owner
     * @param most the maximum number of bytes
     * @return the content, the caller wipes it
     * @throws NoSuchFileException if it does not exist
     * @throws SecretStoreException if any other condition fails
     */
    static byte[] read(String what, Path file, Object owner, int most) throws IOException, SecretStoreException {
        return read(what, file, owner, most, PrivateFileReader::open);
    }

    /** The same for a file that is opened in another way. */
    static byte[] read(String what, Path file, Object owner, int most, Opener opener)
            throws IOException, SecretStoreException {
        PosixFileAttributes before = attributes(file);
        checkRegular(what, file, before);
        if (!before.owner().equals(owner)) {
            throw new SecretStoreException(
                    what + " " + file + " belongs to " + before.owner().getName() + ", but the server runs as "
                            + name(owner) + ": change its owner with chown");
        }
        if (!OURS.containsAll(before.permissions())) {
            throw new SecretStoreException(what + " " + file + " has the permissions "
                    + PosixFilePermissions.toString(before.permissions()) + ": run chmod 600 on it");
        }
        checkDirectory(what, file.toAbsolutePath().getParent());
        return content(what, file, before, most, opener);
    }

    /**
     * Reads a credential of the service manager, which may own it: systemd keeps it owned by root and lets this user
     * read it through an access list, which looks like read permission for a group.
     */
    static byte[] readCredential(String what, Path file, int most) throws IOException, SecretStoreException {
        PosixFileAttributes before = attributes(file);
        checkRegular(what, file, before);
        Set<PosixFilePermission> permissions = before.permissions();
        if (permissions.contains(PosixFilePermission.OTHERS_READ)
                || permissions.stream().anyMatch(OTHERS_WRITE::contains)) {
            throw new SecretStoreException(what + " " + file + " has the permissions "
                    + PosixFilePermissions.toString(permissions) + ": let the service manager set it up");
        }
        return content(what, file, before, most, PrivateFileReader::open);
    }

    private static PosixFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static void checkRegular(String what, Path file, PosixFileAttributes attributes)
            throws SecretStoreException {
        if (!attributes.isRegularFile()) {
            throw new SecretStoreException(what + " " + file + " is "
                    + (attributes.isSymbolicLink() ? "a symbolic link" : "not a regular file")
                    + ": replace it with a regular file");
        }
    }

    private static void checkDirectory(String what, Path directory) throws IOException, SecretStoreException {
        // As for /tmp, where everyone may write, but only the owner may remove a file.
        boolean sticky = ((int) Files.getAttribute(directory, "unix:mode") & STICKY) != 0;
        if (!sticky && Files.getPosixFilePermissions(directory).stream().anyMatch(OTHERS_WRITE::contains)) {
            throw new SecretStoreException(
                    "others can write to the directory " + directory + " of " + what + ": run chmod go-w on it");
        }
    }

    static SeekableByteChannel open(Path file) throws IOException {
        return Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    }

    private static byte[] content(String what, Path file, PosixFileAttributes before, int most, Opener opener)
            throws IOException, SecretStoreException {
        ByteBuffer buffer = ByteBuffer.allocate(most + 1);
        try (SeekableByteChannel channel = opener.open(file)) {
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // Until the end, or until the maximum is exceeded.
            }
            if (!buffer.hasRemaining()) {
                throw new SecretStoreException(
                        what + " " + file + " has more than " + most + " bytes: check that it is the right file");
            }
            // The opened file must be the checked one.
            if (!Objects.equals(before.fileKey(), attributes(file).fileKey())) {
                throw new SecretStoreException(what + " " + file + " was replaced while it was read: try again");
            }
            return Arrays.copyOf(buffer.array(), buffer.position());
        } finally {
            Arrays.fill(buffer.array(), (byte) 0);
        }
    }

    private static String name(Object owner) {
        return owner instanceof java.security.Principal principal ? principal.getName() : owner.toString();
    }
}
