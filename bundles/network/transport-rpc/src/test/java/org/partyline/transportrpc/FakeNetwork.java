package org.partyline.transportrpc;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.partyline.api.transport.NetworkException;
import org.partyline.api.transport.NetworkPolicy;
import org.partyline.api.transport.NetworkRoute;
import org.partyline.api.transport.NetworkTarget;
import org.partyline.api.transport.SocksProxy;

/** A network policy that resolves names, allows what a test requires, and records everything. */
final class FakeNetwork implements NetworkPolicy {
    static final NetworkRoute PROXY = NetworkRoute.through(new SocksProxy("127.0.0.1", 9050, "u", "p"));

    final List<NetworkTarget> targets = new CopyOnWriteArrayList<>();
    final List<Duration> timeouts = new CopyOnWriteArrayList<>();
    final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> names = new ConcurrentHashMap<>();
    private volatile NetworkRoute remote = NetworkRoute.DIRECT;
    private volatile NetworkException failure;

    /** Maps a name to a port on this machine. */
    FakeNetwork knows(String name, int port) {
        names.put(name, port);
        return this;
    }

    /** Sets the route of everything except this machine. */
    FakeNetwork remote(NetworkRoute route) {
        remote = route;
        return this;
    }

    /** Makes each connection to another machine fail with this; null: it succeeds. */
    void fails(NetworkException with) {
        failure = with;
    }

    /** Closes open connections, like a policy that has changed. */
    void closeAll() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Override
    public NetworkRoute route(NetworkTarget target) {
        return names.containsKey(target.host()) ? remote : NetworkRoute.LOOPBACK;
    }

    @Override
    public Socket connect(NetworkTarget target, Duration timeout) throws NetworkException, IOException {
        targets.add(target);
        timeouts.add(timeout);
        NetworkRoute route = route(target);
        if (route.kind() == NetworkRoute.Kind.REFUSED) {
            throw new NetworkException(NetworkException.Reason.FORBIDDEN, route.refusal());
        }
        NetworkException now = failure;
        if (now != null && names.containsKey(target.host())) {
            throw now;
        }
        Socket socket = new Socket();
        int port = names.getOrDefault(target.host(), target.port());
        socket.connect(new InetSocketAddress("127.0.0.1", port), (int) timeout.toMillis());
        sockets.add(socket);
        return socket;
    }

    /** Opens connections to this machine, for a separate client. */
    static HttpPool.Opener to(URI url) {
        return () -> {
            try {
                return new Socket(url.getHost(), url.getPort());
            } catch (IOException e) {
                throw new NodeProblem(org.partyline.api.transport.NodeStatus.State.UNREACHABLE, "does not answer", e);
            }
        };
    }
}
