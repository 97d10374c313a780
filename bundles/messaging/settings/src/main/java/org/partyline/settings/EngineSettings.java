package org.partyline.settings;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.FeeRate;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.KdfId;
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

/** The settings in {@code etc/org.partyline.engine.cfg}. */
@Component
public final class EngineSettings implements SettingsDeclaration {
    /** The name of the configuration. */
    static final String PID = "org.partyline.engine";

    private static final Pattern CARRIER_ID = Pattern.compile("[a-z][a-z0-9-]{0,23}");
    /** For an operator who chose none. */
    private static final FeeRate STANDARD_MAXIMUM = new FeeRate(50_000);

    static final Setting<Duration> DEFAULT_TTL = Setting.duration("default-ttl", "1h", "1m", "45d")
            .says("How long a message is kept if its sender set no time to live; counted from receipt, for your own "
                    + "messages from sending.");

    static final Setting<Integer> MAX_BUCKET = Setting.choice("max-bucket", "80", "64", "80", "128", "256", "512")
            .unit("bytes")
            .as(Integer::valueOf)
            .says("Largest packet that is sent. Packets over 80 bytes stand out on the chain.");

    static final Setting<Integer> CHAIN_MESSAGES = Setting.integer("chain-messages", 25, 1, 100)
            .unit("messages")
            .says("Messages on one sender chain before the next chain starts.");

    static final Setting<Boolean> ALLOW_LEGACY_V1 = Setting.flag("allow-legacy-v1", true)
            .says("Read version-1 messages in channels whose key derivation is PBKDF2_SHA256.");

    static final Setting<List<String>> SUITE_PREFERENCE = Setting.text(
                    SuiteSettings.PREFERENCE,
                    "XCHACHA20_POLY1305,AES_256_GCM,CHACHA20_POLY1305",
                    "names of suites, separated by commas",
                    EngineSettings::suites)
            .unit("names")
            .says("AEAD suites to seal with, best first.");

    static final Setting<Set<String>> SUITE_DENIED = Setting.text(
                    SuiteSettings.DENIED,
                    "",
                    "names of suites and key derivations, separated by commas, or nothing",
                    EngineSettings::denied)
            .unit("names")
            .says("Suites and key derivations that must not be used.");

    static final Setting<Set<String>> PAUSED_NODES = Setting.text(
                    NodeSettings.PAUSED,
                    "",
                    "names of nodes, separated by commas, or nothing",
                    text -> Collections.unmodifiableSet(new LinkedHashSet<>(words(text))))
            .unit("names")
            .command("partyline:node-pause")
            .says("Paused nodes.");

    static final Setting<Duration> RESEND_AFTER = Setting.duration("resend-after", "2m", "5s", "1h")
            .says("If no other node shows a transaction within this time, it is sent through another node. A node "
                    + "has the same time, but at most 5m, to show what other nodes showed.");

    static final Setting<Duration> NODE_CHECK =
            Setting.duration("node-check", "30s", "1s", "10m").says("How often the nodes of a network are compared.");

    static final Setting<Duration> NODE_QUARANTINE = Setting.duration("node-quarantine", "5m", "10s", "1d")
            .says("Minimum time that a faulty node is quarantined.");

    static final Setting<Map<String, Integer>> MINIMUM_NODE_VERSION = Setting.text(
                    NodeSettings.MINIMUM_VERSION,
                    "rpc:250000,bitcoinj:250000",
                    "TYPE:VERSION, separated by commas, VERSION 0 to 99999999",
                    EngineSettings::versions)
            .unit("version")
            .says("Oldest accepted version of a node, by type, in Bitcoin Core's numbering: 250000 is 25.0. Older "
                    + "nodes are quarantined.");

    static final Setting<FeeRate> FEE_MINIMUM = Setting.text(
                    "fee-minimum", "0.1sat/vB", "0sat/vB to fee-maximum", FeeRate::parse)
            .unit("sat/vB")
            .says("Lowest fee rate. The node's floor is used if it is higher.");

    static final Setting<Optional<FeeRate>> FEE_MAXIMUM = Setting.text(
                    "fee-maximum", "auto", "auto, or fee-minimum to 100000sat/vB", EngineSettings::maximum)
            .unit("sat/vB")
            .says("Highest fee rate; messages that would cost more wait. auto: 50sat/vB, but at most ten times the "
                    + "highest relay floor of the nodes.");

    static final Setting<Integer> FEE_TARGET = Setting.integer("fee-target", 6, 1, 1008)
            .unit("blocks")
            .says("Confirmation target of the node's fee estimate.");

