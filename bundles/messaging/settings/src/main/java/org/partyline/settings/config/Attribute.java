package org.partyline.settings.config;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.partyline.api.config.Setting;

/**
 * A setting as its bundle describes it.
 *
 * @param key in the file
 * @param type of Metatype: String, Integer, Long, Boolean, Password
 * @param standard the default
 * @param what it is for
 * @param limits what is allowed
 * @param more what Metatype has no place for
 */
public record Attribute(String key, String type, String standard, String what, Limits limits, More more) {
    /** How much of a value that was refused is repeated. */
    private static final int MOST_SHOWN = 200;

    private static final Map<String, Long> MILLISECONDS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    /**
     * @param min empty: none
     * @param max empty: none
     * @param options by their values
     */
    public record Limits(String min, String max, Map<String, String> options) {
        /** Copies the options. */
        public Limits {
            options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        }

        boolean hasEnds() {
            return !min.isEmpty() && !max.isEmpty();
        }
    }

    /** As {@link Setting} has it. */
    public record More(String unit, String range, String effect, String command) {}

    /** Whether it is never shown. */
    public boolean isSecret() {
        return type.equals("Password");
    }

    /** What is allowed, in words; empty where the bundle does not say. */
    public String range() {
        if (!more.range().isEmpty()) {
            return more.range();
        }
        if (type.equals("Boolean")) {
            return "true or false";
        }
        List<String> allowed = new ArrayList<>();
        limits.options().keySet().forEach(value -> allowed.add(value.isEmpty() ? "nothing" : value));
        if (limits.hasEnds()) {
            allowed.add(limits.min() + " to " + limits.max());
        }
        int last = allowed.size() - 1;
        return last <= 0
                ? String.join("", allowed)
                : String.join(", ", allowed.subList(0, last)) + " or " + allowed.get(last);
    }

    /**
     * Refuses what cannot be, as far as its description says.
     *
     * @throws IllegalArgumentException key, value, and what would be right
     */
    public void check(String value) {
        if (value.codePoints().anyMatch(Character::isISOControl) || value.contains("${")) {
            throw refused(value, "it must not contain line ends, other control characters or ${");
        }
        if (limits.options().containsKey(value)) {
            return;
        }
        if (type.equals("Boolean") && !value.equals("true") && !value.equals("false")
                || !limits.hasEnds() && !limits.options().isEmpty()
                || limits.hasEnds() && !isBetween(value)) {
            throw refused(value, "it must be " + range());
        }
    }

    private IllegalArgumentException refused(String value, String right) {
        String shown = value.replaceAll("\\p{Cntrl}", "?");
        return new IllegalArgumentException(key + " = "
                + (isSecret()
                        ? "the given value"
                        : "'" + (shown.length() > MOST_SHOWN ? shown.substring(0, MOST_SHOWN) + "…" : shown) + "'")
                + ": " + right);
    }

    private boolean isBetween(String value) {
        try {
            BigDecimal number = number(value);
            return number.compareTo(number(limits.min())) >= 0 && number.compareTo(number(limits.max())) <= 0;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** A number to compare, with the unit that it has to have. */
    private BigDecimal number(String text) {
        if (more.unit().equals(Setting.DURATION)) {
            int digits = (int) text.chars().takeWhile(c -> c >= '0' && c <= '9').count();
            Long factor = MILLISECONDS.get(text.substring(digits));
            if (text.equals("0")) {
                return BigDecimal.ZERO;
            }
            if (digits == 0 || factor == null) {
                throw new NumberFormatException(text);
            }
            return plain(text.substring(0, digits)).multiply(BigDecimal.valueOf(factor));
        }
        if (limits.min().endsWith(Setting.SATOSHI)) {
            if (!text.endsWith(Setting.SATOSHI)) {
                throw new NumberFormatException(text);
            }
            return plain(text.substring(0, text.length() - Setting.SATOSHI.length()));
        }
        if (type.equals("String")) {
            return plain(text);
        }
        return new BigDecimal(Long.parseLong(text));
    }

    private static BigDecimal plain(String text) {
        // Without a limit "1e999999999" would be a number to compute with.
        if (!text.matches("[0-9]{1,18}(\\.[0-9]{1,18})?")) {
            throw new NumberFormatException(text);
        }
        return new BigDecimal(text);
    }
}
