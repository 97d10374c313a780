package org.partyline.storepostgresql;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a Unix socket that PostgreSQL's driver uses as a {@link Socket}: with timeouts, closable by any
 * thread, for one reader and one writer. As with TCP, interrupting a thread that reads does not end the connection.
 */
final class UnixSocket extends Socket {
    private static final String POSTGRES = "postgres";
    private static final Path THIS_PROCESS = Path.of("/proc/self");

    /** The same size as the driver's own buffer. */
    private static final int BUFFER = 8192;

    private static final long ALMOST_A_MILLI = TimeUnit.MILLISECONDS.toNanos(1) - 1;

    private final Path path;
    private volatile @Nullable Link link;
    private volatile boolean closed;
    private volatile int timeout;

    /** The parts of a connected socket. */
    private record Link(SocketChannel channel, Selector selector, SelectionKey key) {}

    UnixSocket(Path path) {
        this.path = path;
    }

    /**
     * Whether a user may own this socket and listen there: root, PostgreSQL's user and this server's; also the user to
     * whom root gave the socket's directory, since in a sandbox with {@code PrivateUsers=} (systemd.exec(5)) other
     * users have no names.
     */
    static boolean isTrusted(Path socket, UserPrincipal user) throws IOException {
        UserPrincipal root = named("0");
        if (user.equals(root) || user.getName().equals(POSTGRES) || user.equals(own())) {
            return true;
        }
        Path directory = socket.getParent().toRealPath();
        PosixFileAttributes place = Files.readAttributes(directory, PosixFileAttributes.class);
        PosixFileAttributes above = Files.readAttributes(directory.resolve(".."), PosixFileAttributes.class);
        return user.equals(place.owner())
                && !place.permissions().contains(PosixFilePermission.OTHERS_WRITE)
                && above.owner().equals(root)
                && !above.permissions().contains(PosixFilePermission.GROUP_WRITE)
                && !above.permissions().contains(PosixFilePermission.OTHERS_WRITE);
    }

    private static UserPrincipal own() throws IOException {
        return Files.exists(THIS_PROCESS) ? Files.getOwner(THIS_PROCESS) : named(System.getProperty("user.name"));
    }

    private static UserPrincipal named(String name) throws IOException {
        return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
    }

    /** @param ignored a TCP address: the socket's path is known */
    @Override
    public synchronized void connect(SocketAddress ignored, int millis) throws IOException {
        if (closed) {
            throw new SocketException("Socket closed");
        }
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            link = connect(channel);
        } finally {
            if (link == null) {
                channel.close();
            }
        }
    }

    private Link connect(SocketChannel channel) throws IOException {
        // Otherwise it would wait forever if PostgreSQL accepts no connections and its queue is full.
        channel.configureBlocking(false);
        // Linux fails then; other systems may say that they are connecting.
        if (!channel.connect(UnixDomainSocketAddress.of(path))) {
            throw new SocketException(path + " accepts no more connections at present");
        }
        // Since the file was checked, someone else may have replaced it.
        if (channel.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)
                && !isTrusted(
                        path,
                        channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user())) {
            throw new ConnectException("another user's program listens at " + path);
        }
        Selector selector = Selector.open();
        return new Link(channel, selector, channel.register(selector, 0));
    }

    @Override
    public void connect(SocketAddress ignored) throws IOException {
        connect(ignored, 0);
    }

    /** An operation on the channel; 0: it must wait. */
    @FunctionalInterface
    private interface Step {
        int take(SocketChannel channel) throws IOException;
    }

    private int await(int operation, int millis, Step step) throws IOException {
        Link now = link;
        if (now == null) {
            throw new SocketException("Socket is not connected");
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        boolean interrupted = false;
        try {
            while (true) {
                int done = step.take(now.channel());
                if (done != 0) {
                    return done;
                }
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime() + ALMOST_A_MILLI);
                if (millis > 0 && left <= 0) {
                    throw new SocketTimeoutException("Read timed out");
                }
                now.key().interestOps(operation);
                now.selector().select(millis > 0 ? left : 0);
                now.selector().selectedKeys().clear();
                // An interrupted thread could not wait.
                interrupted |= Thread.interrupted();
            }
        } catch (ClosedChannelException | ClosedSelectorException | CancelledKeyException e) {
            SocketException socketClosed = new SocketException("Socket closed");
            socketClosed.initCause(e);
            throw socketClosed;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public InputStream getInputStream() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
                return length == 0 ? 0 : await(SelectionKey.OP_READ, timeout, channel -> channel.read(buffer));
            }
        };
    }

    @Override
    public OutputStream getOutputStream() {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
                while (buffer.hasRemaining()) {
                    await(SelectionKey.OP_WRITE, 0, channel -> channel.write(buffer));
                }
            }
        };
    }

    /** Any thread may call it: a thread that is reading then fails. */
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        Link now = link;
        if (now != null) {
            now.channel().close();
            now.selector().close();
        }
    }

    @Override
    public boolean isConnected() {
        return link != null;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void setSoTimeout(int millis) {
        timeout = millis;
    }

    @Override
    public int getSoTimeout() {
        return timeout;
    }

    // TCP only.

    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public boolean getTcpNoDelay() {
        return true;
    }

    @Override
    public void setKeepAlive(boolean on) {}

    @Override
    public boolean getKeepAlive() {
        return true;
    }

    @Override
    public void setSendBufferSize(int size) {}

    @Override
    public int getSendBufferSize() {
        return BUFFER;
    }

    @Override
    public void setReceiveBufferSize(int size) {}

    @Override
    public int getReceiveBufferSize() {
        return BUFFER;
    }

    @Override
    public String toString() {
        return "Socket[" + path + "]";
    }
}
