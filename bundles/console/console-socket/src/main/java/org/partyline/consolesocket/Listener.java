package org.partyline.consolesocket;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.partyline.api.Faults;
import org.partyline.consolesocket.wire.Link;
import org.partyline.consolesocket.wire.SocketPlace;
import org.partyline.consolesocket.wire.Users;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts connections at the socket of a home from its user and root only, up to a maximum. */
final class Listener implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    private static final int MOST_VISITS = 64;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final SocketPlace place;
    private final ServerSocketChannel channel;
    private final UserPrincipal owner;
    private final Peers peers;
    private final Function<Link, Runnable> visits;
    private final Semaphore free = new Semaphore(MOST_VISITS);

    /** Finds the user at the other end of a connection. */
    @FunctionalInterface
    interface Peers {
        /** @param otherwise the assumed user if the operating system does not report one */
        UserPrincipal of(SocketChannel client, UserPrincipal otherwise) throws IOException;
    }

    /** @param visits what to do with each connection */
    Listener(SocketPlace place, Function<Link, Runnable> visits) throws IOException {
        this(place, Users::peer, visits);
    }

    Listener(SocketPlace place, Peers peers, Function<Link, Runnable> visits) throws IOException {
        this.place = place;
        this.peers = peers;
        this.visits = visits;
        place.makeDirectory();
        this.owner = place.owner();
        // Left by a server that was killed: only one server at a time runs in a home.
        Files.deleteIfExists(place.socket());
        Files.deleteIfExists(place.unfinished());
        this.channel = place.useUnfinished(address -> {
            ServerSocketChannel opened = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                opened.bind(address);
                Files.setPosixFilePermissions(place.unfinished(), PosixFilePermissions.fromString("rw-------"));
                // Only now: a client that sees a socket at this path expects an answer.
                Files.move(place.unfinished(), place.socket(), StandardCopyOption.ATOMIC_MOVE);
                return opened;
            } catch (IOException e) {
                opened.close();
                throw e;
            }
        });
        SocketThreads.start("console-socket", this::listen);
    }

    private void listen() {
        while (channel.isOpen()) {
            try {
                admit(channel.accept());
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException | RuntimeException | LinkageError | OutOfMemoryError e) {
                // Too little memory, or too many open files: this may be temporary.
                LOG.warn("The console could not accept a connection: {}", Faults.reason(e));
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void admit(SocketChannel client) throws IOException {
        boolean admitted = false;
        try {
            UserPrincipal peer = peers.of(client, owner);
            if (!mayEnter(peer, owner, Users.root())) {
                LOG.warn("User {} is not allowed to use the console", peer.getName());
            } else if (!free.tryAcquire()) {
                LOG.warn("The console has {} connections, the maximum", MOST_VISITS);
            } else {
                Runnable visit = visits.apply(new Link(client));
                SocketThreads.start("console-visit", () -> {
                    try {
                        visit.run();
                    } finally {
                        free.release();
                    }
                });
                admitted = true;
            }
        } finally {
            if (!admitted) {
                client.close();
            }
        }
    }

    /** Returns whether no further connection is accepted at present. */
    boolean isFull() {
        return free.availablePermits() == 0;
    }

    static boolean mayEnter(UserPrincipal peer, UserPrincipal owner, UserPrincipal root) {
        return peer.equals(owner) || peer.equals(root);
    }

    /** Accepts no more connections. Existing ones continue: one of them may have caused this. */
    @Override
    public void close() throws IOException {
        try {
            Files.deleteIfExists(place.socket());
        } finally {
            channel.close();
        }
    }
}
