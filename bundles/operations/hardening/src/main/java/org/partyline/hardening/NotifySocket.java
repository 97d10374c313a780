package org.partyline.hardening;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Sends messages to the service manager's socket (sd_notify(3)), since Java cannot send datagrams to Unix sockets. */
final class NotifySocket implements ServiceManager {
    private static final short AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 02000000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int LONGEST = 107;

    private final CLibrary library = Native.load("c", CLibrary.class);
    private final byte[] address;

    /** @param name a path, or a name that begins with {@code @} @throws IOException if it is neither */
    NotifySocket(String name) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        boolean unnamed = name.startsWith("@");
        if (!unnamed && !name.startsWith("/") || bytes.length < 2 || bytes.length > LONGEST) {
            throw new IOException("NOTIFY_SOCKET is not the path of a socket: the service manager sets it");
        }
        if (unnamed) {
            bytes[0] = 0;
        }
        // A path ends with a zero; an abstract name does not.
        address = ByteBuffer.allocate(Short.BYTES + bytes.length + (unnamed ? 0 : 1))
                .order(ByteOrder.nativeOrder())
                .putShort(AF_UNIX)
                .put(bytes)
                .array();
    }

    @Override
    public void notify(String message) throws IOException {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        try {
            int socket = library.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
            try {
                library.sendto(socket, bytes, bytes.length, MSG_NOSIGNAL, address, address.length);
            } finally {
                library.close(socket);
            }
        } catch (LastErrorException e) {
            throw new IOException("the service manager cannot be notified: error " + e.getErrorCode(), e);
        }
    }

    /** The functions that are called. */
    public interface CLibrary extends Library {
        /** See socket(2). */
        int socket(int domain, int type, int protocol) throws LastErrorException;

        /** See sendto(2). */
        long sendto(int socket, byte[] message, long length, int flags, byte[] address, int addressLength)
                throws LastErrorException;

        /** See close(2). */
        int close(int file) throws LastErrorException;
    }
}
