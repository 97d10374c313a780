package org.partyline.transportrpc;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.partyline.api.transport.NetworkException;
import org.partyline.api.transport.NetworkPolicy;
import org.partyline.api.transport.NetworkRoute;
import org.partyline.api.transport.NetworkTarget;
import org.partyline.api.transport.NodeStatus;

/** Opens a node's connections only as the network policy allows, and none without a policy. Thread-safe. */
final class RpcDialer {
    private final Supplier<Optional<NetworkPolicy>> policy;
    private final RpcSettings settings;
    private final PortOwner ports;

    /** @param policy the present one; empty while it is unavailable */
    RpcDialer(Supplier<Optional<NetworkPolicy>> policy, RpcSettings settings) {
        this(policy, settings, PortOwner.ofThisMachine());
    }

    /** @param ports finds the owner of a port of this machine */
    RpcDialer(Supplier<Optional<NetworkPolicy>> policy, RpcSettings settings, PortOwner ports) {
        this.policy = policy;
        this.settings = settings;
        this.ports = ports;
    }

    /** A connection to the node's RPC that the node's password may be sent over. */
    Socket rpc() throws NodeProblem {
        Socket socket = open(
                settings.url().getHost(),
                settings.url().getPort(),
                " does not answer at ",
                "; check that it runs, with server=1, and that url is right");
        // A cookie is useless to a process that listens while the node is down: the node creates another one when it
        // starts.
        if (settings.credentials().file().isEmpty()
                && RpcSettings.loopback(settings.url().getHost())) {
            try {
                ports.check(settings.name(), socket, settings.listenerUsers());
            } catch (NodeProblem e) {
                close(socket);
                throw e;
            }
        }
        return socket;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing was sent over it.
            return;
        }
    }

    /** A connection to the node's ZMQ. */
    Socket zmq(String host, int port) throws NodeProblem {
        if (!settings.plaintextAllowed() && route(host, port).kind() == NetworkRoute.Kind.DIRECT) {
            throw new NodeProblem(
                    NodeStatus.State.REFUSED,
                    "ZMQ from " + host
                            + " would cross the network unencrypted: use a proxy, or a tunnel to 127.0.0.1, or set "
                            + "allow-remote-plaintext=true");
        }
        return open(host, port, ": no ZMQ publisher answers at ", "; check the node's zmqpub settings");
    }

    /** The present route to the node's RPC. */
    NetworkRoute route() {
        return route(settings.url().getHost(), settings.url().getPort());
    }

    private NetworkRoute route(String host, int port) {
        return policy.get().map(now -> now.route(target(host, port))).orElseGet(() -> NetworkRoute.refused(AWAY));
    }

    private static final String AWAY = "the network policy is not running, and no connection is made without it: check "
            + "etc/org.partyline.network.cfg";

    /** The time limit for connecting to the node's RPC. */
    Duration timeout() {
        return timeout(route());
    }

    private Duration timeout(NetworkRoute route) {
        return route.kind() == NetworkRoute.Kind.PROXY ? settings.proxyTimeout() : settings.connectTimeout();
    }

    private NetworkTarget target(String host, int port) {
        return new NetworkTarget(settings.name(), settings.name(), host, port, settings.proxy());
    }

    private Socket open(String host, int port, String silent, String check) throws NodeProblem {
        NetworkTarget target = target(host, port);
        NetworkPolicy now = policy.get()
                .orElseThrow(
                        () -> new NodeProblem(NodeStatus.State.UNREACHABLE, "node " + settings.name() + ": " + AWAY));
        try {
            return now.connect(target, timeout(now.route(target)));
        } catch (NetworkException e) {
            boolean forbidden = e.reason() == NetworkException.Reason.FORBIDDEN;
            throw new NodeProblem(
                    forbidden ? NodeStatus.State.REFUSED : NodeStatus.State.UNREACHABLE,
                    "node " + settings.name() + ": " + e.getMessage() + (forbidden ? "" : "; it is tried again"),
                    e);
        } catch (IOException e) {
            throw new NodeProblem(
                    NodeStatus.State.UNREACHABLE, "node " + settings.name() + silent + target.address() + check, e);
        }
    }
}
