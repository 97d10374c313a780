package org.partyline.networkpolicy;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A SOCKS5 proxy on 127.0.0.1 for tests: requires a user and password, accepts any, resolves names itself, and records
 * its requests. Can be made to misbehave.
 */
public final class SocksServer implements AutoCloseable {
    /**
     * A recorded request.
     *
     * @param name whether the host was a name, unresolved
     */
    public record Asked(String user, String password, boolean name, String host, int port) {}

    /** Handles a client. */
    public interface Behaviour {
        /** @param client has just connected */
        void serve(Socket client) throws IOException;
    }

    private final Map<String, Integer> names = new ConcurrentHashMap<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final int port;
    private volatile ServerSocket listener;
    private volatile Thread acceptor;
    private volatile Behaviour behaviour = this::serve;
    private volatile boolean closed;

    /** Listens on a free port. */
    public SocksServer() {
        try {
            listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
            port = listener.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ServerSocket on = listener;
        acceptor = daemon(() -> accept(on));
    }

    /** Its port on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** {@code host:port}. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /** Maps a name with its port to a port on this machine. Unmapped names cannot be reached. */
    public SocksServer knows(String nameAndPort, int localPort) {
        names.put(nameAndPort, localPort);
        return this;
    }

    /** Removes a name, and closes its connections. */
    public void forget(String nameAndPort) {
        names.remove(nameAndPort);
        dropAll();
    }

    /** The requests, in order. */
    public List<Asked> asked() {
        return asked;
    }

    /** Sets its behaviour from now on. */
    public void behave(Behaviour how) {
        behaviour = how;
    }

    /** Stops listening, and closes all its connections. */
    public void fail() {
        try {
            listener.close();
            // While a thread still waits in accept(), the system continues to accept connections.
            acceptor.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        dropAll();
    }

    /** Listens again. */
    public void recover() {
        try {
            listener = new ServerSocket(port, 50, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ServerSocket on = listener;
        acceptor = daemon(() -> accept(on));
    }

    private void dropAll() {
        sockets.forEach(SocksServer::quietly);
    }

    private void accept(ServerSocket on) {
        while (!on.isClosed()) {
            try {
                Socket client = on.accept();
                sockets.add(client);
                daemon(() -> {
                    try (client) {
                        behaviour.serve(client);
                    } catch (IOException e) {
                        // The client disappeared, or was disconnected: a test checks the other end.
                        quietly(client);
                    } finally {
                        sockets.remove(client);
                    }
                });
            } catch (IOException e) {
                if (!closed && !on.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket client) throws IOException {
        DataInputStream in = new DataInputStream(client.getInputStream());
        OutputStream out = client.getOutputStream();
        expect(in, 5);
        byte[] methods = in.readNBytes(in.readUnsignedByte());
        if (new String(methods, StandardCharsets.ISO_8859_1).indexOf(2) < 0) {
            out.write(new byte[] {5, (byte) 0xff});
            return;
        }
        out.write(new byte[] {5, 2});
        expect(in, 1);
        String user = text(in);
        String password = text(in);
        out.write(new byte[] {1, 0});
        expect(in, 5);
        expect(in, 1);
        expect(in, 0);
        int type = in.readUnsignedByte();
        String host = switch (type) {
            case 1 -> InetAddress.getByAddress(in.readNBytes(4)).getHostAddress();
            case 3 -> text(in);
            case 4 -> InetAddress.getByAddress(in.readNBytes(16)).getHostAddress();
            default -> throw new IOException("kind of address " + type);
        };
        int to = in.readUnsignedShort();
        asked.add(new Asked(user, password, type == 3, host, to));
        Integer local = names.get(host + ":" + to);
        if (local == null) {
            out.write(new byte[] {5, 4, 0, 1, 0, 0, 0, 0, 0, 0});
            return;
        }
        Socket target;
        try {
            target = new Socket("127.0.0.1", local);
        } catch (IOException e) {
            out.write(new byte[] {5, 5, 0, 1, 0, 0, 0, 0, 0, 0});
            return;
        }
        sockets.add(target);
        try (target) {
            out.write(new byte[] {5, 0, 0, 1, 0, 0, 0, 0, 0, 0});
            daemon(() -> {
                try {
                    pump(target.getInputStream(), out);
                } catch (IOException e) {
                    // When one side closes, so does the other.
                    quietly(target);
                } finally {
                    quietly(client);
                }
            });
            pump(in, target.getOutputStream());
        } finally {
            sockets.remove(target);
        }
    }

    private static void pump(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[32 << 10];
        for (int some = in.read(buffer); some >= 0; some = in.read(buffer)) {
            out.write(buffer, 0, some);
        }
    }

    private static void expect(DataInputStream in, int value) throws IOException {
        int got = in.readUnsignedByte();
        if (got != value) {
            throw new IOException("expected " + value + " and got " + got);
        }
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.US_ASCII);
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "socks-server");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void quietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        fail();
    }
}
