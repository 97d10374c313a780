package org.partyline.api.transport;

import java.util.Objects;

/**
 * The destination of a node's connection.
 *
 * @param node the node's name, for messages
 * @param circuit connections with the same text may share a circuit of the proxy, others never do: the node's name,
 *     with or without a peer
 * @param host a name, an IPv4 address, or an IPv6 address with or without brackets; unresolved
 * @param port 1 to 65535
 * @param proxy the node's own setting
 */
public record NetworkTarget(String node, String circuit, String host, int port, ProxyChoice proxy) {
    public NetworkTarget {
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(circuit, "circuit");
        Objects.requireNonNull(proxy, "proxy");
        if (host.isEmpty() || host.length() > 255) {
            throw new IllegalArgumentException("a host has 1 to 255 characters");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("a port must be 1 to 65535, not " + port);
        }
    }

    /** {@code host:port}. */
    public String address() {
        return (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
    }
}
