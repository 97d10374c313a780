package org.partyline.transportbitcoinj;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.transport.NodeStatus;

class Socks5Test {
    private FakeProxy proxy;

    @BeforeEach
    void start() throws IOException {
        proxy = new FakeProxy();
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    private void dial(String user, Endpoint to) throws IOException {
        try (Socket socket = Dialer.socket()) {
            new Dialer(Optional.of(proxy.endpoint()), user, Duration.ofSeconds(5)).connect(socket, to);
        }
    }

    @Test
    void namesGoToTheProxyAsTheyAre() throws IOException {
        dial("one", new Endpoint("expyuzz4wqqyqhjn.onion", 8333));
        dial("one", new Endpoint("node.invalid", 8333));

        assertEquals(List.of("expyuzz4wqqyqhjn.onion:8333", "node.invalid:8333"), proxy.destinations());
    }

    @Test
    void eachNodeAndEachPeerHasItsOwnCircuit() throws IOException {
        Endpoint first = new Endpoint("a.onion", 8333);
        Endpoint second = new Endpoint("b.onion", 8333);
        dial("one", first);
        dial("one", second);
        dial("two", first);
        dial("one", first);

        List<String> logins = new ArrayList<>(proxy.logins());
        assertEquals(logins.get(0), logins.get(3));
        assertNotEquals(logins.get(0), logins.get(1));
        assertNotEquals(logins.get(0), logins.get(2));
        assertTrue(logins.get(2).startsWith("two:"));
    }

    @Test
    void aProxyWithoutPasswordsWillDo() throws IOException {
        proxy.withoutPasswords(true);

        dial("one", new Endpoint("a.onion", 8333));

        assertEquals(List.of("a.onion:8333"), proxy.destinations());
        assertEquals(List.of(), proxy.logins());
    }

    @Test
    void whatTheProxySaysIsPassedOn() {
        proxy.answers(5);

        IOException refused = assertThrows(IOException.class, () -> dial("one", new Endpoint("a.onion", 8333)));

        assertEquals("the proxy does not reach it: connection refused", refused.getMessage());
    }

    @Test
    void aProxyThatIsAwayIsSaid() {
        proxy.close();

        IOException refused = assertThrows(IOException.class, () -> dial("one", new Endpoint("a.onion", 8333)));

        assertEquals("the proxy does not answer", refused.getMessage());
    }

    @Test
    void aServerThatIsNoProxyIsNotWaitedForForever() throws IOException {
        try (FakePeer noProxy = new FakePeer().deaf(true);
                Socket socket = Dialer.socket()) {
            Dialer dialer = new Dialer(Optional.of(noProxy.endpoint()), "one", Duration.ofMillis(200));

            assertThrows(IOException.class, () -> dialer.connect(socket, new Endpoint("a.onion", 1)));
        }
    }

    @Test
    void aNodeSpeaksWithItsPeerThroughTheProxyOnly() throws Exception {
        try (FakePeer peer = new FakePeer().chain(new TestChain(0).grow(3))) {
            proxy.leadsTo(peer.endpoint());
            try (RunningNode node = RunningNode.at(
                    Map.of("proxy", proxy.endpoint().toString(), "proxy-required", "true"),
                    new Endpoint("peer.onion", 8333))) {
                Eventually.that("it is ready", () -> node.transport().status().state() == NodeStatus.State.READY);

                assertEquals(List.of("peer.onion:8333"), proxy.destinations());
                assertEquals(1, peer.greetings());
            }
        }
    }

    @Test
    void whenTheProxyIsDownANodeWaitsAndSaysSo() throws Exception {
        proxy.close();
        try (FakePeer peer = new FakePeer();
                RunningNode node = RunningNode.at(
                        Map.of("proxy", proxy.endpoint().toString(), "proxy-required", "true"), peer.endpoint())) {
            Eventually.that("it is said", () -> node.transport().status().state() == NodeStatus.State.UNREACHABLE);

            assertTrue(
                    node.transport().status().detail().contains("is the proxy at " + proxy.endpoint() + " up?"),
                    node.transport().status().detail());
            assertEquals(0, peer.connections());
        }
    }
}