    static final Setting<Duration> REORDER_HOLD = Setting.duration("reorder-hold", "10s", "0s", "10m")
            .says("How long a message waits for an earlier message of the same sender.");

    static final Setting<Duration> REBROADCAST_AFTER = Setting.duration("rebroadcast-after", "10m", "1m", "1d")
            .says("A transaction that no node reports is sent again after this time.");

    static final Setting<Duration> CATCH_UP = Setting.duration("catch-up", "14d", "1d", "60d")
            .says("If the server was stopped for longer than this, it does not read what it missed, and erases the "
                    + "keys of those days.");

    static final Setting<Boolean> ALLOW_STRANGERS = Setting.flag("allow-strangers", false)
            .says("Answer session requests from people who have a persona's card but are not contacts. Each answer "
                    + "spends the persona's coins and so reveals them to the sender. Their messages are shown once "
                    + "their "
                    + "card is added.");

    static final Setting<ReceiptMode> RECEIPTS = Setting.choice(
                    "receipts", "cover", "off: never", "cover: in place of decoys", "pay: at once, in paid packets")
            .as(word -> ReceiptMode.valueOf(word.toUpperCase(Locale.ROOT)))
            .says("When contacts are notified that their messages have arrived. cover: in place of decoys if cover "
                    + "traffic runs, at no extra cost.");

    static final Setting<Boolean> READ_RECEIPTS =
            Setting.flag("read-receipts", false).says("Also notify contacts when their messages are shown.");

    static final Setting<PostQuantumMode> POST_QUANTUM = Setting.choice(
                    "post-quantum",
                    "cover",
                    "off: sessions are not protected",
                    "cover: in place of decoys, if cover traffic runs",
                    "pay: at once after a session opens, in paid packets")
            .as(word -> PostQuantumMode.valueOf(word.toUpperCase(Locale.ROOT)))
            .says("When the key exchange that protects sessions against future quantum computers is sent.");

    static final Setting<Integer> REKEY_MESSAGES = Setting.integer("rekey-messages", 100, 1, 100)
            .unit("messages")
            .says("Messages in a session before its keys are renewed.");

    static final Setting<Duration> REKEY_AFTER = Setting.duration("rekey-after", "24h", "10m", "24h")
            .says("The next message after this time renews a session's keys.");

    static final Setting<Duration> HANDSHAKE_RETRY = Setting.duration("handshake-retry", "6h", "1h", "7d")
            .says("An unanswered handshake is repeated after this time, while messages wait.");

    static final Setting<Duration> KEY_AGE =
            Setting.duration("key-age", "30d", "1d", "365d").says("A persona's keys are rotated after this time.");

    static final Setting<Integer> KEY_MESSAGES = Setting.integer("key-messages", 10_000, 100, 1000000)
            .unit("messages")
            .says("A persona's keys are rotated after this many messages.");

    static final Setting<Optional<Duration>> JITTER = Setting.duration("jitter", "auto", "0s", "30m")
            .or("auto", "5s; none on regtest and embedded")
            .says("Mean random delay before a packet is sent. auto: 5s; none on regtest and embedded.");

    static final Setting<Optional<Integer>> RATE_PER_MINUTE = Setting.integer("rate-per-minute", "auto", 0, 600)
            .or("auto", "10; no limit on regtest and embedded")
            .unit("packets")
            .says("Packets per minute. auto: 10; no limit on regtest and embedded. 0: no limit.");

    static final Setting<Integer> RATE_BURST = Setting.integer("rate-burst", 20, 1, 1000)
            .unit("packets")
            .says("Packets that may be sent at once before rate-per-minute applies.");

    static final Setting<Integer> FEE_BAND = Setting.integer("fee-band", 20, 0, 100)
            .unit("percent")
            .says("Each transaction's fee rate is drawn at random, up to this much above the estimate.");

    static final Setting<Long> FEE_CAP_MESSAGE = Setting.satoshi("fee-cap-message", "20000sat", "1sat", "100000000sat")
            .says("Maximum cost of one message with all its packets.");

    static final Setting<Long> FEE_CAP_HOUR =
            Setting.satoshi("fee-cap-hour", "50000sat", "1sat", "100000000sat").says("Maximum spent in 60 minutes.");

    static final Setting<Long> FEE_CAP_DAY =
            Setting.satoshi("fee-cap-day", "200000sat", "1sat", "100000000sat").says("Maximum spent in 24 hours.");

