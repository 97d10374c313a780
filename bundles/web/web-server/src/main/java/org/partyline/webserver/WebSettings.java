package org.partyline.webserver;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;

/**
 * The settings, checked.
 *
 * @param address on this machine's loopback
 */
record WebSettings(InetSocketAddress address) {
    private static final List<String> ADDRESSES = List.of("127.0.0.1", "::1");
    private static final int LEAST_PORT = 1024;
    private static final int MOST_PORT = 65_535;
    private static final int LONGEST_SHOWN = 80;

    /** @throws IllegalArgumentException names the key, the value and what would be right */
    static WebSettings of(Map<String, ?> values) {
        return new WebSettings(new InetSocketAddress(address(values), port(values)));
    }

    private static InetAddress address(Map<String, ?> values) {
        String text = text(values, "address", "127.0.0.1");
        if (!ADDRESSES.contains(text)) {
            throw wrong("address", text, "it must be 127.0.0.1 or ::1, because the server has no TLS of its own");
        }
        try {
            // Of the address's own digits: no name is looked up.
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("this machine has no address " + text, e);
        }
    }

    private static int port(Map<String, ?> values) {
        String text = text(values, "port", "9480");
        try {
            int port = Integer.parseInt(text);
            if (port >= LEAST_PORT && port <= MOST_PORT) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw wrong("port", text, "it must be " + LEAST_PORT + " to " + MOST_PORT);
        }
        throw wrong("port", text, "it must be " + LEAST_PORT + " to " + MOST_PORT);
    }

    private static String text(Map<String, ?> values, String key, String standard) {
        Object value = values.get(key);
        String text = value == null ? "" : value.toString().strip();
        return text.isEmpty() ? standard : text;
    }

    private static IllegalArgumentException wrong(String key, String value, String right) {
        String line = value.replaceAll("\\p{Cntrl}", "?");
        String shown = line.length() <= LONGEST_SHOWN ? line : line.substring(0, LONGEST_SHOWN) + "…";
        return new IllegalArgumentException(key + " = '" + shown + "': " + right);
    }
}
