package org.partyline.transportrpc;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.partyline.api.transport.NetworkPolicy;
import org.partyline.api.transport.NetworkRoute;
import org.partyline.api.transport.NetworkTarget;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.itests.harness.RegtestNode;

/** A test's node over RPC, with one of its wallets, as the bundle provides them. */
public final class OpenNode implements AutoCloseable {
    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);
    private final RpcNode node;

    /**
     * @param name of the node in the server
     * @param wallet an existing wallet
     */
    public OpenNode(String name, RegtestNode process, String wallet) {
        RpcSettings settings;
        try {
            settings = RpcSettings.of(
                    Map.of(
                            "name",
                            name,
                            "network",
                            "regtest",
                            "url",
                            process.url().toString(),
                            "cookie-file",
                            process.cookieFile().toString(),
                            "wallet",
                            wallet,
                            "zmq",
                            process.zmq(),
                            "poll-interval",
                            "200ms"),
                    process.cookieFile().getParent());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e);
        }
        node = RpcNode.open(
                settings,
                () -> Optional.of(new Loopback()),
                executor,
                // How often a node is polled follows real time, whatever the test's clock shows.
                Clock.systemUTC(),
                new SecureRandom(),
                time -> TimeUnit.MILLISECONDS.sleep(time.toMillis()));
    }

    /** Returns the transport, which watches and broadcasts. */
    public Transport transport() {
        return node.transport();
    }

    /** Returns the wallet, which pays. */
    public Wallet wallet() {
        return node.wallet().orElseThrow();
    }

    @Override
    public void close() {
        node.close();
        executor.shutdownNow();
    }

    private static final class Loopback implements NetworkPolicy {
        @Override
        public NetworkRoute route(NetworkTarget target) {
            return NetworkRoute.LOOPBACK;
        }

        @Override
        public Socket connect(NetworkTarget target, Duration timeout) throws IOException {
            Socket socket = new Socket();
            socket.connect(new InetSocketAddress(target.host(), target.port()), (int) timeout.toMillis());
            return socket;
        }
    }
}
