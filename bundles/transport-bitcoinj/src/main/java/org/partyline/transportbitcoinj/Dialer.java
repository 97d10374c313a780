package org.partyline.transportbitcoinj;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Opens a node's connections: through its proxy when it has one, and then never another way. Each peer has a password of its
 * own at the proxy, so that Tor takes another circuit for each.
 */
final class Dialer {
    private final Optional<Endpoint> proxy;
    private final String user;
    private final Duration timeout;

    /**
     * @param user what tells this node's circuits from those of others; changes with each start
     * @param timeout for a connection
     */
    Dialer(Optional<Endpoint> proxy, String user, Duration timeout) {
        this.proxy = proxy;
        this.user = user;
        this.timeout = timeout;
    }

    /** Whether everything goes through a proxy. */
    boolean proxied() {
        return proxy.isPresent();
    }

    /**
     * Connects; takes as long as the time-out at the most, at each of its steps.
     *
     * @param socket of {@link #socket()}; closing it ends the attempt
     */
    void connect(Socket socket, Endpoint peer) throws IOException {
        int millis = Math.toIntExact(timeout.toMillis());
        if (proxy.isEmpty()) {
            socket.connect(new InetSocketAddress(peer.host(), peer.port()), millis);
            return;
        }
        Endpoint at = proxy.get();
        if (!at.literal()) {
            throw new IOException("the proxy has a name: a name server would be asked for it");
        }
        InetAddress address =
                at.host().equals("localhost") ? InetAddress.getLoopbackAddress() : InetAddress.getByName(at.host());
        Socks5.connect(
                socket,
                new InetSocketAddress(address, at.port()),
                peer.host(),
                peer.port(),
                user,
                password(peer),
                millis);
    }

    /** A socket that no setting of the process sends another way. */
    static Socket socket() {
        return new Socket(Proxy.NO_PROXY);
    }

    private String password(Endpoint peer) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            byte[] hash = sha.digest((user + " " + peer).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
