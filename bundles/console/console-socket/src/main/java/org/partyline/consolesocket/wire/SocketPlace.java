package org.partyline.consolesocket.wire;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;

/**
 * Finds the path of a home's socket: {@code run/console.sock}. Whether it can be trusted depends on the directory: it
 * must have the right owner, and nobody else may enter it. Both ends check this.
 */
public final class SocketPlace {
    /** The limit is 103 bytes or more, depending on the operating system (Linux: 107). */
    private static final int LONGEST_PATH = 100;

    /** A client may find a socket that is just closing, and then once more the next one. */
    private static final int MOST_LOOKS = 3;

    private static final String NAME = "console.sock";
    /** No longer than the other name. */
    private static final String NEW_NAME = "console.new";

    private static final Path SHORT_PLACES = Path.of("/tmp");
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(OWNER_ONLY);

    private final Path directory;
    private final Path shortPlaces;

    /** @param home the data directory */
    public SocketPlace(Path home) {
        this(home, SHORT_PLACES);
    }

    /** @param shortPlaces a directory with a short name that everybody may write to */
    SocketPlace(Path home, Path shortPlaces) {
        this.directory = home.resolve("run");
        this.shortPlaces = shortPlaces;
    }

    /** Returns the directory, which is created if there is none. */
    public Path makeDirectory() throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(directory, PRIVATE);
        }
        return directory;
    }

    /** Returns the socket's path. */
    public Path socket() {
        return directory.resolve(NAME);
    }

    /**
     * Returns the path of a socket that is being created, before it is moved into place: nothing responds there yet.
     */
    public Path unfinished() {
        return directory.resolve(NEW_NAME);
    }

    /**
     * Checks the directory.
     *
     * @return its owner, who is this process's user, or anyone if that is root
     * @throws IOException if someone else may have put something there
     */
    public UserPrincipal owner() throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(directory + " is not a directory: remove it, and start the server again");
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS);
        if (!OWNER_ONLY.equals(permissions)) {
            throw new IOException(
                    "other users can enter " + directory + " (" + PosixFilePermissions.toString(permissions)
                            + "): run chmod 700 on it, and start the server again");
        }
        UserPrincipal owner = Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS);
        UserPrincipal own = Users.own();
        if (!owner.equals(own) && !own.equals(Users.root())) {
            throw new IOException(
                    directory + " belongs to " + owner.getName() + ", not to you (" + own.getName() + ")");
        }
        return owner;
    }

    /** Uses the address of the socket. */
    @FunctionalInterface
    public interface Use<T> {
        /** Runs the action. */
        T with(UnixDomainSocketAddress address) throws IOException;
    }

    /**
     * Uses the socket's address. If its path is too long, the socket is reached through a link in a temporary directory
     * of our own.
     */
    public <T> T use(Use<T> use) throws IOException {
        return use(socket().toAbsolutePath(), use);
    }

    /**
     * Connects to the socket. A server removes its socket before it closes it, so a client that has already found it
     * may be refused and tries again. A socket left by a killed server refuses each time.
     */
    public SocketChannel connect() throws IOException {
        for (int looks = 1; ; looks++) {
            try {
                return use(SocketChannel::open);
            } catch (ConnectException e) {
                if (looks == MOST_LOOKS) {
                    throw e;
                }
            }
        }
    }

    /** The same, for the path of {@link #unfinished()}. */
    public <T> T useUnfinished(Use<T> use) throws IOException {
        return use(unfinished().toAbsolutePath(), use);
    }

    private <T> T use(Path socket, Use<T> use) throws IOException {
        if (length(socket) <= LONGEST_PATH) {
            return use.with(UnixDomainSocketAddress.of(socket));
        }
        Path shortcut = shortcut(socket);
        Path link = shortcut.resolve("h");
        try {
            Files.createSymbolicLink(link, socket.getParent());
            return use.with(UnixDomainSocketAddress.of(link.resolve(socket.getFileName())));
        } finally {
            Files.deleteIfExists(link);
            Files.delete(shortcut);
        }
    }

    private Path shortcut(Path socket) throws IOException {
        try {
            return Files.createTempDirectory(shortPlaces, "partyline-", PRIVATE);
        } catch (IOException e) {
            throw new IOException(
                    "the path of " + socket + " is too long for a socket (" + length(socket) + " bytes; the maximum is "
                            + LONGEST_PATH + "), and " + shortPlaces
                            + " has no room for a shorter one: choose a PARTYLINE_HOME with a shorter path",
                    e);
        }
    }

    private static int length(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }
}
