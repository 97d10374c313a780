package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.transport.NodeStatus;

/**
 * A password is sent to no port of this machine that belongs to another user: real sockets, and tables of the kernel
 * that the test writes.
 */
@EnabledOnOs(OS.LINUX)
class PortOwnerTest {
    private static final String HEADER =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n";
    private static final String LISTEN = "0A";
    private static final String ESTABLISHED = "01";
    private static final int MALLORY = 4001;

    @TempDir
    Path proc;

    private ServerSocket server;
    private Socket socket;
    private final StringBuilder tcp = new StringBuilder(HEADER);
    private final StringBuilder tcp6 = new StringBuilder(HEADER);

    @BeforeEach
    void connect() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
        socket = new Socket(server.getInetAddress(), server.getLocalPort());
        Files.createDirectory(proc.resolve("net"));
        Files.writeString(
                proc.resolve("passwd"),
                "root:x:0:0::/root:/bin/sh\nmallory:x:4001:4001::/:/bin/sh\nbitcoin:x:4002:4002::/:\n");
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
        server.close();
    }

    /** In the kernel's format: words of 32 bits in the machine's byte order. */
    private static String hex(String address, int port) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(address);
        ByteBuffer turned = ByteBuffer.allocate(bytes.length).order(ByteOrder.nativeOrder());
        for (int i = 0; i < bytes.length; i += 4) {
            turned.putInt(ByteBuffer.wrap(bytes).getInt(i));
        }
        return HexFormat.of().withUpperCase().formatHex(turned.array()) + ":%04X".formatted(port);
    }

    private static void add(StringBuilder to, String local, String remote, String state, long uid, long inode) {
        to.append("   0: %s %s %s 00000000:00000000 00:00000000 00000000 %5d        0 %d 1 0 100 0 0 10 0\n"
                .formatted(local, remote, state, uid, inode));
    }

    private void listens(String address, long uid) throws IOException {
        boolean six = address.length() > 8;
        add(six ? tcp6 : tcp, hex(address, server.getLocalPort()), hex("00".repeat(six ? 16 : 4), 0), LISTEN, uid, 77);
    }

    private PortOwner owner() throws IOException {
        Files.writeString(proc.resolve("net/tcp"), tcp);
        Files.writeString(proc.resolve("net/tcp6"), tcp6);
        return new PortOwner(proc, proc.resolve("passwd"));
    }

    private String refusal(String... trusted) throws IOException {
        PortOwner owner = owner();
        NodeProblem problem = assertThrows(NodeProblem.class, () -> owner.check("core", socket, Set.of(trusted)));
        assertEquals(NodeStatus.State.REFUSED, problem.state());
        return problem.getMessage();
    }

    private void assertSent(String... trusted) throws IOException {
        PortOwner owner = owner();
        assertDoesNotThrow(() -> owner.check("core", socket, Set.of(trusted)));
    }

    @Test
    void anotherUsersPortIsRefusedUnlessTheSettingNamesTheUser() throws Exception {
        listens("7f000001", MALLORY);
        assertEquals(
                "node core: the password is not sent to 127.0.0.1:" + server.getLocalPort()
                        + ", because user mallory uses that port; use the node's cookie, or, if that is the node, set "
                        + "listener-user = mallory",
                refusal());
        refusal("bitcoin");
        assertSent("bitcoin", "mallory");
        assertSent("4001");
        assertSent("any");
    }

    @Test
    void aServiceThatSeesOtherUsersAsOneTrustsNoneOfThemByThatName() throws Exception {
        listens("7f000001", 65_534);
        assertSent("65534");
        Files.writeString(proc.resolve("uid_map"), "         0          0 4294967295\n");
        assertSent("65534");
        Files.writeString(
                proc.resolve("uid_map"), "         0          0          1\n       990        990          1\n");
        assertTrue(refusal("65534").endsWith("set PrivateUsers=no"), refusal("65534"));
        assertTrue(refusal().contains("may not see whose that port is"), refusal());
        assertSent("any");
    }

    @Test
    void thePortOfRootAndTheServersOwnAreUsed() throws Exception {
        listens("7f000001", 0);
        listens("00000000", ((Number) Files.getAttribute(proc, "unix:uid")).longValue());
        assertSent();
    }

    @Test
    void whoeverListensAtAllAddressesCounts() throws Exception {
        listens("7f000001", 0);
        listens("00000000", MALLORY);
        assertTrue(refusal().contains("user mallory"));
        tcp.setLength(0);
        tcp.append(HEADER);
        listens("00".repeat(16), 4003);
        assertTrue(refusal().contains("user 4003 uses that port"), "a number where there is no name");
        tcp6.setLength(0);
        tcp6.append(HEADER);
        listens("00000000000000000000ffff7f000001", MALLORY);
        assertTrue(refusal().contains("user mallory"), "IPv4 within IPv6");
    }

    @Test
    void whoAcceptedTheConnectionCountsAlsoWhereThePortHasAnotherOwnerNow() throws Exception {
        listens("7f000001", 0);
        String there = hex("7f000001", server.getLocalPort());
        String here = hex("7f000001", socket.getLocalPort());
        // Nobody has accepted it yet: the kernel shows root, and no inode.
        add(tcp, there, here, ESTABLISHED, 0, 0);
        assertSent();
        add(tcp, there, here, ESTABLISHED, MALLORY, 78);
        assertTrue(refusal().contains("user mallory"));
    }

    @Test
    void otherPortsAndOtherConnectionsDoNotCount() throws Exception {
        listens("7f000001", 0);
        add(tcp, hex("7f000001", server.getLocalPort() ^ 1), hex("00000000", 0), LISTEN, MALLORY, 79);
        add(tcp, hex("7f000001", server.getLocalPort()), hex("7f000001", 1), ESTABLISHED, MALLORY, 80);
        add(
                tcp,
                hex("7f000001", socket.getLocalPort()),
                hex("7f000001", server.getLocalPort()),
                ESTABLISHED,
                MALLORY,
                81);
        assertSent();
    }

    @Test
    void whatCannotBeToldIsRefused() throws Exception {
        assertTrue(refusal().contains("the listener on that port cannot be identified"));
        tcp.append("   0: nonsense\n");
        assertTrue(refusal().contains("/proc/net/tcp does not show"));
        Files.delete(proc.resolve("net/tcp"));
        PortOwner owner = new PortOwner(proc, proc.resolve("passwd"));
        assertThrows(NodeProblem.class, () -> owner.check("core", socket, Set.of()));
        assertDoesNotThrow(() -> owner.check("core", socket, Set.of(PortOwner.ANY)));
    }

    @Test
    void theTablesOfThisMachineAreRead() throws Exception {
        assertDoesNotThrow(() -> PortOwner.ofThisMachine().check("core", socket, Set.of()));
        try (Socket accepted = server.accept()) {
            assertTrue(accepted.isConnected());
            assertDoesNotThrow(() -> PortOwner.ofThisMachine().check("core", socket, Set.of()));
        }
    }

    private RpcDialer dialer(Map<String, String> credentials) throws Exception {
        Map<String, String> values = new HashMap<>(credentials);
        values.put("name", "core");
        values.put("network", "regtest");
        values.put("url", "http://127.0.0.1:" + server.getLocalPort());
        RpcSettings settings = RpcSettings.of(values, proc);
        return new RpcDialer(() -> Optional.of(new FakeNetwork()), settings, owner());
    }

    @Test
    void aPasswordIsNotSentAndACookieIs() throws Exception {
        listens("7f000001", MALLORY);
        Map<String, String> password = Map.of("user", "rpc", "password", "secret");
        RpcDialer refused = dialer(password);
        assertThrows(NodeProblem.class, refused::rpc);
        server.accept().close();
        try (Socket dialled = server.accept()) {
            assertEquals(-1, dialled.getInputStream().read(), "it is closed, and nothing was sent");
        }
        dialer(Map.of()).rpc().close();
        dialer(Map.of("user", "rpc", "password", "secret", "listener-user", "bitcoin, mallory"))
                .rpc()
                .close();
        assertThrows(
                IllegalArgumentException.class,
                () -> dialer(Map.of("user", "rpc", "password", "secret", "listener-user", "a:b")));
    }
}
