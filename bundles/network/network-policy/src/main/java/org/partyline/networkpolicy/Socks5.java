package org.partyline.networkpolicy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.partyline.api.transport.NetworkException;
import org.partyline.api.transport.NetworkException.Reason;
import org.partyline.api.transport.SocksProxy;

/**
 * Requests a connection from a SOCKS5 proxy (RFC 1928), with user and password (RFC 1929) if the proxy accepts them. A
 * name is sent to the proxy unresolved, an address as an address.
 *
 * <p>Java's own support uses one user and password for the whole process, and otherwise sends the name of this
 * computer's user.
 */
final class Socks5 {
    private static final int VERSION = 5;
    private static final int LOGIN_VERSION = 1;
    private static final int NO_LOGIN = 0;
    private static final int LOGIN = 2;
    private static final int NO_METHOD = 0xff;
    private static final int CONNECT = 1;
    private static final int IPV4 = 1;
    private static final int NAME = 3;
    private static final int IPV6 = 4;

    private final Socket socket;
    private final SocksProxy proxy;
    private final ConnectDeadline deadline;

    /** @param socket a connection to the proxy */
    Socks5(Socket socket, SocksProxy proxy, ConnectDeadline deadline) {
        this.socket = socket;
        this.proxy = proxy;
        this.deadline = deadline;
    }

    /**
     * Afterwards, the socket's data is exchanged with the host.
     *
     * @param host a name, or an address, with or without brackets
     * @throws NetworkException says what the proxy failed to do
     */
    void connect(String host, int port) throws NetworkException {
        boolean asked = false;
        try {
            OutputStream out = socket.getOutputStream();
            out.write(new byte[] {VERSION, 2, LOGIN, NO_LOGIN});
            byte[] method = read(2);
            if (method[0] != VERSION) {
                throw notSocks();
            }
            switch (method[1] & 0xff) {
                case NO_LOGIN -> {
                    // It does not separate circuits, but is used anyway: not every proxy is Tor.
                }
                case LOGIN -> logIn(out);
                case NO_METHOD ->
                    throw new NetworkException(
                            Reason.PROXY_DOWN,
                            "the SOCKS proxy " + proxy.address()
                                    + " accepts neither user and password nor a login without them; set proxy to another");
                default -> throw notSocks();
            }
            out.write(request(host, port));
            asked = true;
            readReply(host, port);
            socket.setSoTimeout(0);
        } catch (SocketTimeoutException e) {
            if (asked) {
                throw new NetworkException(
                        Reason.UNREACHABLE,
                        "the SOCKS proxy " + proxy.address() + " did not reach " + host + ":" + port + " in time",
                        e);
            }
            throw new NetworkException(
                    Reason.PROXY_DOWN, "the SOCKS proxy " + proxy.address() + " does not answer in time", e);
        } catch (EOFException e) {
            throw new NetworkException(
                    Reason.PROXY_DOWN, "the SOCKS proxy " + proxy.address() + " closed the connection", e);
        } catch (IOException e) {
            throw new NetworkException(
                    Reason.PROXY_DOWN, "the connection to the SOCKS proxy " + proxy.address() + " failed", e);
        }
    }

    private void logIn(OutputStream out) throws IOException, NetworkException {
        byte[] user = proxy.user().getBytes(StandardCharsets.US_ASCII);
        byte[] password = proxy.password().getBytes(StandardCharsets.US_ASCII);
        out.write(ByteBuffer.allocate(3 + user.length + password.length)
                .put((byte) LOGIN_VERSION)
                .put((byte) user.length)
                .put(user)
                .put((byte) password.length)
                .put(password)
                .array());
        byte[] answer = read(2);
        if (answer[0] != LOGIN_VERSION) {
            throw notSocks();
        }
        if (answer[1] != 0) {
            throw new NetworkException(
                    Reason.PROXY_DOWN,
                    "the SOCKS proxy " + proxy.address()
                            + " rejects the user and password that separate circuits; set proxy to one that accepts any");
        }
    }

    private static byte[] request(String host, int port) {
        ByteBuffer request = ByteBuffer.allocate(7 + 255);
        request.put((byte) VERSION).put((byte) CONNECT).put((byte) 0);
        Optional<InetAddress> address = Hosts.literal(host);
        if (address.isPresent()) {
            byte[] bytes = address.get().getAddress();
            request.put((byte) (bytes.length == 4 ? IPV4 : IPV6)).put(bytes);
        } else {
            byte[] name = host.getBytes(StandardCharsets.US_ASCII);
            request.put((byte) NAME).put((byte) name.length).put(name);
        }
        request.putShort((short) port).flip();
        byte[] bytes = new byte[request.remaining()];
        request.get(bytes);
        return bytes;
    }

    private void readReply(String host, int port) throws IOException, NetworkException {
        byte[] reply = read(4);
        if (reply[0] != VERSION) {
            throw notSocks();
        }
        if (reply[1] != 0) {
            // The rest of the answer does not matter: the connection is useless.
            throw new NetworkException(
                    Reason.UNREACHABLE,
                    "the SOCKS proxy " + proxy.address() + " cannot reach " + host + ":" + port + ": "
                            + reason(reply[1] & 0xff));
        }
        int length = switch (reply[3]) {
            case IPV4 -> 4;
            case NAME -> read(1)[0] & 0xff;
            case IPV6 -> 16;
            default -> throw notSocks();
        };
        read(length + 2);
    }

    /** RFC 1928, and Tor's extensions from 0xf0 on (its proposal 304). */
    private static String reason(int reply) {
        return switch (reply) {
            case 1 -> "general failure";
            case 2 -> "its rules forbid it";
            case 3 -> "network unreachable";
            case 4 -> "host unreachable";
            case 5 -> "connection refused";
            case 6 -> "time-out on the way";
            case 7 -> "it makes no connections";
            case 8 -> "it does not know this kind of address";
            case 0xf0 -> "the onion service is not found";
            case 0xf1 -> "the onion service's descriptor is invalid";
            case 0xf2, 0xf3 -> "the onion service does not answer";
            case 0xf4 -> "the onion service requires a client key";
            case 0xf5 -> "the onion service rejects the client key";
            case 0xf6 -> "the onion address is wrong";
            case 0xf7 -> "the onion service took too long";
            default -> "failure " + reply;
        };
    }

    private NetworkException notSocks() {
        return new NetworkException(
                Reason.PROXY_DOWN,
                "" + proxy.address() + " is not a SOCKS5 proxy; set proxy to one, for Tor 127.0.0.1:9050");
    }

    /** Reads no further: the next byte is the host's. */
    private byte[] read(int count) throws IOException {
        byte[] bytes = new byte[count];
        InputStream in = socket.getInputStream();
        int at = 0;
        while (at < count) {
            socket.setSoTimeout(deadline.millis());
            int some = in.read(bytes, at, count - at);
            if (some < 0) {
                throw new EOFException();
            }
            at += some;
        }
        return bytes;
    }
}
