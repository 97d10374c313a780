package org.partyline.itests.proxy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Joins connections, over TCP and Unix sockets, on separate threads. */
final class Pipes {
    /** Opens the other side of a connection. */
    interface Opener {
        SocketChannel open() throws IOException;
    }

    private Pipes() {}

    /** Joins each incoming connection with one from the opener, until the listener is closed. */
    static void listen(ServerSocketChannel listener, Opener opener) {
        daemon(() -> {
            while (listener.isOpen()) {
                try {
                    SocketChannel in = listener.accept();
                    daemon(() -> join(in, opener));
                } catch (IOException e) {
                    if (listener.isOpen()) {
                        throw e;
                    }
                }
            }
        });
    }

    private static void join(SocketChannel in, Opener opener) throws IOException {
        try (in;
                SocketChannel out = opener.open()) {
            daemon(() -> {
                try {
                    copy(out, in);
                } finally {
                    in.close();
                }
            });
            copy(in, out);
        }
    }

    private static void copy(SocketChannel from, SocketChannel to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(32 << 10);
        while (from.read(buffer) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                to.write(buffer);
            }
            buffer.clear();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // One side has ended; the other is closed with it, and a test notices that.
                        Thread.currentThread().interrupt();
                    }
                },
                "pipes");
        thread.setDaemon(true);
        thread.start();
    }
}
