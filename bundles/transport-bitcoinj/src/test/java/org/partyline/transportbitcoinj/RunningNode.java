package org.partyline.transportbitcoinj;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A node of ours, on regtest, as the component starts it. */
final class RunningNode implements AutoCloseable {
    private final ScheduledExecutorService loop;
    private final P2pNode node;
    private final P2pTransport transport;

    private RunningNode(P2pSettings settings) {
        ThreadFactory threads = P2pNodeComponent.threads("test-" + settings.name());
        loop = Executors.newSingleThreadScheduledExecutor(threads);
        node = new P2pNode(settings, loop, threads, Clock.systemUTC(), new SecureRandom());
        transport = new P2pTransport(settings, node);
        node.start();
    }

    static RunningNode at(Endpoint... peers) {
        return at(Map.of(), peers);
    }

    static RunningNode at(Map<String, String> more, Endpoint... peers) {
        Map<String, String> values = new HashMap<>(more);
        values.putIfAbsent("name", "p2p");
        values.put("network", "regtest");
        values.put("peers", Stream.of(peers).map(Endpoint::toString).collect(Collectors.joining(",")));
        try {
            return new RunningNode(P2pSettings.of(values));
        } catch (SettingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    P2pTransport transport() {
        return transport;
    }

    @Override
    public void close() {
        node.close();
        loop.shutdownNow();
    }
}
