package org.partyline.api.transport;

import java.util.List;
import java.util.Map;

/**
 * The addresses at which a {@link Transport} reaches its node, as a service property: they show that two names belong
 * to the same node.
 */
public final class NodeAddresses {
    /** Service property: the configured texts {@code HOST:PORT}; none for a node in this process. */
    public static final String PROPERTY = "partyline.node.addresses";

    private NodeAddresses() {}

    /** @param properties the properties of a transport's service @return empty if the property is missing */
    public static List<String> of(Map<String, ?> properties) {
        return properties.get(PROPERTY) instanceof String[] addresses ? List.of(addresses) : List.of();
    }

    /** The host of an address, in lower case and without brackets. */
    public static String host(String address) {
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? address : address.substring(0, colon);
        return (host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host)
                .toLowerCase(java.util.Locale.ROOT);
    }
}
