package org.partyline.settings;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.partyline.api.FeeRate;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.settings.FeeSettings;
import org.partyline.api.settings.NodeSettings;
import org.partyline.api.settings.PostQuantumMode;
import org.partyline.api.settings.ReadingSettings;
import org.partyline.api.settings.ReceiptMode;
import org.partyline.api.settings.RollingSettings;
import org.partyline.api.settings.SendingSettings;
import org.partyline.api.settings.SessionSettings;
import org.partyline.api.settings.Settings;
import org.partyline.api.settings.SuiteSettings;

/** Reads a configuration: checks each value, and says what is wrong with one. */
final class SettingsReader {
    /** The keys that belong in a backup: not what is true of one machine only. */
    static final List<String> PORTABLE = List.of(
            "default-ttl",
            "max-bucket",
            "chain-messages",
            "allow-legacy-v1",
            SuiteSettings.PREFERENCE,
            SuiteSettings.DENIED,
            "fee-minimum",
            "fee-maximum",
            "fee-target",
            "reorder-hold",
            "rebroadcast-after",
            "resend-after",
            "node-check",
            "node-quarantine",
            NodeSettings.MINIMUM_VERSION,
            "catch-up",
            "allow-strangers",
            "receipts",
            "read-receipts",
            "rekey-messages",
            "rekey-after",
            "handshake-retry",
            "key-age",
            "key-messages",
            "jitter",
            "rate-per-minute",
            "rate-burst",
            "fee-band",
            "fee-cap-message",
            "fee-cap-hour",
            "fee-cap-day",
            "carrier",
            "roll-spacing",
            "roll-packets",
            "roll-max-fee",
            "roll-max-age",
            "roll-end",
            "expire-on-chain",
            "send-within");

    private static final String AUTO = "auto";
    /** Of an operator who chose none. */
    private static final FeeRate STANDARD_MAXIMUM = new FeeRate(50_000);

    private static final String CONFIRM = "confirm";
    /** Of a carrier: which ones there are only bundles can tell. */
    private static final Pattern CARRIER = Pattern.compile("[a-z][a-z0-9-]{0,23}");

    private static final long MOST_SATOSHI = 100_000_000;
    private static final Duration LONGEST_TTL = Duration.ofMinutes(Content.MAX_TTL_MINUTES);

    private SettingsReader() {}

    /** What holds where nothing is configured. */
    static Settings defaults() {
        return parse(Map.of());
    }

    /**
     * Reads a configuration.
     *
     * @throws IllegalArgumentException names the key, the value and what would be right
     */
    static Settings parse(Map<String, ?> from) {
        return new Settings(
                new SendingSettings(
                        duration(from, "default-ttl", "1h", Duration.ofMinutes(1), LONGEST_TTL),
                        read(from, "max-bucket", "80", SettingsReader::bucket),
                        integer(from, "chain-messages", "25", 1, Chains.MAX_MESSAGES),
                        duration(from, "send-within", "24h", Duration.ofMinutes(10), Duration.ofDays(14)),
                        read(from, "expire-on-chain", "keep", text -> oneOf(text, "recall", "keep")),
                        read(from, "carrier", CONFIRM, SettingsReader::carrier),
                        read(from, "jitter", AUTO, text -> orAuto(text, SettingsReader::delay)),
                        read(from, "rate-per-minute", AUTO, text -> orAuto(text, SettingsReader::perMinute)),
                        integer(from, "rate-burst", "20", 1, 1000),
                        duration(from, "rebroadcast-after", "10m", Duration.ofMinutes(1), Duration.ofDays(1))),
                new RollingSettings(
                        duration(from, "roll-spacing", "30s", Duration.ZERO, Duration.ofMinutes(10)),
                        integer(from, "roll-packets", "3", 1, 16),
                        amount(from, "roll-max-fee", "10000sat"),
                        duration(from, "roll-max-age", "6h", Duration.ofMinutes(10), Duration.ofDays(14)),
                        read(from, "roll-end", CONFIRM, text -> oneOf(text, "burn", CONFIRM))),
                fees(from),
                new ReadingSettings(
                        read(from, "allow-legacy-v1", "true", SettingsReader::bool),
                        duration(from, "reorder-hold", "10s", Duration.ZERO, Duration.ofMinutes(10)),
                        duration(from, "catch-up", "14d", Duration.ofDays(1), Duration.ofDays(60))),
                new SessionSettings(
                        read(from, "allow-strangers", "false", SettingsReader::bool),
                        read(from, "receipts", ReceiptMode.COVER.label(), SettingsReader::receipts),
                        read(from, "read-receipts", "false", SettingsReader::bool),
                        read(from, "post-quantum", PostQuantumMode.COVER.label(), SettingsReader::postQuantum),
                        integer(from, "rekey-messages", "100", 1, 100),
                        duration(from, "rekey-after", "24h", Duration.ofMinutes(10), Duration.ofHours(24)),
                        duration(from, "handshake-retry", "6h", Duration.ofHours(1), Duration.ofDays(7)),
                        duration(from, "key-age", "30d", Duration.ofDays(1), Duration.ofDays(365)),
                        integer(from, "key-messages", "10000", 100, 1_000_000)),
                new SuiteSettings(
                        read(
                                from,
                                SuiteSettings.PREFERENCE,
                                "XCHACHA20_POLY1305,AES_256_GCM,CHACHA20_POLY1305",
                                SettingsReader::suites),
                        read(from, SuiteSettings.DENIED, "", SettingsReader::denied)),
                new NodeSettings(
                        read(from, NodeSettings.PAUSED, "", text -> new LinkedHashSet<>(words(text))),
                        duration(from, "resend-after", "2m", Duration.ofSeconds(5), Duration.ofHours(1)),
                        duration(from, "node-check", "30s", Duration.ofSeconds(1), Duration.ofMinutes(10)),
                        duration(from, "node-quarantine", "5m", Duration.ofSeconds(10), Duration.ofDays(1)),
                        read(from, NodeSettings.MINIMUM_VERSION, NodeVersions.STANDARD, NodeVersions::parse)));
    }

