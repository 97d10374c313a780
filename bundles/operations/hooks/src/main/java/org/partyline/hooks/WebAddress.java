package org.partyline.hooks;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.partyline.api.PartylineException;

/**
 * The address of a web hook.
 *
 * @param tls whether the connection is encrypted
 * @param host a name, or an address without brackets
 * @param path with the query
 */
record WebAddress(boolean tls, String host, int port, String path) {
    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|.*:.*");
    private static final int HTTPS = 443;
    private static final int HTTP = 80;

    /**
     * @param privately whether it may be in a private network
     * @throws PartylineException why it cannot be used for a hook
     */
    static WebAddress of(URI url, boolean privately) throws PartylineException {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        String host = url.getHost();
        if (!scheme.matches("https?") || host == null || url.getRawUserInfo() != null || url.getRawFragment() != null) {
            throw new PartylineException(
                    "the address of a hook must be like https://example.org/path, without a user and without #");
        }
        boolean tls = scheme.equals("https");
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        String path = (url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath())
                + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery());
        if (!privately && isPrivate(bare)) {
            throw new PartylineException(
                    "the address is one of this machine or of a private network: add --allow-private if you mean it");
        }
        if (!tls && !privately && !bare.toLowerCase(Locale.ROOT).endsWith(".onion")) {
            throw new PartylineException("everyone on the way can read and change what http carries: use https");
        }
        if (!url.toASCIIString().equals(url.toString())) {
            throw new PartylineException("write the address in ASCII, with other letters encoded");
        }
        int port = url.getPort() == -1 ? (tls ? HTTPS : HTTP) : url.getPort();
        if (port < 1 || port > 65535) {
            throw new PartylineException("the port of an address must be 1 to 65535");
        }
        return new WebAddress(tls, bare, port, path);
    }

    /** By its text alone: no name server is asked. */
    private static boolean isPrivate(String host) {
        return host.equalsIgnoreCase("localhost")
                || host.toLowerCase(Locale.ROOT).endsWith(".localhost")
                || literal(host).filter(Addresses::isPrivate).isPresent();
    }

    private static Optional<InetAddress> literal(String host) {
        try {
            return LITERAL.matcher(host).matches() ? Optional.of(InetAddress.getByName(host)) : Optional.empty();
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** In the form of the header Host. */
    String authority() {
        String bare = host.contains(":") ? "[" + host + "]" : host;
        return port == (tls ? HTTPS : HTTP) ? bare : bare + ":" + port;
    }
}
