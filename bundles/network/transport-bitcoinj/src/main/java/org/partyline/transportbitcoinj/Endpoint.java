package org.partyline.transportbitcoinj;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The unresolved name or address, and the port, of a listener.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets; lower case
 * @param port 1 to 65535
 */
record Endpoint(String host, int port) {
    private static final Pattern FORM = Pattern.compile(
            "(?:\\[([0-9A-Fa-f:.]{2,45})]|([A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?))(?::([0-9]{1,5}))?");

    /**
     * @param text {@code host}, {@code host:port} or {@code [IPv6]:port}
     * @param defaultPort used if the text has none; 0: it is required
     * @return empty if it is invalid
     */
    static Optional<Endpoint> parse(String text, int defaultPort) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int port = matcher.group(3) == null ? defaultPort : Integer.parseInt(matcher.group(3));
        if (port < 1 || port > 65535) {
            return Optional.empty();
        }
        String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        return Optional.of(new Endpoint(host.toLowerCase(Locale.ROOT), port));
    }

    /** {@code host:port}, with brackets around an IPv6 address. */
    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
