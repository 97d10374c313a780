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

/** A network policy that knows where names are, lets through what it is told to, and remembers everything. */
final class FakeNetwork implements NetworkPolicy {
    static final NetworkRoute PROXY = NetworkRoute.through(new SocksProxy("127.0.0.1", 9050, "u", "p"));

    final List<NetworkTarget> targets = new CopyOnWriteArrayList<>();
    final List<Duration> timeouts = new CopyOnWriteArrayList<>();
    final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> names = new ConcurrentHashMap<>();
    private volatile NetworkRoute remote = NetworkRoute.DIRECT;
    private volatile NetworkException failure;

    /** A name, and the port on this machine where it is. */
    FakeNetwork knows(String name, int port) {
        names.put(name, port);
        return this;
    }

    /** The route of everything that is not this machine. */
    FakeNetwork remote(NetworkRoute route) {
        remote = route;
        return this;
    }

    /** What each connection to another machine fails with; null: it does not. */
    void fails(NetworkException with) {
        failure = with;
    }

    /** Closes what is open, as a policy does that has changed. */
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

    /** Opens connections to this machine, for a client by itself. */
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
