package org.partyline.transportrpc;

import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.partyline.api.transport.NetworkPolicy;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.WalletException;

/** Assembles a configured node: its transport, and its wallet if it has one. */
final class RpcNode implements AutoCloseable {
    private static final int ZMQ_PATIENCE_MILLIS = 5_000;

    private final NodeMonitor monitor;
    private final RpcSettings settings;
    private final RpcTransport transport;
    private final Optional<RpcWallet> wallet;
    private final Watcher watcher;
    private final RpcClient asking;

    private RpcNode(
            NodeMonitor monitor,
            RpcSettings settings,
            RpcTransport transport,
            Optional<RpcWallet> wallet,
            Watcher watcher,
            RpcClient asking) {
        this.monitor = monitor;
        this.settings = settings;
        this.transport = transport;
        this.wallet = wallet;
        this.watcher = watcher;
        this.asking = asking;
    }

    /**
     * @param network makes the connections; empty while it is unavailable
     * @param executor runs the watching; the caller shuts it down after {@link #close}
     */
    static RpcNode open(
            RpcSettings settings,
            Supplier<Optional<NetworkPolicy>> network,
            ScheduledExecutorService executor,
            Clock clock,
            SecureRandom random,
            RpcClient.Pause pause) {
        RpcDialer dialer = new RpcDialer(network, settings);
        // Two clients, so that requests are completed when the node is removed, while watching stops.
        RpcClient watching = client(settings, dialer, clock, pause);
        RpcClient asking = client(settings, dialer, clock, pause);
        NodeMonitor monitor =
                new NodeMonitor(watching, settings, () -> dialer.route().text());
        Watcher watcher = new Watcher(
                watching,
                monitor,
                settings,
                new FeedFinder(watching, settings, dialer),
                executor,
                clock,
                random.nextLong());
        RpcTransport transport = new RpcTransport(asking, monitor, settings, watcher);
        Optional<RpcWallet> wallet = settings.wallet().isEmpty()
                ? Optional.empty()
                : Optional.of(new RpcWallet(asking, monitor, settings, random, clock));
        watcher.start();
        return new RpcNode(monitor, settings, transport, wallet, watcher, asking);
    }

    /**
     * Asks a node that is not configured yet, once, whether it can be used, and opens its wallet.
     *
     * @throws NodeProblem if it does not answer, or must not be used
     * @throws WalletException if it has no such wallet
     */
    static void ask(
            RpcSettings settings,
            Supplier<Optional<NetworkPolicy>> network,
            Clock clock,
            SecureRandom random,
            RpcClient.Pause pause)
            throws NodeProblem, WalletException {
        RpcDialer dialer = new RpcDialer(network, settings);
        try (RpcClient client = client(settings, dialer, clock, pause)) {
            NodeMonitor monitor =
                    new NodeMonitor(client, settings, () -> dialer.route().text());
            monitor.check();
            if (!settings.wallet().isEmpty()) {
                new RpcWallet(client, monitor, settings, random, clock).require();
            }
            for (String endpoint : new TreeSet<>(List.of(settings.zmqRawtx(), settings.zmqSequence()))) {
                if (!endpoint.isEmpty()) {
                    requireZmq(settings, dialer, URI.create(endpoint));
                }
            }
        }
    }

    private static void requireZmq(RpcSettings settings, RpcDialer dialer, URI endpoint) throws NodeProblem {
        try (Zmtp zmtp = new Zmtp(dialer.zmq(endpoint.getHost(), endpoint.getPort()), ZMQ_PATIENCE_MILLIS)) {
            zmtp.subscribe(List.of(Notification.RAWTX, Notification.SEQUENCE));
        } catch (NodeProblem e) {
            throw e.about("zmq");
        } catch (IOException e) {
            throw new NodeProblem(
                            NodeStatus.State.UNREACHABLE,
                            "node " + settings.name() + ": no ZMQ publisher answers at " + endpoint.getHost() + ":"
                                    + endpoint.getPort() + "; check the node's zmqpub settings",
                            e)
                    .about("zmq");
        }
    }

    private static RpcClient client(RpcSettings settings, RpcDialer dialer, Clock clock, RpcClient.Pause pause) {
        return new RpcClient(
                settings.name(),
                settings.url(),
                settings.credentials(),
                dialer::rpc,
                dialer::timeout,
                settings.timeout(),
                AnswerLimits.of(settings.responseLimit(), Runtime.getRuntime().maxMemory()),
                pause,
                clock);
    }

    RpcTransport transport() {
        return transport;
    }

    Optional<RpcWallet> wallet() {
        return wallet;
    }

    /** Its health check for the doctor. */
    RpcCheck check() {
        return new RpcCheck(settings, () -> monitor.version().orElse(0), monitor::isPrivate);
    }

    @Override
    public void close() {
        watcher.close();
        asking.close();
    }

    /** Checks the node at once: connections may have been closed, or may be possible now. */
    void networkChanged() {
        watcher.lookAgain();
    }
}
