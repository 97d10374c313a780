package org.partyline.api.transport;

import java.util.Objects;
import java.util.Optional;

/**
 * The route of a connection.
 *
 * @param kind the kind of route
 * @param proxy the proxy for {@link Kind#PROXY}
 * @param refusal for {@link Kind#REFUSED}, one line: why, and what to do; otherwise empty
 */
public record NetworkRoute(Kind kind, Optional<SocksProxy> proxy, String refusal) {
    /** The kinds of routes. */
    public enum Kind {
        /** To this computer itself: always direct. */
        LOOPBACK,
        /** Direct. */
        DIRECT,
        /** Through a SOCKS5 proxy, which receives the unresolved host name. */
        PROXY,
        /** Refused. */
        REFUSED
    }

    /** To this computer itself. */
    public static final NetworkRoute LOOPBACK = new NetworkRoute(Kind.LOOPBACK, Optional.empty(), "");

    /** A direct route. */
    public static final NetworkRoute DIRECT = new NetworkRoute(Kind.DIRECT, Optional.empty(), "");

    public NetworkRoute {
        Objects.requireNonNull(refusal, "refusal");
        if (proxy.isPresent() != (kind == Kind.PROXY) || refusal.isEmpty() == (kind == Kind.REFUSED)) {
            throw new IllegalArgumentException(
                    "a route has a proxy only if it uses one, and a reason only if it is refused");
        }
    }

    /** Through a proxy. */
    public static NetworkRoute through(SocksProxy proxy) {
        return new NetworkRoute(Kind.PROXY, Optional.of(proxy), "");
    }

    /** @param why one line: why, and what to do */
    public static NetworkRoute refused(String why) {
        return new NetworkRoute(Kind.REFUSED, Optional.empty(), why);
    }

    /** For {@link NodeStatus#route()}. */
    public String text() {
        return switch (kind) {
            case LOOPBACK -> "direct, on this machine";
            case DIRECT -> "direct";
            case PROXY -> "proxy " + proxy.map(SocksProxy::address).orElse("");
            case REFUSED -> "none";
        };
    }
}
