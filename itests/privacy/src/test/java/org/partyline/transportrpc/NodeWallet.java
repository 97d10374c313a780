package org.partyline.transportrpc;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.NetworkPolicy;
import org.partyline.api.transport.NetworkRoute;
import org.partyline.api.transport.NetworkTarget;
import org.partyline.api.transport.SignedTransaction;

/** Payments from a node's own wallet on this machine, over RPC. */
public final class NodeWallet implements AutoCloseable {
    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);
    private final RpcNode node;

    /**
     * @param url of its RPC
     * @param cookie the file with its user and password
     * @param wallet an existing wallet with coins
     */
    public NodeWallet(URI url, Path cookie, String wallet, SecureRandom random) {
        RpcSettings settings;
        try {
            settings = RpcSettings.of(
                    Map.of(
                            "name",
                            "node",
                            "network",
                            "regtest",
                            "url",
                            url.toString(),
                            "cookie-file",
                            cookie.toString(),
                            "wallet",
                            wallet,
                            "zmq",
                            "none"),
                    cookie.getParent());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e);
        }
        node = RpcNode.open(
                settings,
                () -> Optional.of(new Loopback()),
                executor,
                Clock.systemUTC(),
                random,
                time -> TimeUnit.MILLISECONDS.sleep(time.toMillis()));
    }

    /** Pays, and hands the payment to the node. */
    public SignedTransaction pay(byte[] payload, FeeRate rate) throws PartylineException {
        SignedTransaction paid = node.wallet().orElseThrow().pay("", List.of(payload), rate);
        node.transport().broadcast(paid.raw());
        return paid;
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
