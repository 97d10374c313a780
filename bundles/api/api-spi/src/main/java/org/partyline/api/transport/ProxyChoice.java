package org.partyline.api.transport;

import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The value of {@code proxy} in a node's configuration, or in the server's.
 *
 * @param kind the kind of choice
 * @param host for {@link Kind#OWN}: an IPv4 address, an IPv6 address without brackets, or {@code localhost}; otherwise
 *     empty
 * @param port for {@link Kind#OWN}: 1 to 65535; otherwise 0
 */
public record ProxyChoice(Kind kind, String host, int port) {
    /** The kinds of choices. */
    public enum Kind {
        /** Follows the server's {@link NetworkPolicy}. */
        SERVER,
        /** Direct, if the policy allows that. */
        NONE,
        /** Through the proxy that is given here. */
        OWN
    }

    /** Follows the server's policy: the default for a node without the key. */
    public static final ProxyChoice SERVER = new ProxyChoice(Kind.SERVER, "", 0);

    /** Direct, if the policy allows that. */
    public static final ProxyChoice NONE = new ProxyChoice(Kind.NONE, "", 0);

    /** The format that {@link #parse} accepts, for messages. */
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
     * @param text empty: {@link #SERVER}; {@code none}: {@link #NONE}; otherwise {@code HOST:PORT}
     * @throws IllegalArgumentException says what is valid
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
