package org.partyline.api.transport;

import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The value of {@code proxy} in a node's configuration, or in the server's.
 *
 * @param kind in short
 * @param host where {@link Kind#OWN}: an IPv4 address, an IPv6 address without brackets, or {@code localhost}; else empty
 * @param port where {@link Kind#OWN}: 1 to 65535; else 0
 */
public record ProxyChoice(Kind kind, String host, int port) {
    /** The kinds of choices. */
    public enum Kind {
        /** As the server's {@link NetworkPolicy} says. */
        SERVER,
        /** Directly, where the policy allows that. */
        NONE,
        /** Through the proxy that is named here. */
        OWN
    }

    /** As the server's policy says: what a node without the key has. */
    public static final ProxyChoice SERVER = new ProxyChoice(Kind.SERVER, "", 0);

    /** Directly, where the policy allows that. */
    public static final ProxyChoice NONE = new ProxyChoice(Kind.NONE, "", 0);

    /** What {@link #parse} takes, for messages. */
    public static final String RIGHT =
            "HOST:PORT of a SOCKS5 proxy, where HOST is localhost or an address (a name would require a "
                    + "name server), none, or nothing";

    private static final Pattern FORM =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.]{2,45})]|(localhost)|([0-9]{1,3}(?:\\.[0-9]{1,3}){3})):([0-9]{1,5})");

    public ProxyChoice {
        Objects.requireNonNull(kind, "kind");
        if (kind == Kind.OWN ? host.isEmpty() || port < 1 || port > 65535 : !host.isEmpty() || port != 0) {
            throw new IllegalArgumentException(RIGHT);
        }
    }

    /**
     * @param text empty: {@link #SERVER}; {@code none}: {@link #NONE}; else {@code HOST:PORT}
     * @throws IllegalArgumentException says what is right
     */
    public static ProxyChoice parse(String text) {
        String plain = text.strip().toLowerCase(Locale.ROOT);
        if (plain.isEmpty()) {
            return SERVER;
        }
        if (plain.equals("none")) {
            return NONE;
        }
        Matcher matcher = FORM.matcher(plain);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("it must be " + RIGHT);
        }
        String host = matcher.group(1) != null
                ? matcher.group(1)
                : matcher.group(2) != null ? matcher.group(2) : matcher.group(3);
        return new ProxyChoice(Kind.OWN, host, Integer.parseInt(matcher.group(4)));
    }
}
