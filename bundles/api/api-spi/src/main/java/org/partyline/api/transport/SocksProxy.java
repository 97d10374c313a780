package org.partyline.api.transport;

import java.util.Objects;

/**
 * A SOCKS5 proxy (RFC 1928), and the user and password (RFC 1929) that separate circuits: Tor uses a new circuit for
 * each pair. This server chooses them anew at each start; they are not credentials for anything.
 *
 * @param host an IPv4 address, an IPv6 address without brackets, or {@code localhost}: never a name to be resolved
 * @param port 1 to 65535
 * @param user 1 to 255 ASCII characters
 * @param password 1 to 255 ASCII characters
 */
public record SocksProxy(String host, int port, String user, String password) {
    public SocksProxy {
        Objects.requireNonNull(host, "host");
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("a port must be 1 to 65535, not " + port);
        }
        check(user);
        check(password);
    }

    private static void check(String text) {
        if (text.isEmpty()
                || text.length() > 255
                || !text.chars().allMatch(character -> character > 0 && character < 128)) {
            throw new IllegalArgumentException("user and password must be 1 to 255 ASCII characters");
        }
    }

    /** {@code host:port}, with brackets around an IPv6 address. */
    public String address() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** Shows only the address. */
    @Override
    public String toString() {
        return address();
    }
}
