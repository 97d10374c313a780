package org.partyline.networkpolicy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.health.Finding;
import org.partyline.api.transport.NetworkException;
import org.partyline.api.transport.NetworkException.Reason;
import org.partyline.api.transport.NetworkRoute;
import org.partyline.api.transport.NetworkTarget;
import org.partyline.api.transport.ProxyChoice;
import org.partyline.api.transport.SocksProxy;

class ConnectionGateTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String ONION = "examplepartylinenode.onion";

    private final SocksServer socks = new SocksServer();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ConnectionGate gate =
            new ConnectionGate(settings(""), new Circuits(new SecureRandom()), System::nanoTime);

    @AfterEach
    void close() {
        socks.close();
        threads.shutdownNow();
    }

    private static NetworkSettings settings(String proxy) {
        return settings(proxy, "false");
    }

    private static NetworkSettings settings(String proxy, String required) {
        return NetworkSettings.of(Map.of("proxy", proxy, "proxy-required", required));
    }

    private static NetworkTarget to(String host, int port) {
        return to(host, port, "");
    }

    private static NetworkTarget to(String host, int port, String proxy) {
        return new NetworkTarget("core", "core", host, port, ProxyChoice.parse(proxy));
    }

    private NetworkRoute.Kind kind(String host, String nodesProxy) {
        return gate.route(to(host, 8332, nodesProxy)).kind();
    }

    private NetworkException refusal(NetworkTarget target) {
        return assertThrows(NetworkException.class, () -> gate.connect(target, LONG));
    }

    @ParameterizedTest
    @CsvSource({
        // server's proxy, required, node's proxy, route of another machine
        "'',false,'',DIRECT",
        "'',false,none,DIRECT",
        "'',false,127.0.0.1:9050,PROXY",
        "127.0.0.1:9050,false,'',PROXY",
        "127.0.0.1:9050,false,none,DIRECT",
        "127.0.0.1:9050,false,127.0.0.1:9150,PROXY",
        "'',true,'',REFUSED",
        "'',true,none,REFUSED",
        "'',true,127.0.0.1:9050,PROXY",
        "127.0.0.1:9050,true,'',PROXY",
        "127.0.0.1:9050,true,none,REFUSED",
        "none,true,'',REFUSED",
        "example.org:9050,false,'',REFUSED",
        "example.org:9050,false,127.0.0.1:9050,REFUSED",
        "127.0.0.1,true,'',REFUSED",
        "127.0.0.1:9050,yes,none,REFUSED",
        "127.0.0.1:0,false,none,REFUSED"
    })
    void theServersAndTheNodesSettingsDecide(String proxy, String required, String nodes, NetworkRoute.Kind expected) {
        gate.change(settings(proxy, required));
        assertEquals(expected, kind("core.example.org", nodes));
        assertEquals(expected, kind("192.0.2.7", nodes));
        assertEquals(expected, kind("[2001:db8::7]", nodes));
        for (String here : new String[] {"127.0.0.1", "127.9.9.9", "localhost", "LOCALHOST", "::1", "[::1]"}) {
            assertEquals(NetworkRoute.Kind.LOOPBACK, kind(here, nodes), here);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1.example.org",
                "localhost.example.org",
                "127.0.0.999",
                "2130706433",
                "0x7f000001",
                "127.1",
                "0.0.0.0",
                "::2",
                "localhost."
            })
    void whatOnlyLooksLikeThisMachineIsNotTakenForIt(String host) {
        gate.change(settings("", "true"));
        assertEquals(NetworkRoute.Kind.REFUSED, kind(host, ""));
    }

    @Test
    void anOnionAddressIsNeverConnectedToDirectly() {
        assertEquals(NetworkRoute.Kind.REFUSED, kind(ONION, ""));
        assertEquals(NetworkRoute.Kind.REFUSED, kind("x.ONION.", "none"));
        assertEquals(NetworkRoute.Kind.PROXY, kind(ONION, "127.0.0.1:9050"));
        assertTrue(refusal(to(ONION, 1)).getMessage().contains("Tor"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"two words", "a\nb", "a\u0000b", "ex%41mple", "[::1", "::1]:8332", "1:2:3"})
    void whatIsNoHostIsNotConnectedTo(String host) {
        gate.change(settings("127.0.0.1:9050"));
        assertNotEquals(NetworkRoute.Kind.DIRECT, kind(host, "none"));
        if (!host.equals("1:2:3")) {
            assertEquals(Reason.FORBIDDEN, refusal(to(host, 1)).reason());
        }
    }

    @Test
    void eachNodeHasACircuitOfItsOwnThatStaysTheSameUntilTheNextStart() {
        gate.change(settings("127.0.0.1:9050"));
        SocksProxy first = proxy(gate, "core");
        assertEquals(first, proxy(gate, "core"));
        SocksProxy other = proxy(gate, "attic");
        assertNotEquals(first.user(), other.user());
        assertNotEquals(first.password(), other.password());
        assertNotEquals(first.user(), first.password());
        ConnectionGate restarted =
                new ConnectionGate(settings("127.0.0.1:9050"), new Circuits(new SecureRandom()), System::nanoTime);
        assertNotEquals(first.user(), proxy(restarted, "core").user());
        assertFalse(first.toString().contains(first.password()));
    }

    private static SocksProxy proxy(ConnectionGate of, String circuit) {
        return of.route(new NetworkTarget(circuit, circuit, "192.0.2.7", 1, ProxyChoice.SERVER))
                .proxy()
                .orElseThrow();
    }

    @Test
    void aNameGoesToTheProxyAsItIsAndWhatFollowsIsTheHosts() throws Exception {
        gate.change(settings(socks.address(), "true"));
        try (ServerSocket host = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            socks.knows(ONION + ":8332", host.getLocalPort());
            try (Socket here = gate.connect(to(ONION, 8332), LONG);
                    Socket there = host.accept()) {
                here.getOutputStream().write("ask".getBytes());
                assertEquals("ask", new String(there.getInputStream().readNBytes(3)));
                there.getOutputStream().write("answer".getBytes());
                assertEquals("answer", new String(here.getInputStream().readNBytes(6)));
            }
        }
        SocksServer.Asked asked = socks.asked().get(0);
        SocksProxy proxy = proxy(gate, "core");
        assertEquals(new SocksServer.Asked(proxy.user(), proxy.password(), true, ONION, 8332), asked);
    }

    @Test
    void anAddressGoesToTheProxyAsAnAddress() throws Exception {
        gate.change(settings(socks.address()));
        assertEquals(Reason.UNREACHABLE, refusal(to("192.0.2.7", 8332)).reason());
        assertEquals(Reason.UNREACHABLE, refusal(to("[2001:db8::7]", 8333)).reason());
        assertFalse(socks.asked().get(0).name());
        assertEquals("192.0.2.7", socks.asked().get(0).host());
        assertFalse(socks.asked().get(1).name());
        assertEquals("2001:db8:0:0:0:0:0:7", socks.asked().get(1).host());
        assertEquals(8333, socks.asked().get(1).port());
    }

    @Test
    void thisMachineIsReachedWithoutTheProxy() throws Exception {
        gate.change(settings(socks.address(), "true"));
        try (ServerSocket host = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                Socket here = gate.connect(to("localhost", host.getLocalPort()), LONG)) {
            assertTrue(here.isConnected());
        }
        assertTrue(socks.asked().isEmpty());
    }

    @Test
    void aProxyThatIsDownIsNamedAndNothingElseIsTried() throws Exception {
        gate.change(settings(socks.address()));
        socks.fail();
        NetworkException problem = refusal(to("127.0.0.1.example.org", 8332));
        assertEquals(Reason.PROXY_DOWN, problem.reason());
        assertEquals("the SOCKS proxy " + socks.address() + " does not answer", problem.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "1,general failure",
        "2,forbid",
        "3,network unreachable",
        "4,host unreachable",
        "5,connection refused",
        "6,time-out",
        "7,no connections",
        "8,kind of address",
        "240,not found",
        "246,onion address is wrong",
        "99,failure 99"
    })
    void aFailureSaysWhy(int code, String why) {
        answers(new byte[][] {{5, 0}, {5, (byte) code, 0, 1, 0, 0, 0, 0, 0, 0}});
        NetworkException problem = refusal(to("core.example.org", 8332));
        assertEquals(Reason.UNREACHABLE, problem.reason());
        assertTrue(problem.getMessage().contains("cannot reach core.example.org:8332"), problem.getMessage());
        assertTrue(problem.getMessage().contains(why), problem.getMessage());
    }

    /** The proxy sends these answers to its requests, one after the other, and closes the connection. */
    private void answers(byte[]... answers) {
        gate.change(settings(socks.address()));
        socks.behave(client -> {
            for (byte[] answer : answers) {
                client.getInputStream().read(new byte[1000]);
                client.getOutputStream().write(answer);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "05",
                "0400",
                "0501",
                "05ff",
                "4854",
                "0502 0101",
                "0502 0501",
                "0502 01",
                "0500 05",
                "0500 040000010000000000 00",
                "0500 05000002000000000000",
                "0500 050000030561",
                "0500 0500000100"
            })
    void whatIsNotSocksIsAProxyThatIsDown(String hex) {
        byte[][] parts = hex.isEmpty()
                ? new byte[0][]
                : java.util.Arrays.stream(hex.split(" "))
                        .map(java.util.HexFormat.of()::parseHex)
                        .toArray(byte[][]::new);
        answers(parts);
        NetworkException problem = refusal(to("core.example.org", 8332));
        assertEquals(Reason.PROXY_DOWN, problem.reason());
        assertTrue(problem.getMessage().contains(socks.address()), problem.getMessage());
        assertFalse(problem.getMessage().contains(proxy(gate, "core").password()));
    }

    @Test
    void aReplyWithANameIsReadToItsEnd() throws Exception {
        answers(new byte[][] {{5, 0}, {5, 0, 0, 3, 3, 'a', 'b', 'c', 0, 80, 'X'}});
        try (Socket socket = gate.connect(to("core.example.org", 8332), LONG)) {
            assertEquals('X', socket.getInputStream().read());
            assertEquals(0, socket.getSoTimeout());
        }
    }

    @Test
    void aProxyThatSaysNothingRunsOutOfTime() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        gate.change(settings(socks.address()));
        socks.behave(client -> waitFor(never));
        NetworkException problem = assertThrows(
                NetworkException.class, () -> gate.connect(to("core.example.org", 1), Duration.ofMillis(100)));
        assertTrue(problem.getMessage().contains("in time"), problem.getMessage());
        never.countDown();
    }

    @Test
    void aProxyThatSpeaksByteByByteHasNoMoreTimeThanAnother() {
        // The clock advances by a second with each reading: each byte arrives in time, but all of them together do not.
        long[] now = {0};
        ConnectionGate slow = new ConnectionGate(
                settings(socks.address()),
                new Circuits(new SecureRandom()),
                () -> now[0] += Duration.ofSeconds(1).toNanos());
        socks.behave(client -> {
            byte[] all = {5, 0, 5, 0, 0, 3, 120};
            client.getOutputStream().write(all);
            for (int i = 0; i < 122; i++) {
                client.getOutputStream().write('a');
                client.getOutputStream().flush();
                client.getInputStream().read(new byte[1]);
            }
        });
        NetworkException problem = assertThrows(
                NetworkException.class, () -> slow.connect(to("core.example.org", 1), Duration.ofSeconds(6)));
        assertTrue(problem.getMessage().contains("in time"), problem.getMessage());
    }

    private static void waitFor(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void aProxyThatRefusesTheLoginSaysSo() {
        answers(new byte[][] {{5, 2}, {1, 1}});
        assertTrue(refusal(to("core.example.org", 1)).getMessage().contains("user and password"));
    }

    /**
     * A gate whose direct connections to any address lead to a server of the test: 127.0.0.1 in an unrecognised form.
     */
    private Socket direct(int port) throws Exception {
        return gate.connect(to("0.0.0.0", port), LONG);
    }

    @Test
    void directConnectionsAreClosedWhenAProxyIsRequiredAndThoseOfThisMachineStay() throws Exception {
        try (ServerSocket host = new ServerSocket(0, 5, InetAddress.getByName("0.0.0.0"))) {
            Socket direct = direct(host.getLocalPort());
            Socket here = gate.connect(to("127.0.0.1", host.getLocalPort()), LONG);
            gate.change(settings("", "true"));
            assertTrue(direct.isClosed());
            assertThrows(SocketException.class, () -> direct.getInputStream().read());
            assertFalse(here.isClosed());
            here.close();
        }
    }

    @Test
    void connectionsThroughAProxyAreClosedWhenItIsAnotherOrTheSettingsCannotBe() throws Exception {
        try (ServerSocket host = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            socks.knows(ONION + ":1", host.getLocalPort());
            gate.change(settings(socks.address()));
            Socket first = gate.connect(to(ONION, 1), LONG);
            Socket own = gate.connect(to(ONION, 1, socks.address()), LONG);
            gate.change(settings(socks.address(), "true"));
            assertFalse(first.isClosed(), "its way is the same");
            gate.change(settings("127.0.0.1:1"));
            assertTrue(first.isClosed());
            assertFalse(own.isClosed());
            gate.change(settings("nonsense"));
            assertTrue(own.isClosed());
        }
    }

    @Test
    void aConnectionThatIsBeingMadeDoesNotOutliveAChange() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        gate.change(settings(socks.address()));
        socks.behave(client -> {
            asked.countDown();
            waitFor(never);
        });
        Future<OutgoingSocket> connecting = threads.submit(() -> gate.connect(to(ONION, 1), LONG));
        asked.await();
        gate.change(settings("", "true"));
        ExecutionException ended = assertThrows(ExecutionException.class, connecting::get);
        assertTrue(ended.getCause().getMessage().contains("settings changed"), ended.getCause()::toString);
        never.countDown();
    }

    @Test
    void theComponentLetsNothingOutWithBadSettingsNorAfterItsEnd() throws Exception {
        try (ServerSocket host = new ServerSocket(0, 5, InetAddress.getByName("0.0.0.0"))) {
            NetworkPolicyComponent component = new NetworkPolicyComponent(Map.of());
            Socket open = component.connect(to("0.0.0.0", host.getLocalPort()), LONG);
            component.modified(Map.of("proxy-required", "ture"));
            assertTrue(open.isClosed());
            NetworkRoute route = component.route(to("192.0.2.7", 1));
            assertTrue(route.refusal().contains("proxy-required = 'ture': it must be true or false"), route.refusal());
            component.modified(Map.of("proxy-required", "false"));
            Socket again = component.connect(to("0.0.0.0", host.getLocalPort()), LONG);
            component.end();
            assertTrue(again.isClosed());
            assertThrows(NetworkException.class, () -> component.connect(to("0.0.0.0", host.getLocalPort()), LONG));
        }
    }

    @Test
    void settingsThatTheirFileNoLongerSaysLetNothingOut(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("org.partyline.network.cfg");
        Map<String, Object> values = new HashMap<>(Map.of(
                "proxy",
                "",
                "proxy-required",
                "false",
                NetworkSettingsFile.KEY,
                file.toUri().toString()));
        assertTrue(NetworkSettings.of(values).fault().contains("cannot be read"));
        Files.writeString(file, "# a comment\nproxy =\nproxy-required = false\n");
        assertEquals("", NetworkSettings.of(values).fault());
        Files.writeString(file, "proxy = 127.0.0.1:9050\nproxy-required = true\n");
        gate.change(NetworkSettings.of(values));
        assertTrue(gate.route(to("192.0.2.7", 1)).refusal().contains("has another proxy"));
        assertEquals(NetworkRoute.Kind.LOOPBACK, kind("127.0.0.1", ""));
        values.put("proxy", "127.0.0.1:9050");
        values.put("proxy-required", "true");
        gate.change(NetworkSettings.of(values));
        assertEquals(NetworkRoute.Kind.PROXY, kind("192.0.2.7", ""));
        Files.writeString(file, "proxy = ${env:PROXY}\nproxy-required = true\n");
        assertEquals("", NetworkSettings.of(values).fault());
    }

    @Test
    void aMisspeltSettingLetsNothingOut(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("org.partyline.network.cfg");
        for (String wrong :
                List.of("proxy_required = true\n", "Proxy-Required = true\n", "\uFEFFproxy-required = true\n")) {
            Files.writeString(file, wrong);
            gate.change(NetworkSettings.of(
                    Map.of(NetworkSettingsFile.KEY, file.toUri().toString())));
            assertEquals(NetworkRoute.Kind.REFUSED, kind("192.0.2.7", ""), wrong);
            String refusal = gate.route(to("192.0.2.7", 1)).refusal();
            assertTrue(refusal.matches("org.partyline.network.cfg has an unknown setting [!-~]+; nothing .*"), refusal);
        }
    }

    @Test
    void doctorReportsAMisspeltSettingAndConfigRefusesTheOthersMeanwhile(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("org.partyline.network.cfg");
        Files.writeString(file, "proxy_required = true\n");
        Map<String, Object> values =
                Map.of(NetworkSettingsFile.KEY, file.toUri().toString());
        NetworkSettingsCheck check = new NetworkSettingsCheck();
        Map<String, String> tor = Map.of("proxy", "127.0.0.1:9050");
        assertEquals(List.of(), check.examine());
        check.check(tor);
        check.configured(values);
        assertEquals(
                List.of(Finding.unsafe(
                        "network",
                        "nothing leaves this machine: org.partyline.network.cfg has an unknown setting proxy_required",
                        "correct etc/org.partyline.network.cfg")),
                check.examine());
        String refusal = assertThrows(IllegalArgumentException.class, () -> check.check(tor))
                .getMessage();
        assertEquals(
                "org.partyline.network.cfg has an unknown setting proxy_required, so no other would take effect: "
                        + "correct it in the file",
                refusal);
        Files.writeString(file, "proxy-required = true\n");
        check.check(tor);
    }

    @Test
    void allConnectionsCanBeClosedAtOnceAndNewOnesMade() throws Exception {
        try (ServerSocket host = new ServerSocket(0, 5, InetAddress.getByName("0.0.0.0"))) {
            Socket direct = direct(host.getLocalPort());
            Socket here = gate.connect(to("127.0.0.1", host.getLocalPort()), LONG);
            assertEquals(2, gate.closeAll());
            assertTrue(direct.isClosed());
            assertTrue(here.isClosed());
            assertEquals(0, gate.closeAll());
            Socket next = gate.connect(to("127.0.0.1", host.getLocalPort()), LONG);
            assertFalse(next.isClosed());
            next.close();
        }
    }
}