    static final Setting<Boolean> MAINNET_ACCEPTED = Setting.flag(FeeSettings.MAINNET_ACCEPTED, false)
            .command("partyline:fee-limit --accept-mainnet")
            .says("Messages on mainnet, which cost real money, are accepted.");

    static final Setting<String> CARRIER = Setting.text(
                    "carrier",
                    "confirm",
                    "confirm, rolling, or the id of another bundle's carrier",
                    EngineSettings::carrier)
            .says("confirm: one transaction for each packet. rolling: each transaction replaces the last one.");

    static final Setting<Duration> ROLL_SPACING = Setting.duration("roll-spacing", "30s", "0s", "10m")
            .range("15s to 10m; from 0s on test networks")
            .says("Minimum time between two versions of a rolling transaction, so that each can propagate.");

    static final Setting<Integer> ROLL_PACKETS = Setting.integer("roll-packets", 3, 1, 16)
            .unit("packets")
            .says("Number of newest packets in a rolling transaction, if nodes carry several outputs.");

    static final Setting<Long> ROLL_MAX_FEE = Setting.satoshi("roll-max-fee", "10000sat", "1sat", "100000000sat")
            .says("A rolling transaction ends when it would pay more than this.");

    static final Setting<Duration> ROLL_MAX_AGE =
            Setting.duration("roll-max-age", "6h", "10m", "14d").says("A rolling transaction ends after this time.");

    static final Setting<Boolean> ROLL_END = Setting.choice(
                    "roll-end",
                    "confirm",
                    "confirm: the last version is left to be mined",
                    "burn: it is replaced by an empty one")
            .as("burn"::equals)
            .says("confirm: the last version is left to be mined. burn: it is replaced by an empty one.");

    static final Setting<Boolean> EXPIRE_ON_CHAIN = Setting.choice(
                    "expire-on-chain",
                    "keep",
                    "keep: it is still mined",
                    "recall: it is recalled if it is not in a block yet")
            .as("recall"::equals)
            .says("keep: an expired message is still mined. recall: it is recalled if it is not in a block yet.");

    static final Setting<Duration> SEND_WITHIN = Setting.duration("send-within", "24h", "10m", "14d")
            .says("A message that cannot be sent is abandoned after this time, or after its time to live if that is "
                    + "longer. The time to live starts when it is sent.");

    /** All settings, in the order in which they are shown. */
    static final List<Setting<?>> ALL = List.of(
            DEFAULT_TTL,
            MAX_BUCKET,
            CHAIN_MESSAGES,
            ALLOW_LEGACY_V1,
            SUITE_PREFERENCE,
            SUITE_DENIED,
            PAUSED_NODES,
            RESEND_AFTER,
            NODE_CHECK,
            NODE_QUARANTINE,
            MINIMUM_NODE_VERSION,
            FEE_MINIMUM,
            FEE_MAXIMUM,
            FEE_TARGET,
            REORDER_HOLD,
            REBROADCAST_AFTER,
            CATCH_UP,
            ALLOW_STRANGERS,
            RECEIPTS,
            READ_RECEIPTS,
            POST_QUANTUM,
            REKEY_MESSAGES,
            REKEY_AFTER,
            HANDSHAKE_RETRY,
            KEY_AGE,
            KEY_MESSAGES,
            JITTER,
            RATE_PER_MINUTE,
            RATE_BURST,
            FEE_BAND,
            FEE_CAP_MESSAGE,
            FEE_CAP_HOUR,
            FEE_CAP_DAY,
            MAINNET_ACCEPTED,
            CARRIER,
            ROLL_SPACING,
            ROLL_PACKETS,
            ROLL_MAX_FEE,
            ROLL_MAX_AGE,
            ROLL_END,
            EXPIRE_ON_CHAIN,
            SEND_WITHIN);

    /** Settings that apply to one machine only, and do not belong in a backup. */
    private static final Set<Setting<?>> OF_THIS_MACHINE = Set.of(PAUSED_NODES, MAINNET_ACCEPTED, POST_QUANTUM);

    /** The keys that belong in a backup. */
    static final List<String> PORTABLE = ALL.stream()
            .filter(setting -> !OF_THIS_MACHINE.contains(setting))
            .map(Setting::key)
            .toList();

    @Override
    public String pid() {
        return PID;
    }

    @Override
    public String title() {
        return "Messages, suites and fees.";
    }

    @Override
    public List<Setting<?>> settings() {
        return ALL;
    }

    @Override
    public void check(Map<String, String> values) {
        parse(values);
    }

    /** Returns the defaults. */
    static Settings defaults() {
        return parse(Map.of());
    }

