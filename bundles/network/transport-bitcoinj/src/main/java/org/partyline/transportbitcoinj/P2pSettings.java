package org.partyline.transportbitcoinj;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.partyline.api.Network;
import org.partyline.api.transport.ProxyChoice;

/**
 * A node's settings, checked.
 *
 * @param name the node's name
 * @param network its network
 * @param peers the ones to connect to
 * @param discovery whether peers are looked for too
 * @param connections how many at once
 * @param proxy which way its connections go
 * @param proxyRequired whether nothing may go directly to another computer
 * @param plaintextAllowed whether other computers may be connected to without a proxy
 * @param minimumVersion of Bitcoin Core at the other end, for example 28.1; empty: any
 * @param wallet whether the local wallet is fed by this node
 * @param askMempool which peers are asked for their whole mempool
 * @param connectTimeout for a connection
 * @param proxyTimeout for a connection through a proxy
 * @param requestTimeout how long a peer may take to send a transaction
 * @param broadcastTimeout how long peers have to ask for a transaction of ours
 * @param mempoolBytes for transactions that wait
 */
record P2pSettings(
        String name,
        Network network,
        List<Endpoint> peers,
        boolean discovery,
        int connections,
        ProxyChoice proxy,
        boolean proxyRequired,
        boolean plaintextAllowed,
        String minimumVersion,
        boolean wallet,
        AskMempool askMempool,
        Duration connectTimeout,
        Duration proxyTimeout,
        Duration requestTimeout,
        Duration broadcastTimeout,
        long mempoolBytes) {
    /** Which peers are asked for their whole mempool at the start. */
    enum AskMempool {
        /** Those that offer it to everybody (NODE_BLOOM). */
        AUTO,
        /** All: they have to allow it, as Bitcoin Core does with {@code -whitelist=mempool@…}; one that does not hangs up. */
        ALWAYS,
        /** None. */
        NEVER
    }

    /** The factory PID. */
    static final String PID = "org.partyline.transport.bitcoinj";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?");
    private static final Pattern FILE = Pattern.compile(".*/" + Pattern.quote(PID) + "[-~]([^/]+)\\.(?:cfg|config)");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
    private static final Pattern VERSION = Pattern.compile("[0-9]{1,3}(?:\\.[0-9]{1,3}){0,2}");
    private static final Pattern CORE = Pattern.compile("/Satoshi:([0-9]{1,3}(?:\\.[0-9]{1,3}){0,3})[^0-9.].*");
    private static final int MOST_CONNECTIONS = 32;
    private static final long MIB = 1 << 20;

    /**
     * @param values keys and values of the configuration
     * @throws SettingException says which value is wrong and what would be right
     */
    static P2pSettings of(Map<String, ?> values) throws SettingException {
        String name = name(values);
        Network network = network(values);
        List<Endpoint> peers = peers(values, ChainParameters.of(network).port());
        ProxyChoice proxy = proxy(values);
        boolean discovery = bool(values, "discovery", false);
        if (discovery && proxy.kind() == ProxyChoice.Kind.OWN) {
            throw new SettingException(
                    "discovery=true is not allowed with a proxy, because it asks name servers directly; name peers instead");
        }
        boolean required = bool(values, "proxy-required", false);
        if (required && proxy.kind() == ProxyChoice.Kind.NONE) {
            throw new SettingException("proxy-required=true contradicts proxy=none: remove one of them");
        }
        if (peers.isEmpty() && !discovery) {
            throw new SettingException("peers is empty: name at least one as HOST:PORT, or set discovery=true");
        }
        return new P2pSettings(
                name,
                network,
                peers,
                discovery,
                (int) number(values, "connections", 8, 1, MOST_CONNECTIONS, "peers"),
                proxy,
                required,
                bool(values, "allow-remote-plaintext", false),
                minimumVersion(values),
                wallet(values),
                askMempool(values),
                connect(values, "10s"),
                connect(values, "60s"),
                duration(values, "request-timeout", "20s", Duration.ofMillis(100), Duration.ofMinutes(5)),
                duration(values, "broadcast-timeout", "30s", Duration.ofMillis(100), Duration.ofMinutes(5)),
                number(values, "mempool-memory", 64, 1, 1024, "MiB") * MIB);
    }

    private static String name(Map<String, ?> values) throws SettingException {
        String name = text(values, "name", "");
        if (name.isEmpty()) {
            Matcher file = FILE.matcher(text(values, "felix.fileinstall.filename", ""));
            name = file.matches() ? file.group(1) : "";
        }
        if (!NAME.matcher(name).matches()) {
            throw new SettingException("name", name, "letters, digits and hyphens, at most 32");
        }
        return name;
    }

    private static Network network(Map<String, ?> values) throws SettingException {
        String label = text(values, "network", "mainnet");
        return Network.ofLabel(label)
                .filter(network -> network != Network.EMBEDDED)
                .orElseThrow(
                        () -> new SettingException("network", label, "mainnet, testnet3, testnet4, signet or regtest"));
    }

    private static List<Endpoint> peers(Map<String, ?> values, int port) throws SettingException {
        List<Endpoint> peers = new ArrayList<>();
        for (String each : text(values, "peers", "").split("[,\\s]+")) {
            if (!each.isEmpty()) {
                Endpoint peer = Endpoint.parse(each, port)
                        .orElseThrow(() -> new SettingException(
                                "peers",
                                each,
                                "HOST:PORT, separated by commas, [IPv6]:PORT, or HOST for port " + port));
                if (!peers.contains(peer)) {
                    peers.add(peer);
                }
            }
        }
        if (peers.size() > MOST_CONNECTIONS) {
            throw new SettingException("peers", peers.size() + " of them", "at most " + MOST_CONNECTIONS);
        }
        return List.copyOf(peers);
    }

    private static ProxyChoice proxy(Map<String, ?> values) throws SettingException {
        String text = text(values, "proxy", "");
        try {
            return ProxyChoice.parse(text);
        } catch (IllegalArgumentException e) {
            throw new SettingException("proxy", text, e.getMessage());
        }
    }

    private static Duration connect(Map<String, ?> values, String fallback) throws SettingException {
        return duration(values, "connect-timeout", fallback, Duration.ofMillis(100), Duration.ofMinutes(5));
    }

    private static AskMempool askMempool(Map<String, ?> values) throws SettingException {
        String text = text(values, "ask-mempool", "auto");
        for (AskMempool each : AskMempool.values()) {
            if (each.name().equalsIgnoreCase(text)) {
                return each;
            }
        }
        throw new SettingException("ask-mempool", text, "auto, always or never");
    }

    private static String minimumVersion(Map<String, ?> values) throws SettingException {
        String version = text(values, "minimum-version", "");
        if (!version.isEmpty() && !VERSION.matcher(version).matches()) {
            throw new SettingException("minimum-version", version, "a version of Bitcoin Core like 28 or 28.1");
        }
        return version;
    }

    private static boolean wallet(Map<String, ?> values) throws SettingException {
        String text = text(values, "wallet", "local").toLowerCase(Locale.ROOT);
        return switch (text) {
            case "local", "true" -> true;
            case "none", "false" -> false;
            default -> throw new SettingException("wallet", text, "local (or true), or none (or false)");
        };
    }

    /**
     * Whether a peer runs a Bitcoin Core under the minimum; other programs are not judged.
     *
     * @param software what it calls itself
     * @return why it is not used; empty when it is
     */
    Optional<String> tooOld(String software) {
        Matcher core = CORE.matcher(software);
        if (minimumVersion.isEmpty() || !core.matches()) {
            return Optional.empty();
        }
        String[] has = core.group(1).split("\\.");
        String[] wants = minimumVersion.split("\\.");
        for (int i = 0; i < wants.length; i++) {
            int difference = (i < has.length ? Integer.parseInt(has[i]) : 0) - Integer.parseInt(wants[i]);
            if (difference != 0) {
                return difference > 0
                        ? Optional.empty()
                        : Optional.of("it runs " + core.group(1) + "; minimum-version is " + minimumVersion);
            }
        }
        return Optional.empty();
    }

    /** The version of a Bitcoin Core as it counts: 310000 is 31.0. Empty for other programs. */
    static OptionalInt version(String software) {
        Matcher core = CORE.matcher(software);
        if (!core.matches()) {
            return OptionalInt.empty();
        }
        String[] parts = core.group(1).split("\\.");
        int version = 0;
        for (int i = 0; i < 3; i++) {
            version = version * 100 + (i < parts.length ? Math.min(99, Integer.parseInt(parts[i])) : 0);
        }
        return OptionalInt.of(version);
    }

    private static String text(Map<String, ?> values, String key, String fallback) {
        Object value = values.get(key);
        String text = value == null ? "" : String.valueOf(value).trim();
        return text.isEmpty() ? fallback : text;
    }

    private static boolean bool(Map<String, ?> values, String key, boolean fallback) throws SettingException {
        String text = text(values, key, String.valueOf(fallback)).toLowerCase(Locale.ROOT);
        if (!text.equals("true") && !text.equals("false")) {
            throw new SettingException(key, text, "true or false");
        }
        return text.equals("true");
    }

    private static long number(Map<String, ?> values, String key, long fallback, long min, long max, String unit)
            throws SettingException {
        String text = text(values, key, String.valueOf(fallback));
        try {
            long number = Long.parseLong(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new SettingException(key, text, min + " to " + max + " " + unit);
        }
        throw new SettingException(key, text, min + " to " + max + " " + unit);
    }

    private static Duration duration(Map<String, ?> values, String key, String fallback, Duration min, Duration max)
            throws SettingException {
        String text = text(values, key, fallback);
        Matcher matcher = DURATION.matcher(text);
        if (matcher.matches()) {
            long number = Long.parseLong(matcher.group(1));
            Duration duration = switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                default -> Duration.ofHours(number);
            };
            if (duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0) {
                return duration;
            }
        }
        throw new SettingException(
                key, text, "a duration like 10s or 500ms, " + min.toMillis() + "ms to " + max.toMinutes() + "m");
    }
}
