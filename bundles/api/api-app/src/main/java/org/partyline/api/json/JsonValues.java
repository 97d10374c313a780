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
 * Converts values for {@code --json}, as docs/schemas describes them. A record whose name ends in View is what is shown
 * of one thing. Names end with the unit, if there is one; times are ISO-8601 with milliseconds, in UTC; states and
 * other fixed words are in lower case; a missing value is null, never an empty text or a special number. Fields are
 * only ever added.
 */
public final class JsonValues {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private JsonValues() {}

    /** Always with three decimals of a second, where {@link Instant#toString} writes none, three, six or nine. */
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

    /** A text; null if it is empty. */
    public static @Nullable String orNull(@Nullable String value) {
        return value == null || value.isEmpty() ? null : value;
    }

    /** A number; null for none. */
    public static @Nullable Integer orNull(OptionalInt value) {
        return value.isPresent() ? value.getAsInt() : null;
    }

    /** In satoshi per virtual byte, without trailing zeros. */
    public static BigDecimal satPerVb(FeeRate rate) {
        return new BigDecimal(
                BigDecimal.valueOf(rate.satPerKvb(), 3).stripTrailingZeros().toPlainString());
    }

    /** The same; null for none. */
    public static @Nullable BigDecimal satPerVb(Optional<FeeRate> rate) {
        return rate.map(JsonValues::satPerVb).orElse(null);
    }
}
