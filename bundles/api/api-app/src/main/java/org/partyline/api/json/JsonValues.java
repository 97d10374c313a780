package org.partyline.api.json;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.partyline.api.FeeRate;

/**
 * Converts values for {@code --json}, as docs/schemas describes them. A record whose name ends in View is what it shows
 * of one thing. Names end in their unit where they have one; times are ISO-8601 with milliseconds, UTC; states and
 * other words of ours are in lower case; what has no value is null, never an empty text and never a number with a
 * meaning of its own. Fields are only ever added.
 */
public final class JsonValues {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private JsonValues() {}

    /** Always with three digits after the second, where {@link Instant#toString} has none, three, six or nine. */
    public static String iso(Instant time) {
        return TIME.format(time);
    }

    /** The same; null for none. */
    public static @Nullable String iso(Optional<Instant> time) {
        return time.map(TIME::format).orElse(null);
    }

    /** The word for a state. */
    public static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** A text that may be empty, which is no value. */
    public static @Nullable String orNull(@Nullable String value) {
        return value == null || value.isEmpty() ? null : value;
    }

    /** A number; null for none. */
    public static @Nullable Integer orNull(OptionalInt value) {
        return value.isPresent() ? value.getAsInt() : null;
    }

    /** In satoshi per virtual byte, without zeros at the end. */
    public static BigDecimal satPerVb(FeeRate rate) {
        return new BigDecimal(
                BigDecimal.valueOf(rate.satPerKvb(), 3).stripTrailingZeros().toPlainString());
    }

    /** The same; null for none. */
    public static @Nullable BigDecimal satPerVb(Optional<FeeRate> rate) {
        return rate.map(JsonValues::satPerVb).orElse(null);
    }
}
