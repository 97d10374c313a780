package org.partyline.transportbitcoinj;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.transport.NetworkException;
import org.partyline.api.transport.NetworkRoute;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.ProxyChoice;
import org.partyline.testkit.Eventually;

/** All connections are made as the network policy allows, or not at all. */
class NetworkTest {
    private static final Endpoint REMOTE = new Endpoint("node.example", 8333);

    private final TestNetwork network = new TestNetwork();
    private FakePeer peer;

    @BeforeEach
    void start() throws IOException {
        peer = new FakePeer().chain(new TestChain(0).grow(3));
        network.knows("node.example", peer.endpoint()).knows("abc.onion", peer.endpoint());
    }

    @AfterEach
    void stop() {
        peer.close();
    }

    private RunningNode node(Map<String, String> settings, Endpoint... peers) {
        return RunningNode.with(() -> Optional.of(network), settings, peers);
    }

    private static void eventually(RunningNode node, NodeStatus.State state) {
        Eventually.that("it is " + state, () -> node.transport().status().state() == state);
    }

    @Test
    void aPeerIsReachedThroughTheProxyWithItsNameAsItIsAndACircuitOfItsOwn() {
        network.remote(TestNetwork.PROXY);
        try (RunningNode node = node(Map.of("proxy", "127.0.0.1:9050"), REMOTE, new Endpoint("abc.onion", 8333))) {
            eventually(node, NodeStatus.State.READY);
            Eventually.that(
                    "both are tried",
                    () -> network.targets().stream()
                                    .map(target -> target.address())
                                    .distinct()
                                    .count()
                            == 2);

            // Each is connected to on a thread of its own, in any order and possibly repeatedly.
            assertEquals(
                    Set.of("node.example:8333", "abc.onion:8333"),
                    network.targets().stream().map(target -> target.address()).collect(Collectors.toSet()));
            assertEquals(
                    Set.of(ProxyChoice.parse("127.0.0.1:9050")),
                    network.targets().stream().map(target -> target.proxy()).collect(Collectors.toSet()));
            assertNotEquals(circuits("node.example:8333"), circuits("abc.onion:8333"));
            assertEquals(Duration.ofSeconds(60), network.timeouts().get(0));
            assertEquals("proxy 127.0.0.1:9050", node.transport().status().route());
        }
    }

    private Set<String> circuits(String address) {
        return network.targets().stream()
                .filter(target -> target.address().equals(address))
                .map(target -> String.valueOf(target.circuit()))
                .collect(Collectors.toSet());
    }

    @Test
    void twoNodesDoNotShareACircuit() {
        network.remote(TestNetwork.PROXY);
        try (RunningNode one = node(Map.of("name", "one"), REMOTE);
                RunningNode two = node(Map.of("name", "two"), REMOTE)) {
            eventually(one, NodeStatus.State.READY);
            eventually(two, NodeStatus.State.READY);

            assertEquals(
                    2,
                    network.targets().stream().map(t -> t.circuit()).distinct().count());
        }
    }

    @Test
    void anotherComputerIsNotConnectedToInTheClearUnlessThatIsAllowed() {
        try (RunningNode node = node(Map.of(), REMOTE)) {
            eventually(node, NodeStatus.State.REFUSED);

            assertTrue(
                    node.transport().status().detail().contains("allow-remote-plaintext=true"),
                    node.transport().status().detail());
            assertEquals(0, network.targets().size());
        }
        try (RunningNode node = node(Map.of("allow-remote-plaintext", "true"), REMOTE)) {
            eventually(node, NodeStatus.State.READY);
            assertEquals("direct", node.transport().status().route());
        }
    }

    @Test
    void aRequiredProxyThatIsMissingMeansThatNothingLeaves() {
        try (RunningNode node = node(Map.of("proxy-required", "true", "allow-remote-plaintext", "true"), REMOTE)) {
            eventually(node, NodeStatus.State.REFUSED);

            assertTrue(
                    node.transport().status().detail().contains("proxy-required=true but there is no proxy"),
                    node.transport().status().detail());
            assertEquals(0, network.targets().size());
            assertEquals(0, peer.connections());

            network.remote(TestNetwork.PROXY);
            node.networkChanged();

            eventually(node, NodeStatus.State.READY);
        }
    }

    @Test
    void whatThePolicyForbidsIsNotTried() {
        network.remote(NetworkRoute.refused("not today"));
        try (RunningNode node = node(Map.of("allow-remote-plaintext", "true"), REMOTE)) {
            eventually(node, NodeStatus.State.REFUSED);

            assertTrue(
                    node.transport().status().detail().contains("not today"),
                    node.transport().status().detail());
            assertEquals(0, network.targets().size());
        }
    }

    @Test
    void withoutAPolicyNothingIsConnectedTo() {
        try (RunningNode node = RunningNode.with(Optional::empty, Map.of(), peer.endpoint())) {
            eventually(node, NodeStatus.State.REFUSED);

            assertTrue(
                    node.transport().status().detail().contains("network policy is not running"),
                    node.transport().status().detail());
            assertEquals(0, peer.connections());
        }
    }

    @Test
    void whenTheProxyIsDownANodeWaitsAndSaysSoAndGoesNoOtherWay() {
        network.remote(TestNetwork.PROXY);
        network.fails(new NetworkException(
                NetworkException.Reason.PROXY_DOWN, "the SOCKS proxy 127.0.0.1:9050 does not answer"));
        try (RunningNode node = node(Map.of("allow-remote-plaintext", "true"), REMOTE)) {
            eventually(node, NodeStatus.State.UNREACHABLE);

            assertTrue(
                    node.transport().status().detail().contains("the SOCKS proxy 127.0.0.1:9050 does not answer"),
                    node.transport().status().detail());
            assertEquals(0, peer.connections());

            network.fails(null);
            eventually(node, NodeStatus.State.READY);
        }
    }

    @Test
    void discoveryAsksNoNameServerWhereThereIsAProxy() {
        network.remote(TestNetwork.PROXY);
        // The main network's seeds would be queried, if any.
        try (RunningNode node = node(Map.of("discovery", "true", "allow-remote-plaintext", "true"), REMOTE)) {
            eventually(node, NodeStatus.State.READY);

            assertEquals(1, network.targets().size());
        }
    }
}