    private static FeeSettings fees(Map<String, ?> from) {
        FeeRate minimum = read(from, "fee-minimum", "0.1sat/vB", FeeRate::parse);
        Optional<FeeRate> chosen = read(from, "fee-maximum", AUTO, text -> orAuto(text, FeeRate::parse));
        FeeRate maximum = chosen.orElse(STANDARD_MAXIMUM);
        if (minimum.compareTo(maximum) > 0) {
            throw new IllegalArgumentException("fee-minimum = " + minimum + " is above fee-maximum = " + maximum
                    + ": lower the former or raise the latter");
        }
        return new FeeSettings(
                minimum,
                maximum,
                chosen.isPresent(),
                integer(from, "fee-target", "6", 1, 1008),
                integer(from, "fee-band", "20", 0, 100),
                amount(from, "fee-cap-message", "20000sat"),
                amount(from, "fee-cap-hour", "50000sat"),
                amount(from, "fee-cap-day", "200000sat"),
                read(from, FeeSettings.MAINNET_ACCEPTED, "false", SettingsReader::bool));
    }

    private static <T> Optional<T> orAuto(String text, Function<String, T> parser) {
        return text.equals(AUTO) ? Optional.empty() : Optional.of(parser.apply(text));
    }

    private static Duration delay(String text) {
        Duration value = parseDuration(text);
        if (value.compareTo(Duration.ofMinutes(30)) > 0) {
            throw new IllegalArgumentException("it must be auto, or 0s to 30m");
        }
        return value;
    }

    private static int perMinute(String text) {
        if (text.matches("[0-9]{1,3}") && Integer.parseInt(text) <= 600) {
            return Integer.parseInt(text);
        }
        throw new IllegalArgumentException("it must be auto, or a whole number, 0 (no limit) to 600");
    }

    private static PostQuantumMode postQuantum(String text) {
        return PostQuantumMode.of(text).orElseThrow(() -> new IllegalArgumentException("it must be off, cover or pay"));
    }

    private static ReceiptMode receipts(String text) {
        return ReceiptMode.of(text).orElseThrow(() -> new IllegalArgumentException("it must be off, cover or pay"));
    }

    private static long amount(Map<String, ?> from, String key, String standard) {
        return read(from, key, standard, text -> {
            if (text.matches("[0-9]{1,10}sat")) {
                long value = Long.parseLong(text.substring(0, text.length() - 3));
                if (value >= 1 && value <= MOST_SATOSHI) {
                    return value;
                }
            }
            throw new IllegalArgumentException("an amount is written like 1200sat, 1sat to " + MOST_SATOSHI + "sat");
        });
    }

