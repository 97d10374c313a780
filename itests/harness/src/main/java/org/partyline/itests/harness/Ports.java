package org.partyline.itests.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds free TCP ports on 127.0.0.1. Not those that a system uses for outgoing connections (on Linux from 32768): one
 * of these may be taken before it is used here. None is returned twice while these tests run, nor to concurrent tests
 * of another module: a server that is down for a while returns to its own port.
 */
public final class Ports {
    private static final int FIRST = 20_000;
    private static final int END = 32_000;
    private static final int TRIES = 1_000;
    private static final SecureRandom RANDOM = new SecureRandom();
    /** A byte for each port; the lock on a byte reserves its port. The system releases locks when a process ends. */
    private static final FileChannel GIVEN = shared();
    /** Referenced, so that they last. */
    private static final List<FileLock> LOCKS = new ArrayList<>();

    private Ports() {}

    /** Returns several different ones. */
    public static List<Integer> free(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(listen());
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            sockets.forEach(Ports::close);
        }
    }

    private static FileChannel shared() {
        String name = "partyline-test-ports-" + System.getProperty("user.name");
        try {
            return FileChannel.open(
                    Path.of(System.getProperty("java.io.tmpdir"), name),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return whether it was not reserved before */
    private static synchronized boolean take(int port) throws IOException {
        try {
            FileLock lock = GIVEN.tryLock(port, 1, false);
            return lock != null && LOCKS.add(lock);
        } catch (OverlappingFileLockException e) {
            // These tests have it.
            return false;
        }
    }

    private static ServerSocket listen() throws IOException {
        for (int i = 0; i < TRIES; i++) {
            int port = RANDOM.nextInt(FIRST, END);
            if (!take(port)) {
                continue;
            }
            try {
                return new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"));
            } catch (BindException e) {
                // It is in use: try another one.
                continue;
            }
        }
        throw new IOException("no port from " + FIRST + " to " + END + " is free");
    }

    /** Returns one. */
    public static int free() {
        return free(1).get(0);
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
