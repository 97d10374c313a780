package org.partyline.storepostgresql;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.List;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Finds PostgreSQL's Unix socket on this machine, and connects the driver to it. PostgreSQL identifies the user of such
 * a connection through the operating system, so no password is sent.
 *
 * <p>Public for the driver, which loads it by name.
 */
public final class LocalSocket extends SocketFactory {
    /** The usual directories of the socket: Debian and Fedora, older systems, and builds from source. */
    static final List<Path> DIRECTORIES =
            List.of(Path.of("/run/postgresql"), Path.of("/var/run/postgresql"), Path.of("/tmp"));

    private final Path socket;

    /** @param socket its path */
    public LocalSocket(String socket) {
        this.socket = Path.of(socket);
    }

    /** The first trustworthy socket; null if there is none. */
    static @Nullable Path find(List<Path> directories, int port) {
        for (Path directory : directories) {
            Path socket = directory.resolve(".s.PGSQL." + port);
            try {
                // A symbolic link may lead to another database.
                PosixFileAttributes file =
                        Files.readAttributes(socket, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (file.isOther() && UnixSocket.isTrusted(socket, file.owner())) {
                    return socket;
                }
            } catch (IOException | UnsupportedOperationException e) {
                // It does not exist, or cannot be judged: try the next one.
                continue;
            }
        }
        return null;
    }

    @Override
    public Socket createSocket() {
        return new UnixSocket(socket);
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw connectedLater();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw connectedLater();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw connectedLater();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw connectedLater();
    }

    private static UnsupportedOperationException connectedLater() {
        return new UnsupportedOperationException("the driver connects the socket itself");
    }
}
