package org.partyline.transportbitcoinj;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Opens connections through a SOCKS5 proxy (RFC 1928) that is told a user and a password (RFC 1929), by which Tor keeps
 * circuits apart. The host's name goes to the proxy as it is: nothing is resolved here.
 *
 * <p>Java's own proxy support takes user and password from the whole process, and else sends the user of this computer.
 */
final class Socks5 {
    private static final int VERSION = 5;
    private static final int NO_PASSWORD = 0;
    private static final int PASSWORD = 2;
    private static final int REFUSED = 0xff;
    private static final int CONNECT = 1;
    private static final int NAME = 3;

    private Socks5() {}

    /**
     * @param socket not connected yet
     * @param proxy where the proxy listens
     * @param host a name or an address
     * @param user at most 255 bytes
     * @param password at most 255 bytes
     * @param timeout milliseconds, for the proxy and for each of its answers
     * @throws IOException when there is no proxy, or it does not reach the host; says which
     */
    static void connect(
            Socket socket, InetSocketAddress proxy, String host, int port, String user, String password, int timeout)
            throws IOException {
        try {
            socket.connect(proxy, timeout);
        } catch (IOException e) {
            throw new IOException("the proxy does not answer", e);
        }
        socket.setSoTimeout(timeout);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        out.write(new byte[] {VERSION, 2, PASSWORD, NO_PASSWORD});
        int version = in.readUnsignedByte();
        int method = in.readUnsignedByte();
        if (version != VERSION || method == REFUSED) {
            throw new IOException("the proxy does not speak SOCKS5 with or without a password");
        }
        if (method == PASSWORD) {
            logIn(in, out, user, password);
        }
        byte[] name = host.getBytes(StandardCharsets.US_ASCII);
        byte[] request = new byte[7 + name.length];
        request[0] = VERSION;
        request[1] = CONNECT;
        request[3] = NAME;
        request[4] = (byte) name.length;
        System.arraycopy(name, 0, request, 5, name.length);
        request[5 + name.length] = (byte) (port >> 8);
        request[6 + name.length] = (byte) port;
        out.write(request);
        readReply(in);
        socket.setSoTimeout(0);
    }

    private static void logIn(DataInputStream in, OutputStream out, String user, String password) throws IOException {
        byte[] name = user.getBytes(StandardCharsets.US_ASCII);
        byte[] word = password.getBytes(StandardCharsets.US_ASCII);
        byte[] message = new byte[3 + name.length + word.length];
        message[0] = 1;
        message[1] = (byte) name.length;
        System.arraycopy(name, 0, message, 2, name.length);
        message[2 + name.length] = (byte) word.length;
        System.arraycopy(word, 0, message, 3 + name.length, word.length);
        out.write(message);
        in.readUnsignedByte();
        if (in.readUnsignedByte() != 0) {
            throw new IOException("the proxy refuses user and password");
        }
    }

    private static void readReply(DataInputStream in) throws IOException {
        if (in.readUnsignedByte() != VERSION) {
            throw new IOException("the proxy does not speak SOCKS5");
        }
        int reply = in.readUnsignedByte();
        if (reply != 0) {
            throw new IOException("the proxy does not reach it: " + reason(reply));
        }
        in.readUnsignedByte();
        int length = switch (in.readUnsignedByte()) {
            case 1 -> 4;
            case NAME -> in.readUnsignedByte();
            case 4 -> 16;
            default -> throw new IOException("the proxy does not speak SOCKS5");
        };
        in.readFully(new byte[length + 2]);
    }

    private static String reason(int reply) {
        return switch (reply) {
            case 2 -> "its rules forbid it";
            case 3 -> "network unreachable";
            case 4 -> "host unreachable";
            case 5 -> "connection refused";
            case 6 -> "time-out on the way";
            case 7 -> "it does not connect";
            case 8 -> "it does not know such addresses";
            default -> "failure " + reply;
        };
    }
}
