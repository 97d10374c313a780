package org.partyline.networkpolicy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.partyline.api.Faults;
import org.partyline.api.transport.NetworkException;
import org.partyline.api.transport.NetworkException.Reason;
import org.partyline.api.transport.NetworkPolicy;
import org.partyline.api.transport.NetworkRoute;
import org.partyline.api.transport.NetworkTarget;
import org.partyline.api.transport.ProxyChoice;
import org.partyline.api.transport.SocksProxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the connections that the settings allow, and closes those that they no longer allow. Thread-safe. */
final class ConnectionGate implements NetworkPolicy {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionGate.class);

    private final Circuits circuits;
    private final LongSupplier nanos;
    private final Set<OutgoingSocket> open = new HashSet<>();
    private NetworkSettings settings;

    /** @param nanos a monotonic clock like {@link System#nanoTime} */
    ConnectionGate(NetworkSettings settings, Circuits circuits, LongSupplier nanos) {
        this.settings = settings;
        this.circuits = circuits;
        this.nanos = nanos;
    }

    /** Applies new settings, and closes every connection whose route changed, including those that are being opened. */
    void change(NetworkSettings to) {
        List<OutgoingSocket> stale;
        synchronized (this) {
            settings = to;
            stale = open.stream()
                    .filter(each -> !each.route().equals(route(each.target())))
                    .toList();
        }
        stale.forEach(ConnectionGate::close);
        if (!stale.isEmpty()) {
            LOG.info("{} connections are closed: the settings no longer allow their route", stale.size());
        }
    }

    /** Closes every connection, including those that are being opened. @return their number */
    int closeAll() {
        List<OutgoingSocket> all;
        synchronized (this) {
            all = List.copyOf(open);
        }
        all.forEach(ConnectionGate::close);
        return all.size();
    }

    @Override
    public synchronized NetworkRoute route(NetworkTarget target) {
        String host = target.host();
        if (!Hosts.possible(host)) {
            return NetworkRoute.refused("the host of node " + target.node() + " is neither a name nor an address");
        }
        if (Hosts.loopback(host)) {
            return NetworkRoute.LOOPBACK;
        }
        if (!settings.fault().isEmpty()) {
            return NetworkRoute.refused(settings.fault() + "; nothing leaves this machine until it is corrected");
        }
        ProxyChoice choice = target.proxy().kind() == ProxyChoice.Kind.SERVER ? settings.proxy() : target.proxy();
        if (choice.kind() == ProxyChoice.Kind.OWN) {
            return NetworkRoute.through(circuits.at(choice, target.circuit()));
        }
        if (settings.required()) {
            return NetworkRoute.refused(
                    target.proxy().kind() == ProxyChoice.Kind.NONE
                            ? "proxy=none is forbidden by proxy-required=true in " + NetworkSettings.PID
                                    + ".cfg; remove it from the node's settings"
                            : "proxy-required=true but there is no proxy: set proxy in " + NetworkSettings.PID
                                    + ".cfg, for Tor proxy=127.0.0.1:9050");
        }
        if (Hosts.onion(host)) {
            return NetworkRoute.refused("an onion address can be reached only through Tor: set proxy in "
                    + NetworkSettings.PID + ".cfg, for Tor proxy=127.0.0.1:9050");
        }
        return NetworkRoute.DIRECT;
    }

    @Override
    public OutgoingSocket connect(NetworkTarget target, Duration timeout) throws NetworkException, IOException {
        OutgoingSocket socket = begin(target);
        boolean done = false;
        try {
            ConnectDeadline deadline = new ConnectDeadline(nanos, timeout);
            if (socket.route().kind() == NetworkRoute.Kind.PROXY) {
                throughProxy(socket, socket.route().proxy().orElseThrow(), deadline);
            } else {
                socket.connect(address(target, socket.route()), deadline.millis());
            }
            socket.setTcpNoDelay(true);
            done = true;
            return socket;
        } catch (SocketException | NetworkException e) {
            if (stillOpen(socket)) {
                throw e;
            }
            throw changed(target, e);
        } finally {
            if (!done) {
                close(socket);
            }
        }
    }

    /** Decides about a connection and registers it in one step, so that the settings cannot change in between. */
    private synchronized OutgoingSocket begin(NetworkTarget target) throws NetworkException {
        NetworkRoute route = route(target);
        if (route.kind() == NetworkRoute.Kind.REFUSED) {
            throw new NetworkException(Reason.FORBIDDEN, route.refusal());
        }
        OutgoingSocket socket = new OutgoingSocket(target, route, this::forget);
        open.add(socket);
        return socket;
    }

    private static void throughProxy(OutgoingSocket socket, SocksProxy proxy, ConnectDeadline deadline)
            throws NetworkException {
        try {
            InetAddress address = Hosts.literal(proxy.host())
                    .orElseThrow(() -> new NetworkException(
                            Reason.FORBIDDEN,
                            "the SOCKS proxy is given by name, which would require a name server: use its address"));
            socket.connect(new InetSocketAddress(address, proxy.port()), deadline.millis());
        } catch (IOException e) {
            throw new NetworkException(Reason.PROXY_DOWN, "the SOCKS proxy " + proxy.address() + " does not answer", e);
        }
        new Socks5(socket, proxy, deadline)
                .connect(socket.target().host(), socket.target().port());
    }

    private static InetSocketAddress address(NetworkTarget target, NetworkRoute route) throws IOException {
        var literal = Hosts.literal(target.host());
        if (literal.isPresent()) {
            return new InetSocketAddress(literal.get(), target.port());
        }
        if (route.kind() != NetworkRoute.Kind.DIRECT) {
            throw new SocketException("names are resolved only for direct connections");
        }
        return new InetSocketAddress(InetAddress.getByName(target.host()), target.port());
    }

    private static NetworkException changed(NetworkTarget target, Exception cause) {
        return new NetworkException(
                Reason.UNREACHABLE,
                "the network settings changed while node " + target.node() + " was connecting",
                cause);
    }

    private synchronized boolean stillOpen(OutgoingSocket socket) {
        return open.contains(socket);
    }

    private synchronized void forget(OutgoingSocket socket) {
        open.remove(socket);
    }

    private static void close(OutgoingSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("a connection did not close properly: {}", Faults.reason(e));
        }
    }
}
