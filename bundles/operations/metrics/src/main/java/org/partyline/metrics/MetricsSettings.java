package org.partyline.metrics;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings, checked.
 *
 * @param enabled whether anything is told at all
 * @param address on this machine's loopback
 * @param period least time between two looks
 * @param token whether who asks has to know the token
 */
record MetricsSettings(boolean enabled, InetSocketAddress address, Duration period, boolean token) {
    private static final int LEAST_PORT = 1024;
    private static final int MOST_PORT = 65_535;
    private static final Duration LEAST = Duration.ofMinutes(1);
    private static final Duration MOST = Duration.ofHours(1);
    private static final int LONGEST_SHOWN = 80;
    private static final Pattern TIME = Pattern.compile("([0-9]{1,9})([smh])");

    /** @throws IllegalArgumentException names the key, the value and what would be right */
    static MetricsSettings of(Map<String, ?> values) {
        return new MetricsSettings(
                oneOf(values, "enabled", "false", "true", "false").equals("true"),
                new InetSocketAddress(address(oneOf(values, "address", "127.0.0.1", "127.0.0.1", "::1")), port(values)),
                period(values),
                oneOf(values, "access", "token", "token", "everybody").equals("token"));
    }

    private static String oneOf(Map<String, ?> values, String key, String standard, String one, String other) {
        String text = text(values, key, standard);
        if (!text.equals(one) && !text.equals(other)) {
            throw wrong(key, text, "it must be " + one + " or " + other);
        }
        return text;
    }

    /** Of the address's own digits: no name is looked up. */
    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("this machine has no address " + text, e);
        }
    }

    private static int port(Map<String, ?> values) {
        String text = text(values, "port", "9470");
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

    private static Duration period(Map<String, ?> values) {
        String text = text(values, "period", "5m");
        Matcher matcher = TIME.matcher(text);
        if (matcher.matches()) {
            long number = Long.parseLong(matcher.group(1));
            Duration period = switch (matcher.group(2)) {
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                default -> Duration.ofHours(number);
            };
            if (period.compareTo(LEAST) >= 0 && period.compareTo(MOST) <= 0) {
                return period;
            }
        }
        throw wrong("period", text, "it must be a duration like 90s or 5m, 1m to 1h");
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
