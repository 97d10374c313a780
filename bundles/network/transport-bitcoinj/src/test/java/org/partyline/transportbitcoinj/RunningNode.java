package org.partyline.transportbitcoinj;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.partyline.api.transport.NetworkPolicy;

/** A node of ours on regtest, started like the component does. */
final class RunningNode implements AutoCloseable {
    private final ScheduledExecutorService loop;
    private final P2pNode node;
    private final P2pTransport transport;

    private RunningNode(Supplier<Optional<NetworkPolicy>> network, P2pSettings settings) {
        ThreadFactory threads = P2pNodeComponent.threads("test-" + settings.name());
        loop = Executors.newSingleThreadScheduledExecutor(threads);
        node = new P2pNode(settings, network, loop, threads, Clock.systemUTC(), new SecureRandom());
        transport = new P2pTransport(settings, node);
        node.start();
    }

    static RunningNode at(Endpoint... peers) {
        return at(Map.of(), peers);
    }

    static RunningNode at(Map<String, String> more, Endpoint... peers) {
        TestNetwork network = new TestNetwork();
        return with(() -> Optional.of(network), more, peers);
    }

    static RunningNode with(Supplier<Optional<NetworkPolicy>> network, Map<String, String> more, Endpoint... peers) {
        Map<String, String> values = new HashMap<>(more);
        values.putIfAbsent("name", "p2p");
        values.put("network", "regtest");
        values.put("peers", Stream.of(peers).map(Endpoint::toString).collect(Collectors.joining(",")));
        try {
            return new RunningNode(network, P2pSettings.of(values));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e);
        }
    }

    P2pTransport transport() {
        return transport;
    }

    void networkChanged() {
        node.networkChanged();
    }

    @Override
    public void close() {
        node.close();
        loop.shutdownNow();
    }
}
