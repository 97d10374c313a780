package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.transport.NetworkException;
import org.partyline.api.transport.NetworkPolicy;
import org.partyline.api.transport.NetworkRoute;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.ProxyChoice;
import org.partyline.testkit.Eventually;

class NetworkTest {
    private static final String ONION = "examplepartylinenode.onion";

    private final FakeNode node = new FakeNode().healthy();
    private final FakeNetwork network = new FakeNetwork()
            .knows(ONION, node.url().getPort())
            .knows("core.example.org", node.url().getPort())
            .remote(FakeNetwork.PROXY);
    private final AtomicReference<NetworkPolicy> policy = new AtomicReference<>(network);
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private final List<RpcNode> opened = new ArrayList<>();

    @BeforeEach
    void estimate() {
        node.on("estimatesmartfee", Map.of("feerate", 0.0001));
    }

    @AfterEach
    void close() {
        opened.forEach(RpcNode::close);
        executor.shutdownNow();
        node.close();
    }

    private RpcSettings settings(String... pairs) {
        Map<String, String> more = new HashMap<>(Map.of("url", "http://" + ONION + ":8332", "zmq", "none"));
        for (int i = 0; i < pairs.length; i += 2) {
            more.put(pairs[i], pairs[i + 1]);
        }
        return node.settings(more);
    }

    private RpcNode open(String... pairs) {
        RpcNode made = RpcNode.open(
                settings(pairs),
                () -> Optional.ofNullable(policy.get()),
                executor,
                Clock.systemUTC(),
                new SecureRandom(),
                time -> {});
        opened.add(made);
        return made;
    }

    private String unavailable(RpcNode of) {
        return assertThrows(NodeUnavailableException.class, () -> of.transport().estimateFee(6))
                .getMessage();
    }

    @Test
    void anOnionAddressIsHandedOverAsItIsWithTheNodesCircuitAndTheLongTimeout() throws Exception {
        RpcNode rpc = open("proxy", "127.0.0.1:9150");
        assertTrue(rpc.transport().estimateFee(6).isPresent());
        assertEquals(ONION, network.targets.get(0).host());
        assertEquals(8332, network.targets.get(0).port());
        assertEquals("home", network.targets.get(0).circuit());
        assertEquals(ProxyChoice.parse("127.0.0.1:9150"), network.targets.get(0).proxy());
        assertEquals(Duration.ofSeconds(60), network.timeouts.get(0));
        assertEquals("proxy 127.0.0.1:9050", rpc.transport().status().route());
    }

    @Test
    void aDirectConnectionHasTheShortTimeoutAndASetTimeoutIsForBoth() throws Exception {
        assertTrue(open("url", node.url().toString()).transport().estimateFee(6).isPresent());
        assertEquals(Duration.ofSeconds(5), network.timeouts.get(0));
        network.timeouts.clear();
        assertTrue(open("connect-timeout", "90s").transport().estimateFee(6).isPresent());
        assertEquals(Duration.ofSeconds(90), network.timeouts.get(0));
    }

    @Test
    void aProxyThatIsDownIsToldByTheStatusAndNothingElseIsTried() throws Exception {
        network.fails(new NetworkException(
                NetworkException.Reason.PROXY_DOWN, "the SOCKS proxy 127.0.0.1:9050 does not answer"));
        RpcNode rpc = open();
        String message = unavailable(rpc);
        assertTrue(message.contains("the SOCKS proxy 127.0.0.1:9050 does not answer"), message);
        assertEquals(NodeStatus.State.UNREACHABLE, rpc.transport().status().state());
        assertTrue(rpc.transport().status().detail().contains("the SOCKS proxy 127.0.0.1:9050 does not answer"));
        assertTrue(network.sockets.isEmpty());
        network.fails(null);
        assertTrue(rpc.transport().estimateFee(6).isPresent());
    }

