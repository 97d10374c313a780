package org.partyline.transportbitcoinj;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.partyline.api.transport.NetworkException;
import org.partyline.api.transport.NetworkPolicy;
import org.partyline.api.transport.NetworkRoute;
import org.partyline.api.transport.NetworkTarget;

/**
 * Opens a node's connections only as the network policy allows, and none without a policy. At a proxy, each peer has
 * its own circuit. Thread-safe.
 */
final class PeerDialer {
    private static final String AWAY = "the network policy is not running, and no connection is made without it: check "
            + "etc/org.partyline.network.cfg";

    private final Supplier<Optional<NetworkPolicy>> policy;
    private final P2pSettings settings;

    /** @param policy the present one; empty while it is unavailable */
    PeerDialer(Supplier<Optional<NetworkPolicy>> policy, P2pSettings settings) {
        this.policy = policy;
        this.settings = settings;
    }

    private NetworkTarget target(Endpoint peer) {
        return new NetworkTarget(
                settings.name(), settings.name() + " " + peer, peer.host(), peer.port(), settings.proxy());
    }

    /** The present route to a peer, by the policy and this node's own settings. */
    NetworkRoute route(Endpoint peer) {
        Optional<NetworkPolicy> now = policy.get();
        NetworkRoute route = now.isPresent() ? now.get().route(target(peer)) : NetworkRoute.refused(AWAY);
        if (route.kind() != NetworkRoute.Kind.DIRECT) {
            return route;
        }
        if (settings.proxyRequired()) {
            return NetworkRoute.refused("proxy-required=true but there is no proxy for " + peer.host()
                    + ": set proxy=127.0.0.1:9050 (Tor), or your proxy's address");
        }
        if (!settings.plaintextAllowed()) {
            return NetworkRoute.refused("a direct connection to " + peer.host()
                    + " would reveal that this computer uses Bitcoin, and what it sends; use a proxy (Tor), a "
                    + "tunnel to 127.0.0.1, or set allow-remote-plaintext=true");
        }
        return route;
    }

    /** The maximum time for connecting to a peer. */
    Duration timeout(Endpoint peer) {
        return route(peer).kind() == NetworkRoute.Kind.PROXY ? settings.proxyTimeout() : settings.connectTimeout();
    }

    /** Connects. @throws IOException why not, in one line */
    Socket connect(Endpoint peer) throws IOException {
        NetworkRoute route = route(peer);
        if (route.kind() == NetworkRoute.Kind.REFUSED) {
            throw new IOException(route.refusal());
        }
        NetworkPolicy now = policy.get().orElseThrow(() -> new IOException(AWAY));
        try {
            return now.connect(target(peer), timeout(peer));
        } catch (NetworkException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
