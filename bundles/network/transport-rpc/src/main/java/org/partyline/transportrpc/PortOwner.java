package org.partyline.transportrpc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.partyline.api.transport.NodeStatus;

/**
 * Finds the user who listens on a port of this machine before a password is sent there: while the node is down, any
 * local user can listen on its port. Only on Linux, whose {@code /proc/net/tcp} has the user of each socket (proc(5));
 * elsewhere nothing is checked.
 */
final class PortOwner {
    /** The value that disables the check. */
    static final String ANY = "any";

    private static final String LISTEN = "0A";
    private static final int ROOT = 0;
    /** The user id that a user namespace shows for every user outside it (user_namespaces(7)). */
    private static final int OUTSIDE = 65_534;

    private final Path proc;
    private final Path users;

    /** @param proc the process's own directory of {@code /proc} @param users {@code /etc/passwd} */
    PortOwner(Path proc, Path users) {
        this.proc = proc;
        this.users = users;
    }

    static PortOwner ofThisMachine() {
        return new PortOwner(Path.of("/proc/self"), Path.of("/etc/passwd"));
    }

    /**
     * Refuses a connection whose other end belongs to another user. Both the listener and, once the connection was
     * accepted, its acceptor are checked, since the port may have changed hands meanwhile. (A socket that nobody has
     * accepted yet shows no inode, and root as its user.)
     *
     * @param trusted names or numbers of users in addition to root and the user of this server
     */
    void check(String node, Socket socket, Set<String> trusted) throws NodeProblem {
        if (trusted.contains(ANY) || !socket.getInetAddress().isLoopbackAddress() || !Files.isDirectory(proc)) {
            return;
        }
        try {
            InetSocketAddress there = new InetSocketAddress(socket.getInetAddress(), socket.getPort());
            InetSocketAddress here = new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort());
            List<Entry> owners = new ArrayList<>();
            for (Entry entry : entries()) {
                boolean accepted = entry.local().equals(there) && entry.remote().equals(here) && entry.inode() != 0;
                if (entry.listens(there) || accepted) {
                    owners.add(entry);
                }
            }
            if (owners.isEmpty()) {
                throw refuse(node, there, "the listener on that port cannot be identified", ANY);
            }
            long own = ((Number) Files.getAttribute(proc, "unix:uid")).longValue();
            boolean isMapped = isMapped();
            for (Entry entry : owners) {
                if (isMapped && entry.uid() == OUTSIDE) {
                    // It may be anyone: trusting this number would trust every other user.
                    throw new NodeProblem(
                            NodeStatus.State.REFUSED,
                            "node " + node + ": the password is not sent to "
                                    + there.getAddress().getHostAddress() + ":" + there.getPort()
                                    + ", because this service may not see whose that port is; use the node's cookie, or run "
                                    + "systemctl edit partyline and set PrivateUsers=no");
                }
                String name = name(entry.uid());
                if (entry.uid() != ROOT
                        && entry.uid() != own
                        && !trusted.contains(name)
                        && !trusted.contains(Long.toString(entry.uid()))) {
                    throw refuse(node, there, "user " + name + " uses that port", name);
                }
            }
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            throw new NodeProblem(
                    NodeStatus.State.REFUSED,
                    "node " + node
                            + ": the password is not sent, because /proc/net/tcp does not show who owns the port; use the "
                            + "node's cookie, or set listener-user = " + ANY,
                    e);
        }
    }

    /** Whether this process is in a separate user namespace, which shows all other users as one. */
    private boolean isMapped() throws IOException {
        Path map = proc.resolve("uid_map");
        return Files.exists(map) && !Files.readString(map).trim().matches("0\\s+0\\s+4294967295");
    }

    private static NodeProblem refuse(String node, InetSocketAddress there, String why, String setting) {
        return new NodeProblem(
                NodeStatus.State.REFUSED,
                "node " + node + ": the password is not sent to "
                        + there.getAddress().getHostAddress() + ":" + there.getPort() + ", because " + why
                        + "; use the node's cookie, or, if that is the node, set listener-user = " + setting);
    }

    private String name(long uid) throws IOException {
        for (String line : Files.readAllLines(users, StandardCharsets.ISO_8859_1)) {
            String[] fields = line.split(":");
            if (fields.length > 2
                    && fields[2].equals(Long.toString(uid))
                    && fields[0].matches("[A-Za-z0-9_.-]{1,64}")) {
                return fields[0];
            }
        }
        return Long.toString(uid);
    }

    /** A socket of this machine. */
    private record Entry(InetSocketAddress local, InetSocketAddress remote, String state, long uid, long inode) {
        /** Whether it accepts connections to an address: it is bound to that, or to all. */
        boolean listens(InetSocketAddress there) {
            return state.equals(LISTEN)
                    && local.getPort() == there.getPort()
                    && (local.getAddress().isAnyLocalAddress()
                            || local.getAddress().equals(there.getAddress()));
        }

        /** {@code sl local rem st tx:rx tr:when retrnsmt uid timeout inode …}. */
        static Entry of(String line) {
            String[] fields = line.trim().split("\\s+");
            return new Entry(
                    address(fields[1]),
                    address(fields[2]),
                    fields[3],
                    Long.parseLong(fields[7]),
                    Long.parseLong(fields[9]));
        }

        /**
         * The address is in words of 32 bits in the machine's byte order; {@link InetAddress} treats IPv4 in IPv6 as
         * IPv4.
         */
        private static InetSocketAddress address(String text) {
            int colon = text.indexOf(':');
            byte[] stored = HexFormat.of().parseHex(text.substring(0, colon));
            ByteBuffer words = ByteBuffer.allocate(stored.length);
            for (int i = 0; i < stored.length; i += Integer.BYTES) {
                words.putInt(
                        ByteBuffer.wrap(stored).order(ByteOrder.nativeOrder()).getInt(i));
            }
            try {
                return new InetSocketAddress(
                        InetAddress.getByAddress(words.array()), Integer.parseInt(text.substring(colon + 1), 16));
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException("not an address: " + text, e);
            }
        }
    }

    private List<Entry> entries() throws IOException {
        List<Entry> all = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6")) {
            Path file = proc.resolve("net").resolve(table);
            // A kernel without IPv6 has no tcp6.
            if (table.equals("tcp") || Files.exists(file)) {
                read(file).forEach(all::add);
            }
        }
        return all;
    }

    private static List<Entry> read(Path file) throws IOException {
        try {
            return Files.readAllLines(file, StandardCharsets.US_ASCII).stream()
                    .skip(1)
                    .map(Entry::of)
                    .toList();
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new IOException("not in the format of proc(5): " + file, e);
        }
    }
}