    @Test
    void whatThePolicyForbidsIsRefusedUntilThePolicyChanges() throws Exception {
        network.remote(NetworkRoute.refused("proxy-required=true but there is no proxy"));
        RpcNode rpc = open();
        assertTrue(unavailable(rpc).contains("proxy-required=true but there is no proxy"));
        assertEquals(NodeStatus.State.REFUSED, rpc.transport().status().state());
        assertEquals("none", rpc.transport().status().route());
        network.remote(FakeNetwork.PROXY);
        rpc.networkChanged();
        Eventually.that("it is ready", () -> rpc.transport().status().state() == NodeStatus.State.READY);
    }

    @Test
    void withoutAPolicyNothingIsConnectedToNotEvenThisMachine() throws Exception {
        policy.set(null);
        RpcNode rpc = open("url", node.url().toString());
        assertTrue(unavailable(rpc).contains("the network policy is not running"));
        assertTrue(node.calls.isEmpty());
        policy.set(network);
        rpc.networkChanged();
        Eventually.that("it is ready", () -> rpc.transport().status().state() == NodeStatus.State.READY);
    }

    @Test
    void connectionsThatThePolicyClosesAreNotMissed() throws Exception {
        RpcNode rpc = open();
        for (int i = 0; i < 3; i++) {
            assertTrue(rpc.transport().estimateFee(6).isPresent());
            network.closeAll();
        }
    }

    @Test
    void plaintextToANameIsRefusedAlsoThroughAProxyButNotToAnOnion() throws Exception {
        RpcNode rpc = open("url", "http://core.example.org:8332");
        assertTrue(unavailable(rpc).contains("allow-remote-plaintext=true"));
        assertTrue(network.targets.isEmpty());
        assertTrue(open("url", "http://core.example.org:8332", "allow-remote-plaintext", "true")
                .transport()
                .estimateFee(6)
                .isPresent());
        assertEquals("", settings().refusal());
        assertEquals("", settings("url", "https://core.example.org:8332").refusal());
    }

    @Test
    void zmqInClearFromAnotherMachineIsRefusedUnlessAProxyCarriesIt() throws Exception {
        RpcDialer dialer = new RpcDialer(() -> Optional.of(network), settings());
        dialer.zmq("core.example.org", 28332).close();
        network.remote(NetworkRoute.DIRECT);
        NodeProblem problem = assertThrows(NodeProblem.class, () -> dialer.zmq("core.example.org", 28332));
        assertTrue(problem.getMessage().contains("unencrypted"), problem.getMessage());
        new RpcDialer(() -> Optional.of(network), settings("allow-remote-plaintext", "true"))
                .zmq("core.example.org", 28332)
                .close();
        dialer.zmq("127.0.0.1", node.url().getPort()).close();
    }

    @Test
    void aConnectionIsKeptForTheNextCallAndManyCallsHaveTheirOwn() throws Exception {
        FakeNetwork counted = new FakeNetwork();
        RpcSettings settings = settings("url", node.url().toString());
        RpcDialer dialer = new RpcDialer(() -> Optional.of(counted), settings);
        RpcClient client = new RpcClient(
                "home",
                settings.url(),
                settings.credentials(),
                dialer::rpc,
                dialer::timeout,
                settings.timeout(),
                AnswerLimits.of(settings.responseLimit(), Long.MAX_VALUE),
                time -> {},
                Clock.systemUTC());
        for (int i = 0; i < 10; i++) {
            client.call("getmempoolinfo");
        }
        assertEquals(1, counted.sockets.size());
        List<RpcCall> calls = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            calls.add(RpcCall.of("getblockhash", 0));
        }
        assertEquals(60, client.batches(RpcClient.NODE, calls, 10).size());
        assertTrue(counted.sockets.size() <= 3, "three batches at once: " + counted.sockets.size());
        client.close();
        assertTrue(counted.sockets.stream().allMatch(java.net.Socket::isClosed));
    }
}
