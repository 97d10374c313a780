package org.partyline.transportbitcoinj;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.transport.NetworkPolicy;
import org.partyline.api.transport.NetworkRoute;
import org.partyline.api.transport.NetworkTarget;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.HandSetClock;

/** When peers are connected again. */
class PeersTest {
    /** Longer than the longest delay after an honest end. */
    private static final Duration SOON = Duration.ofSeconds(62);

    private final HandSetClock clock = new HandSetClock(Instant.parse("2026-06-01T12:00:00Z"));
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private FakePeer far;
    private Peers peers;
    private Contact contact;

    @BeforeEach
    void connect() throws IOException {
        far = new FakePeer();
        P2pSettings settings = P2pSettings.of(Map.of(
                "name", "p2p", "network", "regtest", "peers", far.endpoint().toString()));
        TestNetwork network = new TestNetwork();
        peers = new Peers(
                settings,
                TestChain.REGTEST,
                new PeerDialer(() -> Optional.of(network), settings),
                P2pNodeComponent.threads("test-peers"),
                clock,
                new SecureRandom(),
                Runnable::run);
        contact = peers.all().iterator().next();
        dial();
        Eventually.that("it speaks with the peer", () -> far.greetings() == 1 && contact.isReady());
    }

    @AfterEach
    void close() {
        peers.connected().forEach(each -> each.connection().close());
        far.close();
    }

    private void dial() {
        peers.dial(clock.instant(), 0, new PeerLink.Listener() {
            @Override
            public void ready(PeerLink link) {}

            @Override
            public void received(PeerLink link, PeerMessage message, Runnable done) {
                done.run();
            }

            @Override
            public void closed(PeerLink link, String reason) {
                ends.add(reason);
            }
        });
    }

    private void ends(Consumer<FakePeer> how) throws InterruptedException {
        how.accept(far);
        peers.lost(contact, ends.take());
    }

    private boolean isDialled() {
        dial();
        return contact.link != null;
    }

    private static void hangsUp(FakePeer peer) {
        try {
            peer.hangUp();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aPeerThatHangsUpIsTriedAgainSoon() throws InterruptedException {
        ends(PeersTest::hangsUp);

        clock.pass(SOON);

        assertEquals(true, isDialled());
    }

    @Test
    void aPeerThatSendsInvalidDataIsAvoidedForTenMinutes() throws InterruptedException {
        ends(peer -> peer.say("tx", new byte[] {1, 2, 3}));
        assertAvoided();
    }

    @Test
    void aPeerOfAnotherNetworkIsAvoidedForTenMinutes() throws InterruptedException {
        ends(peer -> peer.shout(new PeerFrame("ping", new byte[8]).encode(0xf9beb4d9)));
        assertAvoided();
    }

    private void assertAvoided() {
        clock.pass(SOON);
        assertEquals(false, isDialled());

        clock.pass(Peers.BANNED);
        assertEquals(true, isDialled());
    }

    /** The seeds name it again. */
    @Test
    void aPeerThatTheSeedsNamedIsAvoidedToo() throws Exception {
        FakePeer found = new FakePeer();
        try {
            peers.take(List.of(found.endpoint()));
            Contact stranger = peers.all().stream()
                    .filter(each -> each != contact)
                    .findFirst()
                    .orElseThrow();
            dial();
            Eventually.that("it speaks with the peer", stranger::isReady);
            found.say("tx", new byte[] {1, 2, 3});
            peers.lost(stranger, ends.take());
            peers.take(List.of(found.endpoint()));
            clock.pass(SOON);
            dial();
            assertEquals(
                    List.of(contact),
                    peers.all().stream().filter(each -> each.link != null).toList());
        } finally {
            found.close();
        }
    }

    @Test
    void noSeedIsResolvedOnceAProxyIsRequired() {
        ChainParameters regtest = TestChain.REGTEST;
        ChainParameters seeded = new ChainParameters(
                regtest.network(),
                regtest.magic(),
                regtest.port(),
                regtest.genesis(),
                regtest.easiest(),
                regtest.difficulty(),
                // Needs no name server.
                List.of("192.0.2.1"),
                Optional.empty(),
                regtest.library());
        P2pSettings settings = P2pSettings.of(
                Map.of("name", "p2p", "network", "regtest", "discovery", "true", "allow-remote-plaintext", "true"));
        AtomicReference<NetworkRoute> route = new AtomicReference<>(NetworkRoute.DIRECT);
        NetworkPolicy policy = new NetworkPolicy() {
            @Override
            public NetworkRoute route(NetworkTarget target) {
                return route.get();
            }

            @Override
            public Socket connect(NetworkTarget target, Duration timeout) throws IOException {
                throw new IOException("no connection");
            }
        };
        // The settings change between the decision and the first question.
        peers = new Peers(
                settings,
                seeded,
                new PeerDialer(() -> Optional.of(policy), settings),
                task -> {
                    route.set(NetworkRoute.refused("a proxy is required"));
                    return new Thread() {
                        @Override
                        public void start() {
                            task.run();
                        }
                    };
                },
                clock,
                new SecureRandom(),
                Runnable::run);

        dial();

        assertEquals(NetworkRoute.Kind.REFUSED, route.get().kind());
        assertEquals(List.of(), List.copyOf(peers.all()));
    }

    @Test
    void aClockThatGoesBackDoesNotKeepPeersAway() throws InterruptedException {
        ends(PeersTest::hangsUp);

        clock.pass(Duration.ofDays(-2));

        assertEquals(true, isDialled());
    }
}
