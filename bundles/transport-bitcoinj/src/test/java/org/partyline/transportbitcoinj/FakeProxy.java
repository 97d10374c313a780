package org.partyline.transportbitcoinj;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A SOCKS5 proxy that writes down who wants to go where, and leads all to one place. */
final class FakeProxy implements AutoCloseable {
    private final ServerSocket server;
    private final List<String> destinations = new CopyOnWriteArrayList<>();
    private final List<String> logins = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile boolean withoutPasswords;
    private volatile int answer;
    private volatile Endpoint target;

    FakeProxy() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "fake-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    Endpoint endpoint() {
        return new Endpoint("127.0.0.1", server.getLocalPort());
    }

    void withoutPasswords(boolean is) {
        withoutPasswords = is;
    }

    void answers(int code) {
        answer = code;
    }

    void leadsTo(Endpoint where) {
        target = where;
    }

    List<String> destinations() {
        return destinations;
    }

    List<String> logins() {
        return logins;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            in.readUnsignedByte();
            in.readFully(new byte[in.readUnsignedByte()]);
            out.write(new byte[] {5, (byte) (withoutPasswords ? 0 : 2)});
            if (!withoutPasswords) {
                in.readUnsignedByte();
                logins.add(text(in) + ":" + text(in));
                out.write(new byte[] {1, 0});
            }
            in.readFully(new byte[4]);
            destinations.add(text(in) + ":" + in.readUnsignedShort());
            out.write(new byte[] {5, (byte) answer, 0, 1, 0, 0, 0, 0, 0, 0});
            if (target != null && answer == 0) {
                lead(socket);
            }
        } catch (IOException e) {
            destinations.isEmpty();
        }
    }

    private void lead(Socket socket) throws IOException {
        try (Socket there = new Socket(target.host(), target.port())) {
            sockets.add(there);
            start(() -> pump(there, socket));
            pump(socket, there);
        }
    }

    private static void pump(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.close();
        } catch (IOException e) {
            try {
                to.close();
            } catch (IOException again) {
                throw new UncheckedIOException(again);
            }
        }
    }

    private static String text(DataInputStream in) throws IOException {
        byte[] bytes = new byte[in.readUnsignedByte()];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
