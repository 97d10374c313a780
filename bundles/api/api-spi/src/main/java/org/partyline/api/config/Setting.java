package org.partyline.api.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A setting: its key, default, range, unit and description, and how to parse it. It is declared once. Its bundle reads
 * values with it, and {@code config}, Metatype, docs/settings.md and error messages use its description. Immutable.
 *
 * @param <T> the type of its parsed value
 */
public final class Setting<T> {
    /** The unit of a time: a number with ms, s, m, h or d. */
    public static final String DURATION = "duration";

    /** The unit of an amount. */
    public static final String SATOSHI = "sat";

    /** The longest part of a rejected value that is repeated. */
    private static final int MOST_SHOWN = 200;

    private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
    private static final Pattern AMOUNT = Pattern.compile("([0-9]{1,10})" + SATOSHI);
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,9}");

    /** The types of values, as in Metatype. */
    public enum Type {
        STRING,
        INTEGER,
        BOOLEAN,
        /** Never shown. */
        PASSWORD
    }

    /** The range of a value, apart from its fixed words. */
    private record Limits(String ends, Map<String, String> choices) {
        static final Limits NONE = new Limits("", Map.of());

        Limits and(String word, String label) {
            Map<String, String> more = new LinkedHashMap<>(choices);
            more.put(word, label);
            return new Limits(ends, Collections.unmodifiableMap(more));
        }
    }

    private record Notes(String what, String unit, String range, String effect, String command) {}

    private final String key;
    private final String standard;
    private final Type type;
    private final Function<String, T> reader;
    private final Limits limits;
    private final Notes notes;

    private Setting(String key, String standard, Type type, Function<String, T> reader, Limits limits, Notes notes) {
        this.key = key;
        this.standard = standard;
        this.type = type;
        this.reader = reader;
        this.limits = limits;
        this.notes = notes;
    }

    private static Notes notes(String range) {
        return new Notes("", "none", range, "at once", "");
    }

    /** A time. @param min the shortest @param max the longest */
    public static Setting<Duration> duration(String key, String standard, String min, String max) {
        return between(key, standard, Type.STRING, Setting::time, min, max).unit(DURATION);
    }

    /** A whole number. */
    public static Setting<Integer> integer(String key, String standard, int min, int max) {
        return between(key, standard, Type.INTEGER, Setting::whole, String.valueOf(min), String.valueOf(max));
    }

    /** A whole number. */
    public static Setting<Integer> integer(String key, int standard, int min, int max) {
        return integer(key, String.valueOf(standard), min, max);
    }

    /** An amount, written like 1200sat. */
    public static Setting<Long> satoshi(String key, String standard, String min, String max) {
        return between(key, standard, Type.STRING, Setting::amount, min, max).unit(SATOSHI);
    }

    private static <N extends Comparable<N>> Setting<N> between(
            String key, String standard, Type type, Function<String, N> reader, String min, String max) {
        N low = reader.apply(min);
        N high = reader.apply(max);
        Function<String, N> checked = text -> {
            N value = reader.apply(text);
            if (value.compareTo(low) < 0 || value.compareTo(high) > 0) {
                throw new IllegalArgumentException();
            }
            return value;
        };
        return new Setting<>(key, standard, type, checked, new Limits(min + " to " + max, Map.of()), notes(""));
    }

    /** A switch. */
    public static Setting<Boolean> flag(String key, boolean standard) {
        return new Setting<>(
                key,
                String.valueOf(standard),
                Type.BOOLEAN,
                text -> Boolean.valueOf(word(List.of("true", "false"), text)),
                Limits.NONE,
                notes("true or false"));
    }

    /** One of several words. @param words each alone, or with its meaning: {@code "off: never"} */
    public static Setting<String> choice(String key, String standard, String... words) {
        Limits limits = Limits.NONE;
        for (String each : words) {
            String[] parts = each.split(": ", 2);
            limits = limits.and(parts[0], parts[parts.length - 1]);
        }
        List<String> allowed = List.copyOf(limits.choices().keySet());
        return new Setting<>(key, standard, Type.STRING, text -> word(allowed, text), limits, notes(""));
    }

    /** Any text. @param range the allowed values, in words */
    public static Setting<String> text(String key, String standard, String range) {
        return text(key, standard, range, text -> text);
    }

    /**
     * A value that only its bundle can parse.
     *
     * @param range the allowed values, in words
     * @param reader throws an IllegalArgumentException for an invalid value; its message says what is valid if the
     *     range does not
     */
    public static <T> Setting<T> text(String key, String standard, String range, Function<String, T> reader) {
        return new Setting<>(key, standard, Type.STRING, reader, Limits.NONE, notes(range));
    }

    /** A secret, which is never shown. */
    public static Setting<String> password(String key, String range) {
        return new Setting<>(key, "", Type.PASSWORD, text -> text, Limits.NONE, notes(range));
    }

    /** The same, or a word instead. @param label the meaning of the word */
    public Setting<Optional<T>> or(String word, String label) {
        return new Setting<>(
                key,
                standard,
                type,
                text -> text.equals(word) ? Optional.empty() : Optional.of(reader.apply(text)),
                limits.and(word, label),
                notes);
    }

    /** The same, with its value converted. */
    public <R> Setting<R> as(Function<T, R> made) {
        return new Setting<>(key, standard, type, text -> made.apply(reader.apply(text)), limits, notes);
    }

    /** Sets the description. */
    public Setting<T> says(String what) {
        return with(new Notes(what, unit(), notes.range(), effect(), command()));
    }

    /** Sets the unit, such as bytes; words and switches have none. */
    public Setting<T> unit(String unit) {
        return with(new Notes(what(), unit, notes.range(), effect(), command()));
    }

    /** Sets the allowed values, in words, if the limits do not say everything. */
    public Setting<T> range(String range) {
        return with(new Notes(what(), unit(), range, effect(), command()));
    }

    /** Sets when a change takes effect; by default at once. */
    public Setting<T> effect(String effect) {
        return with(new Notes(what(), unit(), notes.range(), effect, command()));
    }

    /** Sets the command that changes it, because more than the value must change. */
    public Setting<T> command(String command) {
        return with(new Notes(what(), unit(), notes.range(), effect(), command));
    }

    private Setting<T> with(Notes others) {
        return new Setting<>(key, standard, type, reader, limits, others);
    }

    /** Its name in the file. */
    public String key() {
        return key;
    }

    /** The default. */
    public String standard() {
        return standard;
    }

    /** The type of its value. */
    public Type type() {
        return type;
    }

    /** Whether it is never shown. */
    public boolean isSecret() {
        return type == Type.PASSWORD;
    }

    /** Its description. */
    public String what() {
        return notes.what();
    }

    /** Its unit, or none. */
    public String unit() {
        return notes.unit();
    }

    /** When a change takes effect. */
    public String effect() {
        return notes.effect();
    }

    /** The command that sets it; empty: {@code config} does. */
    public String command() {
        return notes.command();
    }

    /** The fixed words, with their meanings. */
    public Map<String, String> choices() {
        return limits.choices();
    }

    /** Whether only {@link #choices} are allowed. */
    public boolean isChoice() {
        return !choices().isEmpty() && limits.ends().isEmpty() && notes.range().isEmpty();
    }

    /** The allowed values, in words. */
    public String range() {
        if (!notes.range().isEmpty()) {
            return notes.range();
        }
        List<String> allowed = new ArrayList<>();
        choices().keySet().forEach(word -> allowed.add(word.isEmpty() ? "nothing" : word));
        if (!limits.ends().isEmpty()) {
            allowed.add(limits.ends());
        }
        int last = allowed.size() - 1;
        return last <= 0
                ? String.join("", allowed)
                : String.join(", ", allowed.subList(0, last)) + " or " + allowed.get(last);
    }

    /**
     * Its value in a configuration.
     *
     * @throws IllegalArgumentException with key, value, and what is valid
     */
    public T in(Map<String, ?> configuration) {
        return parse(text(configuration));
    }

    /** Its text in a configuration: the default if it is missing, or if it is empty and empty text is not allowed. */
    public String text(Map<String, ?> configuration) {
        Object value = configuration.get(key);
        String text = value == null ? standard : value.toString().strip();
        boolean free = type != Type.BOOLEAN && limits.equals(Limits.NONE);
        return text.isEmpty() && !free ? standard : text;
    }

    /** @throws IllegalArgumentException with key, value, and what is valid */
    public T parse(String text) {
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            String right = e instanceof NumberFormatException || e.getMessage() == null ? "" : e.getMessage();
            throw refused(text, right.isEmpty() ? "it must be " + range() : right, e);
        }
    }

    /**
     * Rejects a value that cannot be set from a console, including one that a file cannot contain.
     *
     * @throws IllegalArgumentException with key, value, and what is valid
     */
    public void check(String text) {
        if (text.codePoints().anyMatch(Character::isISOControl) || text.contains("${")) {
            throw refused(text, "it must not contain line ends, other control characters or ${");
        }
        parse(text);
    }

    /** Returns the exception for an invalid value. @param text the value */
    public IllegalArgumentException refused(String text) {
        return refused(text, "it must be " + range());
    }

    /** The same. @param right what is valid, as shown after a colon */
    public IllegalArgumentException refused(String text, String right) {
        return refused(text, right, null);
    }

    private IllegalArgumentException refused(String text, String right, @Nullable Exception cause) {
        String shown = text.replaceAll("\\p{Cntrl}", "?");
        return new IllegalArgumentException(
                key + " = "
                        + (isSecret()
                                ? "the given value"
                                : "'" + (shown.length() > MOST_SHOWN ? shown.substring(0, MOST_SHOWN) + "…" : shown)
                                        + "'")
                        + ": " + right,
                cause);
    }

    private static String word(List<String> allowed, String text) {
        return allowed.stream().filter(text::equals).findFirst().orElseThrow(IllegalArgumentException::new);
    }

    /** @throws IllegalArgumentException without its own message */
    private static Duration time(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        Matcher parts = TIME.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException();
        }
        long number = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    private static long amount(String text) {
        Matcher parts = AMOUNT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException();
        }
        return Long.parseLong(parts.group(1));
    }

    private static int whole(String text) {
        if (!WHOLE.matcher(text).matches()) {
            throw new IllegalArgumentException();
        }
        return Integer.parseInt(text);
    }
}
