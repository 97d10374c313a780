package org.partyline.transportrpc;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.partyline.api.Network;
import org.partyline.api.transport.LocalWallets;
import org.partyline.api.transport.ProxyChoice;

/**
 * A node's settings, checked.
 *
 * @param name the node's name
 * @param network its network
 * @param url scheme, host and port
 * @param credentials how it is asked
 * @param listenerUsers whose port on this machine may be sent a password, beside root's and the server's own
 * @param wallet the node's wallet; empty for none
 * @param zmqAuto whether the node is asked where its ZMQ is
 * @param zmqRawtx the endpoint of {@code rawtx}; empty for none
 * @param zmqSequence the endpoint of {@code sequence}; empty for none
 * @param proxy which way its connections go
 * @param plaintextAllowed whether what is not encrypted may go to another computer
 * @param refusal why this address must not be used, in one line; empty when it may
 * @param pollInterval where there is no ZMQ
 * @param connectTimeout for a direct connection
 * @param proxyTimeout for a connection through a proxy
 * @param timeout for an answer
 * @param batchSize calls in one request
 * @param responseLimit bytes
 * @param maxFee satoshi
 */
record RpcSettings(
        String name,
        Network network,
        URI url,
        Credentials credentials,
        Set<String> listenerUsers,
        String wallet,
        boolean zmqAuto,
        String zmqRawtx,
        String zmqSequence,
        ProxyChoice proxy,
        boolean plaintextAllowed,
        String refusal,
        Duration pollInterval,
        Duration connectTimeout,
        Duration proxyTimeout,
        Duration timeout,
        int batchSize,
        long responseLimit,
        long maxFee) {
    /** The factory PID. */
    static final String PID = "org.partyline.transport.rpc";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?");
    private static final Pattern WALLET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._ -]{0,63}");
    private static final Pattern FILE = Pattern.compile(".*/" + Pattern.quote(PID) + "[-~]([^/]+)\\.(?:cfg|config)");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
    private static final Pattern ENDPOINT = Pattern.compile("tcp://(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9.-]+):([0-9]{1,5})");
    private static final Pattern IPV4_LOOPBACK = Pattern.compile("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");
    /** Stands before the name of a wallet of Bitcoin Core that would else be taken for something else. */
    private static final String OF_CORE = "core:";

    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private static final int MAX_PASSWORD = 1024;
    private static final int MIB = 1 << 20;

    /**
     * @param values keys and values of the configuration
     * @param home the user's home directory, for the default cookie file
     * @throws SettingException says which value is wrong and what would be right
     */
    static RpcSettings of(Map<String, ?> values, Path home) throws SettingException {
        String name = name(values);
        Network network = network(values);
        URI url = url(values, network);
        String zmq = text(values, "zmq", "auto");
        boolean auto = zmq.equals("auto");
        String both = auto || zmq.equals("none") ? "" : endpoint("zmq", zmq);
        String rawtx = text(values, "zmq-rawtx", "");
        String sequence = text(values, "zmq-sequence", "");
        boolean named = !rawtx.isEmpty() || !sequence.isEmpty();
        return new RpcSettings(
                name,
                network,
                url,
                credentials(values, name, network, home),
                listenerUsers(values),
                wallet(values),
                auto && !named,
                rawtx.isEmpty() ? both : endpoint("zmq-rawtx", rawtx),
                sequence.isEmpty() ? both : endpoint("zmq-sequence", sequence),
                proxy(values),
                bool(values, "allow-remote-plaintext", false),
                refusal(values, name, url),
                duration(values, "poll-interval", "2s", Duration.ofMillis(100), Duration.ofMinutes(5)),
                duration(values, "connect-timeout", "5s", Duration.ofMillis(100), Duration.ofMinutes(5)),
                duration(values, "connect-timeout", "60s", Duration.ofMillis(100), Duration.ofMinutes(5)),
                duration(values, "timeout", "60s", Duration.ofMillis(100), Duration.ofMinutes(10)),
                (int) number(values, "batch-size", 100, 1, 1000, "calls"),
                number(values, "response-limit", 128, 1, 1024, "MiB") * MIB,
                number(values, "max-fee", 100_000, 100, 10_000_000, "sat"));
    }

    /** Whether a host is this computer, judged by its text alone: a name server is not asked. */
    static boolean loopback(String host) {
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        return bare.equalsIgnoreCase("localhost")
                || bare.equals("::1")
                || bare.equals("0:0:0:0:0:0:0:1")
                || IPV4_LOOPBACK.matcher(bare).matches();
    }

    /** Whether what is not encrypted can be read on its way to a host. */
    static boolean isInClear(String host) {
        // What goes to an onion service is encrypted by Tor, and the network policy sends it no other way.
        return !loopback(host) && !host.toLowerCase(Locale.ROOT).endsWith(".onion");
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

    private static int rpcPort(Network network) {
        return switch (network) {
            case TESTNET3 -> 18332;
            case TESTNET4 -> 48332;
            case SIGNET -> 38332;
            case REGTEST -> 18443;
            default -> 8332;
        };
    }

    private static URI url(Map<String, ?> values, Network network) throws SettingException {
        String text = text(values, "url", "");
        if (text.isEmpty()) {
            return URI.create("http://127.0.0.1:" + rpcPort(network) + "/");
        }
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            // The text may hold a password: it is not repeated.
            throw new SettingException("url is not an address: write http://HOST:PORT, without user and password");
        }
        if (url.getRawUserInfo() != null || text.contains("@")) {
            throw new SettingException(
                    "url contains a user: write http://HOST:PORT, and use cookie-file, or user and password-file");
        }
        boolean scheme = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
        boolean bare = url.getRawPath() == null
                || url.getRawPath().isEmpty()
                || url.getRawPath().equals("/");
        if (!scheme || url.getHost() == null || !bare || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new SettingException("url", text, "http://HOST:PORT, or https for a proxy in front of the node");
        }
        int port = url.getPort() == -1 ? rpcPort(network) : url.getPort();
        if (port < 1 || port > 65535) {
            throw new SettingException("url", text, "http://HOST:PORT with a port of 1 to 65535");
        }
        return URI.create(url.getScheme().toLowerCase(Locale.ROOT) + "://" + url.getHost() + ":" + port + "/");
    }

    private static Set<String> listenerUsers(Map<String, ?> values) throws SettingException {
        String text = text(values, "listener-user", "");
        Set<String> users = new LinkedHashSet<>();
        for (String name : text.isEmpty() ? new String[0] : text.split(",")) {
            if (!USER.matcher(name.trim()).matches()) {
                throw new SettingException(
                        "listener-user", text, "names or numbers of users, separated by commas, or " + PortOwner.ANY);
            }
            users.add(name.trim());
        }
        return Set.copyOf(users);
    }

    private static ProxyChoice proxy(Map<String, ?> values) throws SettingException {
        String text = text(values, "proxy", "");
        try {
            return ProxyChoice.parse(text);
        } catch (IllegalArgumentException e) {
            throw new SettingException("proxy", text, e.getMessage());
        }
    }

    private static String refusal(Map<String, ?> values, String name, URI url) throws SettingException {
        boolean allowed = bool(values, "allow-remote-plaintext", false);
        if (url.getScheme().equals("http") && isInClear(url.getHost()) && !allowed) {
            return "node " + name + ": http to " + url.getHost()
                    + " would send the password unencrypted; use its onion address, or an SSH or WireGuard tunnel "
                    + "to 127.0.0.1, or set allow-remote-plaintext=true";
        }
        return "";
    }

    private static Credentials credentials(Map<String, ?> values, String name, Network network, Path home)
            throws SettingException {
        String user = text(values, "user", "");
        String cookie = text(values, "cookie-file", "");
        String passwordFile = text(values, "password-file", "");
        Object direct = values.get("password");
        boolean password = direct != null && !String.valueOf(direct).isEmpty();
        if (!user.isEmpty()) {
            if (!cookie.isEmpty()) {
                throw new SettingException("user and cookie-file are both set: remove one of them");
            }
            if (user.contains(":")) {
                throw new SettingException("user", user, "a name without a colon");
            }
            if (password == !passwordFile.isEmpty()) {
                throw new SettingException("user=" + RpcException.oneLine(user)
                        + " requires one of password and password-file, not " + (password ? "both" : "neither"));
            }
            char[] secret = password ? String.valueOf(direct).toCharArray() : readPassword(passwordFile);
            try {
                return Credentials.of(user, secret);
            } finally {
                Arrays.fill(secret, '\0');
            }
        }
        if (password || !passwordFile.isEmpty()) {
            throw new SettingException("a password is set without a user: set user");
        }
        return Credentials.cookie(name, cookie.isEmpty() ? defaultCookie(network, home) : Path.of(cookie));
    }

    private static Path defaultCookie(Network network, Path home) {
        Path base = home.resolve(".bitcoin");
        return switch (network) {
            case TESTNET3 -> base.resolve("testnet3/.cookie");
            case TESTNET4 -> base.resolve("testnet4/.cookie");
            case SIGNET -> base.resolve("signet/.cookie");
            case REGTEST -> base.resolve("regtest/.cookie");
            default -> base.resolve(".cookie");
        };
    }

    private static char[] readPassword(String file) throws SettingException {
        Path path = Path.of(file);
        byte[] bytes = null;
        try {
            Set<PosixFilePermission> others = EnumSet.complementOf(EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE));
            others.retainAll(Files.getPosixFilePermissions(path));
            if (!others.isEmpty()) {
                throw new SettingException("password-file", file, "other users can read it; run chmod 600 on it");
            }
            if (Files.size(path) > MAX_PASSWORD) {
                throw new SettingException(
                        "password-file", file, "a file of at most 1024 bytes with the password in its first line");
            }
            bytes = Files.readAllBytes(path);
            CharBuffer decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes));
            int length = 0;
            while (length < decoded.remaining() && decoded.charAt(length) != '\n' && decoded.charAt(length) != '\r') {
                length++;
            }
            char[] password = new char[length];
            decoded.get(password);
            Arrays.fill(decoded.array(), '\0');
            if (length == 0) {
                throw new SettingException("password-file", file, "its first line is empty; write the password there");
            }
            return password;
        } catch (UnsupportedOperationException | IOException e) {
            throw new SettingException("password-file", file, "a file of mode 0600 that this user can read");
        } finally {
            if (bytes != null) {
                Arrays.fill(bytes, (byte) 0);
            }
        }
    }

    private static String wallet(Map<String, ?> values) throws SettingException {
        String text = text(values, "wallet", "");
        if (text.equals(LocalWallets.NAME)) {
            // It was a wallet of Bitcoin Core's here once, and means this server's own everywhere else.
            throw new SettingException(
                    "wallet=local is ambiguous: leave wallet empty to use this server's own wallet, or write "
                            + "wallet=core:local for Bitcoin Core's wallet of that name");
        }
        String wallet = text.startsWith(OF_CORE) ? text.substring(OF_CORE.length()) : text;
        if (!text.isEmpty() && !WALLET.matcher(wallet).matches()) {
            throw new SettingException(
                    "wallet", text, "letters, digits, dots, hyphens, underscores and spaces, at most 64");
        }
        return wallet;
    }

    /** Checks a ZMQ endpoint. */
    static String endpoint(String key, String text) throws SettingException {
        Matcher matcher = ENDPOINT.matcher(text);
        if (!matcher.matches()
                || Integer.parseInt(matcher.group(2)) < 1
                || Integer.parseInt(matcher.group(2)) > 65535) {
            throw new SettingException(key, text, "tcp://HOST:PORT" + (key.equals("zmq") ? ", auto or none" : ""));
        }
        return text;
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
                key, text, "a duration like 2s or 500ms, " + min.toMillis() + "ms to " + max.toMinutes() + "m");
    }
}
