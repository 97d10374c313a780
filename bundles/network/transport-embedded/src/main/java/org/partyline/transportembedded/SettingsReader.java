package org.partyline.transportembedded;

import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.partyline.api.FeeRate;

/** Reads a node's configuration, and refuses what is wrong with the key, the value and what would be right. */
final class SettingsReader {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Pattern FILE =
            Pattern.compile(".*/?org\\.partyline\\.transport\\.embedded[-~](.+)\\.(cfg|config)");
    private static final Pattern PID = Pattern.compile("org\\.partyline\\.transport\\.embedded[.~](.+)");
    private static final FeeRate HIGHEST_FEE = new FeeRate(1_000_000);

    private final Map<String, ?> properties;

    SettingsReader(Map<String, ?> properties) {
        this.properties = properties;
    }

    /**
     * The node's name: the key {@code name}, else what the configuration file's name says.
     *
     * @throws IllegalArgumentException when there is none, or it is no name
     */
    String name() {
        String name = text("name", "");
        if (name.isEmpty()) {
            name = suffix(FILE, text("felix.fileinstall.filename", ""));
        }
        if (name.isEmpty()) {
            name = suffix(PID, text("service.pid", ""));
        }
        if (!NAME.matcher(name).matches()) {
            throw wrong("name", name, "1 to 64 letters, digits and hyphens");
        }
        return name;
    }

    private static String suffix(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.matches() ? matcher.group(1) : "";
    }

    /** @throws IllegalArgumentException when a value is wrong */
    Settings settings() {
        return new Settings(
                duration(
                        "block-interval",
                        "60s",
                        "0, or 100ms to 24h like 60s",
                        d -> d.isZero() || (d.toMillis() >= 100 && d.compareTo(Duration.ofHours(24)) <= 0)),
                number("datacarrier-size", "100000", 0, 100_000),
                number("datacarrier-outputs", "10000", 0, 10_000),
                rate("relay-fee"),
                rate("incremental-fee"),
                number("mempool-size", "300", 1, 1000) * 1_000_000L,
                duration(
                        "mempool-expiry",
                        "336h",
                        "1m to 8760h like 336h",
                        d -> d.toMinutes() >= 1 && d.compareTo(Duration.ofHours(8760)) <= 0));
    }

    private int number(String key, String fallback, int min, int max) {
        String text = text(key, fallback);
        try {
            int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw wrong(key, text, "a whole number from " + min + " to " + max);
        }
        throw wrong(key, text, "a whole number from " + min + " to " + max);
    }

    private FeeRate rate(String key) {
        String text = text(key, "0.1");
        try {
            FeeRate rate = FeeRate.parse(text);
            if (rate.compareTo(HIGHEST_FEE) <= 0) {
                return rate;
            }
        } catch (IllegalArgumentException e) {
            throw wrong(key, text, "0 to 1000 sat/vB like 0.1, with at most three decimals");
        }
        throw wrong(key, text, "0 to 1000 sat/vB like 0.1, with at most three decimals");
    }

    private Duration duration(String key, String fallback, String right, Predicate<Duration> allowed) {
        String text = text(key, fallback);
        Matcher matcher = DURATION.matcher(text);
        Duration value;
        if (text.equals("0")) {
            value = Duration.ZERO;
        } else if (matcher.matches()) {
            long amount = Long.parseLong(matcher.group(1));
            value = switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                default -> Duration.ofHours(amount);
            };
        } else {
            throw wrong(key, text, right);
        }
        if (!allowed.test(value)) {
            throw wrong(key, text, right);
        }
        return value;
    }

    private String text(String key, String fallback) {
        Object value = properties.get(key);
        return value == null || value.toString().isBlank()
                ? fallback
                : value.toString().trim();
    }

    private static IllegalArgumentException wrong(String key, String value, String right) {
        return new IllegalArgumentException(key + " = '" + value + "' is wrong: it must be " + right);
    }
}