    /**
     * Reads a configuration.
     *
     * @throws IllegalArgumentException with a message that names the key, the value and the valid values
     */
    static Settings parse(Map<String, ?> from) {
        return new Settings(
                new SendingSettings(
                        DEFAULT_TTL.in(from),
                        MAX_BUCKET.in(from),
                        CHAIN_MESSAGES.in(from),
                        SEND_WITHIN.in(from),
                        EXPIRE_ON_CHAIN.in(from),
                        CARRIER.in(from),
                        JITTER.in(from),
                        RATE_PER_MINUTE.in(from),
                        RATE_BURST.in(from),
                        REBROADCAST_AFTER.in(from)),
                new RollingSettings(
                        ROLL_SPACING.in(from),
                        ROLL_PACKETS.in(from),
                        ROLL_MAX_FEE.in(from),
                        ROLL_MAX_AGE.in(from),
                        ROLL_END.in(from)),
                fees(from),
                new ReadingSettings(ALLOW_LEGACY_V1.in(from), REORDER_HOLD.in(from), CATCH_UP.in(from)),
                new SessionSettings(
                        ALLOW_STRANGERS.in(from),
                        RECEIPTS.in(from),
                        READ_RECEIPTS.in(from),
                        POST_QUANTUM.in(from),
                        REKEY_MESSAGES.in(from),
                        REKEY_AFTER.in(from),
                        HANDSHAKE_RETRY.in(from),
                        KEY_AGE.in(from),
                        KEY_MESSAGES.in(from)),
                new SuiteSettings(SUITE_PREFERENCE.in(from), SUITE_DENIED.in(from)),
                new NodeSettings(
                        PAUSED_NODES.in(from),
                        RESEND_AFTER.in(from),
                        NODE_CHECK.in(from),
                        NODE_QUARANTINE.in(from),
                        MINIMUM_NODE_VERSION.in(from)));
    }

    private static FeeSettings fees(Map<String, ?> from) {
        FeeRate minimum = FEE_MINIMUM.in(from);
        Optional<FeeRate> chosen = FEE_MAXIMUM.in(from);
        FeeRate maximum = chosen.orElse(STANDARD_MAXIMUM);
        if (minimum.compareTo(maximum) > 0) {
            throw new IllegalArgumentException("fee-minimum = " + minimum + " is above fee-maximum = " + maximum
                    + ": lower the former or raise the latter");
        }
        return new FeeSettings(
                minimum,
                maximum,
                chosen.isPresent(),
                FEE_TARGET.in(from),
                FEE_BAND.in(from),
                FEE_CAP_MESSAGE.in(from),
                FEE_CAP_HOUR.in(from),
                FEE_CAP_DAY.in(from),
                MAINNET_ACCEPTED.in(from));
    }

    /** Returns whether a value is the default. */
    static boolean isDefault(String key, String value) {
        try {
            return parse(Map.of(key, value)).equals(defaults());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Optional<FeeRate> maximum(String text) {
        return text.equals("auto") ? Optional.empty() : Optional.of(FeeRate.parse(text));
    }

    /** Only bundles can tell which carriers exist. */
    private static String carrier(String text) {
        if (!CARRIER_ID.matcher(text).matches()) {
            throw new IllegalArgumentException("a carrier's id has 1 to 24 lower-case letters, digits and hyphens");
        }
        return text;
    }

    private static Map<String, Integer> versions(String text) {
        Map<String, Integer> versions = new LinkedHashMap<>();
        for (String word : words(text)) {
            if (!word.matches("[a-z]{1,16}:[0-9]{1,8}")) {
                throw new IllegalArgumentException(
                        "it must be like rpc:250000,bitcoinj:250000: a node type and a version in Bitcoin Core's "
                                + "numbering (0 to"
                                + " 99999999)");
            }
            int colon = word.indexOf(':');
            versions.put(word.substring(0, colon), Integer.parseInt(word.substring(colon + 1)));
        }
        return versions;
    }

    /**
     * Returns names of suites and derivations that are not in the protocol's table, in order: they belong to other
     * bundles, or are misspelt.
     */
    static Set<String> namesOfOthers(SuiteSettings suites) {
        Set<String> names = new TreeSet<>(suites.preference());
        names.addAll(suites.denied());
        AeadId.PROTOCOL.forEach(id -> names.remove(id.name()));
        KdfId.PROTOCOL.forEach(id -> names.remove(id.name()));
        return names;
    }

    /**
     * The bundle of a suite may be added later: an entry that is not in the protocol's table only has to look like a
     * name.
     */
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
