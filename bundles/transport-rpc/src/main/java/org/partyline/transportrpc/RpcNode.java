package org.partyline.transportrpc;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/** One configured node, put together: its transport, and its wallet when it has one. */
final class RpcNode implements AutoCloseable {
    private final RpcTransport transport;
    private final Optional<RpcWallet> wallet;
    private final Watcher watcher;

    private RpcNode(RpcTransport transport, Optional<RpcWallet> wallet, Watcher watcher) {
        this.transport = transport;
        this.wallet = wallet;
        this.watcher = watcher;
    }

    /** @param executor runs the watching; the caller's to end, after {@link #close} */
    static RpcNode open(
            RpcSettings settings,
            ScheduledExecutorService executor,
            Clock clock,
            SecureRandom random,
            RpcClient.Pause pause) {
        RpcClient client = new RpcClient(
                settings.name(),
                settings.url(),
                settings.credentials(),
                settings.connectTimeout(),
                settings.timeout(),
                settings.responseLimit(),
                pause,
                clock);
        NodeMonitor monitor = new NodeMonitor(client, settings);
        Watcher watcher = new Watcher(
                client, monitor, settings, new FeedFinder(client, settings), executor, clock, random.nextLong());
        RpcTransport transport = new RpcTransport(client, monitor, settings, watcher);
        Optional<RpcWallet> wallet = settings.wallet().isEmpty()
                ? Optional.empty()
                : Optional.of(new RpcWallet(client, monitor, settings, random, clock));
        watcher.start();
        return new RpcNode(transport, wallet, watcher);
    }

    RpcTransport transport() {
        return transport;
    }

    Optional<RpcWallet> wallet() {
        return wallet;
    }

    @Override
    public void close() {
        watcher.close();
    }
}
