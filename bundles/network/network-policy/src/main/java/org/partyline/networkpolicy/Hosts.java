package org.partyline.networkpolicy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Classifies hosts by their text. Never queries a name server or the system's hosts file. */
final class Hosts {
    private static final Pattern IPV4 = Pattern.compile("([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,253}[A-Za-z0-9_.])?");

    private Hosts() {}

    /** Without the brackets of an IPv6 address. */
    static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /** The address that a host is; empty for a name, even if it looks like an address. */
    static Optional<InetAddress> literal(String host) {
        String bare = bare(host);
        if (bare.equalsIgnoreCase("localhost")) {
            return Optional.of(InetAddress.getLoopbackAddress());
        }
        try {
            Matcher matcher = IPV4.matcher(bare);
            if (matcher.matches()) {
                byte[] address = new byte[4];
                for (int i = 0; i < 4; i++) {
                    int part = Integer.parseInt(matcher.group(i + 1));
                    if (part > 255) {
                        return Optional.empty();
                    }
                    address[i] = (byte) part;
                }
                return Optional.of(InetAddress.getByAddress(address));
            }
            if (bare.contains(":") && IPV6.matcher(bare).matches()) {
                // In brackets it is an address or an error, and never queries a name server.
                return Optional.of(InetAddress.getByName("[" + bare + "]"));
            }
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    /** Whether it is this computer. */
    static boolean loopback(String host) {
        return literal(host).map(InetAddress::isLoopbackAddress).orElse(false);
    }

    /** Whether it is a valid name or address. */
    static boolean possible(String host) {
        return literal(host).isPresent() || NAME.matcher(host).matches();
    }

    /** Whether it can be reached through Tor only. */
    static boolean onion(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.endsWith(".onion") || lower.endsWith(".onion.");
    }
}