    private static String carrier(String text) {
        if (!CARRIER.matcher(text).matches()) {
            throw new IllegalArgumentException("a carrier's id has 1 to 24 lower-case letters, digits and hyphens");
        }
        return text;
    }

    private static boolean oneOf(String text, String yes, String no) {
        if (text.equals(yes) || text.equals(no)) {
            return text.equals(yes);
        }
        throw new IllegalArgumentException("it must be " + no + " or " + yes);
    }

    /** Whether a value means what holds where nothing is configured. */
    static boolean isDefault(String key, String value) {
        try {
            return parse(Map.of(key, value)).equals(defaults());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static <T> T read(Map<String, ?> from, String key, String standard, Function<String, T> parser) {
        Object configured = from.get(key);
        String text = configured == null ? standard : configured.toString().trim();
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + " = '" + text + "': " + e.getMessage(), e);
        }
    }

    private static int integer(Map<String, ?> from, String key, String standard, int low, int high) {
        return read(from, key, standard, text -> {
            try {
                int value = Integer.parseInt(text);
                if (value >= low && value <= high) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // Falls through: the same words for a number out of range and for none.
            }
            throw new IllegalArgumentException("it must be a whole number, " + low + " to " + high);
        });
    }

    private static Duration duration(Map<String, ?> from, String key, String standard, Duration low, Duration high) {
        return read(from, key, standard, text -> {
            Duration value = parseDuration(text);
            if (value.compareTo(low) < 0 || value.compareTo(high) > 0) {
                throw new IllegalArgumentException("it must be " + words(low) + " to " + words(high));
            }
            return value;
        });
    }

    private static Duration parseDuration(String text) {
        if (text.matches("[0-9]{1,9}[smhd]")) {
            long number = Long.parseLong(text.substring(0, text.length() - 1));
            return switch (text.charAt(text.length() - 1)) {
                case 's' -> Duration.ofSeconds(number);
                case 'm' -> Duration.ofMinutes(number);
                case 'h' -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
            };
        }
        throw new IllegalArgumentException("a duration is written like 90s, 15m, 1h or 7d");
    }

    private static String words(Duration duration) {
        if (duration.toDays() > 0) {
            return duration.toDays() + "d";
        }
        return duration.toMinutes() > 0 ? duration.toMinutes() + "m" : duration.toSeconds() + "s";
    }

    private static int bucket(String text) {
        for (int bucket : Packets.BUCKETS) {
            if (text.equals(Integer.toString(bucket))) {
                return bucket;
            }
        }
        throw new IllegalArgumentException("it must be one of " + Packets.BUCKETS);
    }

    private static boolean bool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("it must be true or false");
        };
    }

    /** Names of suites and derivations that are not in the protocol's table: of other bundles, or misspelt. In order. */
    static Set<String> namesOfOthers(SuiteSettings suites) {
        Set<String> names = new TreeSet<>(suites.preference());
        names.addAll(suites.denied());
        AeadId.PROTOCOL.forEach(id -> names.remove(id.name()));
        KdfId.PROTOCOL.forEach(id -> names.remove(id.name()));
        return names;
    }

    /** The bundle of a suite may come later: what is not in the protocol's table has to look like a name, no more. */
    private static List<String> suites(String text) {
        LinkedHashSet<String> suites = new LinkedHashSet<>();
        for (String word : words(text)) {
            String name = word.toUpperCase(Locale.ROOT);
            boolean opensOnly = AeadId.PROTOCOL.stream()
                    .anyMatch(id -> !id.seals() && id.name().equals(name));
            boolean derives = KdfId.PROTOCOL.stream().anyMatch(id -> id.name().equals(name));
            if (!AeadId.isName(name) || opensOnly || derives) {
                throw new IllegalArgumentException("'" + word + "' is not a suite that seals");
            }
            suites.add(name);
        }
        return List.copyOf(suites);
    }

    private static Set<String> denied(String text) {
        LinkedHashSet<String> names = new LinkedHashSet<>();
        for (String word : words(text)) {
            String name = word.toUpperCase(Locale.ROOT);
            if (!AeadId.isName(name)) {
                throw new IllegalArgumentException("'" + word + "' is neither a suite nor a key derivation");
            }
            names.add(name);
        }
        return Set.copyOf(names);
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.split(","))
                .map(String::trim)
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
