package org.partyline.shell.output;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.partyline.api.FeeRate;
import org.partyline.consoleline.ExitStatus;
import org.partyline.shell.error.CommandError;

/** Parses and formats values with units: durations, amounts, fee rates, times. All commands use the same spelling. */
public final class Units {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})([smhd])");
    private static final Pattern AMOUNT = Pattern.compile("([0-9]{1,16}) ?sat");
    /** 21 million bitcoin in satoshi. */
    private static final long ALL_MONEY = 2_100_000_000_000_000L;

    private static final DateTimeFormatter DAY_AND_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Units() {}

    /** Parses a duration: {@code 90s}, {@code 15m}, {@code 1h}, {@code 7d}. */
    static Duration duration(String text) throws CommandError {
        Matcher match = DURATION.matcher(text.strip());
        if (!match.matches()) {
            throw new CommandError(
                    ExitStatus.WRONG_LINE,
                    "'" + Sanitizer.line(text) + "' is not a duration: write it like 90s, 15m, 1h or 7d");
        }
        long number = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    /** Parses a duration within limits. */
    public static Duration duration(String option, String text, Duration least, Duration most) throws CommandError {
        Duration duration = duration(text);
        if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
            throw new CommandError(
                    ExitStatus.WRONG_LINE,
                    option + " must be " + duration(least) + " to " + duration(most) + ", not " + text.strip());
        }
        return duration;
    }

    /** Parses an amount such as {@code 1200sat}; returns satoshi. */
    public static long amount(String text) throws CommandError {
        Matcher match = AMOUNT.matcher(text.strip());
        if (!match.matches()) {
            throw new CommandError(
                    ExitStatus.WRONG_LINE, "'" + Sanitizer.line(text) + "' is not an amount: write it like 1200sat");
        }
        long amount = Long.parseLong(match.group(1));
        if (amount > ALL_MONEY) {
            throw new CommandError(
                    ExitStatus.WRONG_LINE,
                    "'" + Sanitizer.line(text) + "' is more than all bitcoin that can exist: at most " + ALL_MONEY
                            + "sat");
        }
        return amount;
    }

    /** Parses a fee rate such as {@code 0.5sat/vB}. */
    static FeeRate rate(String text) throws CommandError {
        try {
            return FeeRate.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CommandError(ExitStatus.WRONG_LINE, Sanitizer.line(e.getMessage()));
        }
    }

    /** Parses a moment: a duration before now, or an ISO-8601 time. */
    public static Instant moment(String text, Instant now) throws CommandError {
        if (DURATION.matcher(text.strip()).matches()) {
            return now.minus(duration(text));
        }
        try {
            return DateTimeFormatter.ISO_DATE_TIME.parse(text.strip(), Instant::from);
        } catch (DateTimeParseException e) {
            throw new CommandError(
                    ExitStatus.WRONG_LINE,
                    "'" + Sanitizer.line(text)
                            + "' is not a time: write how long ago, like 15m or 1h, or 2026-11-24T10:00:00Z",
                    e);
        }
    }

    /** Parses a moment, or a day, which means its first moment, UTC. */
    public static Instant dayOrMoment(String text, Instant now) throws CommandError {
        try {
            return LocalDate.parse(text.strip()).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeParseException e) {
            return moment(text, now);
        }
    }

    /**
     * Formats a duration in the largest units that are precise enough: {@code 250 ms}, {@code 1.5 s}, {@code 4 m},
     * {@code 2 h 5 m}, {@code 3 d}.
     */
    public static String duration(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1000) {
            return millis + " ms";
        }
        if (millis < 60_000) {
            return BigDecimal.valueOf(millis / 100, 1).stripTrailingZeros().toPlainString() + " s";
        }
        long days = duration.toDays();
        if (days > 0) {
            return two(days, "d", duration.toHoursPart(), "h");
        }
        if (duration.toHours() > 0) {
            return two(duration.toHours(), "h", duration.toMinutesPart(), "m");
        }
        return two(duration.toMinutes(), "m", duration.toSecondsPart(), "s");
    }

    /** Formats an age: a moment that is ahead of our clock counts as now. */
    public static String age(Duration duration) {
        return duration.compareTo(Duration.ofSeconds(1)) < 0
                ? "0 s"
                : duration(Duration.ofSeconds(duration.toSeconds()));
    }

    private static String two(long big, String bigUnit, int small, String smallUnit) {
        return big + " " + bigUnit + (small == 0 ? "" : " " + small + " " + smallUnit);
    }

    /** Formats an amount: {@code 1,200 sat}. */
    public static String sat(long amount) {
        return String.format(Locale.ROOT, "%,d sat", amount);
    }

    /** Formats a count: {@code 1 packet}, {@code 3 packets}. */
    public static String count(long number, String thing) {
        // A long list has many of these, and formatting takes a quarter of its time before it is compiled.
        String digits = Math.abs(number) < 1000 ? Long.toString(number) : String.format(Locale.ROOT, "%,d", number);
        return digits + " " + thing + (number == 1 ? "" : "s");
    }

    /** Formats day and time, UTC. */
    public static String time(Instant instant) {
        return DAY_AND_TIME.format(instant);
    }

    /** Formats the time of day, UTC. */
    public static String clock(Instant instant) {
        return TIME.format(instant);
    }
}
