package org.partyline.transportbitcoinj;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
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
final class TestNetwork implements NetworkPolicy {
    static final NetworkRoute PROXY = NetworkRoute.through(new SocksProxy("127.0.0.1", 9050, "u", "p"));

    private final Map<String, Endpoint> names = new ConcurrentHashMap<>();
    private final List<NetworkTarget> targets = new CopyOnWriteArrayList<>();
    private final List<Duration> timeouts = new CopyOnWriteArrayList<>();
    private volatile NetworkRoute remote = NetworkRoute.DIRECT;
    private volatile NetworkException failure;

    /** Maps a name of another computer to an endpoint. */
    TestNetwork knows(String name, Endpoint where) {
        names.put(name, where);
        return this;
    }

    /** Sets the route of everything except this computer. */
    TestNetwork remote(NetworkRoute route) {
        remote = route;
        return this;
    }

    /** Makes each connection to another computer fail with this; null: it succeeds. */
    void fails(NetworkException with) {
        failure = with;
    }

    List<NetworkTarget> targets() {
        return targets;
    }

    List<Duration> timeouts() {
        return timeouts;
    }

    @Override
    public NetworkRoute route(NetworkTarget target) {
        return target.host().equals("127.0.0.1") ? NetworkRoute.LOOPBACK : remote;
    }

    @Override
    public Socket connect(NetworkTarget target, Duration timeout) throws NetworkException, IOException {
        targets.add(target);
        timeouts.add(timeout);
        NetworkException now = failure;
        if (now != null && route(target).kind() != NetworkRoute.Kind.LOOPBACK) {
            throw now;
        }
        Endpoint to = names.getOrDefault(target.host(), new Endpoint(target.host(), target.port()));
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(to.host(), to.port()), (int) timeout.toMillis());
        return socket;
    }
}
