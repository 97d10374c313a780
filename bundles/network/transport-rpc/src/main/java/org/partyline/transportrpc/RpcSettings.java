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
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.partyline.api.Network;
import org.partyline.api.transport.ProxyChoice;

/**
 * The validated settings of a node.
 *
 * @param name the node's name
 * @param network its network
 * @param url scheme, host and port
 * @param credentials for its RPC
 * @param listenerUsers users whose ports on this machine may be sent a password, in addition to root and the server's
 *     user
 * @param wallet the node's wallet; empty for none
 * @param zmqAuto whether the node is asked for its ZMQ addresses
 * @param zmqRawtx the endpoint of {@code rawtx}; empty for none
 * @param zmqSequence the endpoint of {@code sequence}; empty for none
 * @param proxy the route of its connections
 * @param plaintextAllowed whether unencrypted connections to other computers are allowed
 * @param refusal why this address must not be used, in one line; empty if it may
 * @param pollInterval the interval without ZMQ
 * @param connectTimeout for a direct connection
 * @param proxyTimeout for a connection through a proxy
 * @param timeout for an answer
 * @param batchSize the number of calls in one request
 * @param responseLimit the maximum size of an answer in bytes
 * @param maxFee the maximum fee in satoshi
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

    private static final Pattern NODE_NAME = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?");
    private static final Pattern FILE = Pattern.compile(".*/" + Pattern.quote(PID) + "[-~]([^/]+)\\.(?:cfg|config)");
    private static final Pattern IPV4_LOOPBACK = Pattern.compile("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");
    private static final Duration DIRECT = Duration.ofSeconds(5);
    private static final Duration THROUGH_PROXY = Duration.ofSeconds(60);
    private static final int MAX_PASSWORD = 1024;
    private static final int MIB = 1 << 20;

    /**
     * @param values keys and values of the configuration
     * @param home the user's home directory, for the default cookie file
     * @throws IllegalArgumentException says which value is wrong and what is valid
     */
    static RpcSettings of(Map<String, ?> values, Path home) {
        String name = name(values);
        Network network = RpcConfiguration.NETWORK.in(values);
        URI url = url(RpcConfiguration.URL.in(values), network);
        String zmq = RpcConfiguration.ZMQ.in(values);
        boolean auto = zmq.isEmpty() || zmq.equals("auto");
        String both = auto || zmq.equals("none") ? "" : zmq;
        String rawtx = RpcConfiguration.ZMQ_RAWTX.in(values);
        String sequence = RpcConfiguration.ZMQ_SEQUENCE.in(values);
        boolean named = !rawtx.isEmpty() || !sequence.isEmpty();
        boolean plaintext = RpcConfiguration.ALLOW_REMOTE_PLAINTEXT.in(values);
        return new RpcSettings(
                name,
                network,
                url,
                credentials(values, name, network, url, home),
                RpcConfiguration.LISTENER_USER.in(values),
                RpcConfiguration.WALLET.in(values),
                auto && !named,
                rawtx.isEmpty() ? both : rawtx,
                sequence.isEmpty() ? both : sequence,
                RpcConfiguration.PROXY.in(values),
                plaintext,
                plaintext ? "" : refusal(name, url),
                RpcConfiguration.POLL_INTERVAL.in(values),
                RpcConfiguration.CONNECT_TIMEOUT.in(values).orElse(DIRECT),
                RpcConfiguration.CONNECT_TIMEOUT.in(values).orElse(THROUGH_PROXY),
                RpcConfiguration.TIMEOUT.in(values),
                RpcConfiguration.BATCH_SIZE.in(values),
                (long) RpcConfiguration.RESPONSE_LIMIT.in(values) * MIB,
                RpcConfiguration.MAX_FEE.in(values));
    }

    /** Whether a host is this computer, judged by its text alone: no name server is asked. */
    static boolean loopback(String host) {
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        return bare.equalsIgnoreCase("localhost")
                || bare.equals("::1")
                || bare.equals("0:0:0:0:0:0:0:1")
                || IPV4_LOOPBACK.matcher(bare).matches();
    }

    /** Whether an unencrypted connection to a host can be read on its way. */
    static boolean isInClear(String host) {
        // Tor encrypts connections to an onion service, and the network policy allows no other route.
        return !loopback(host) && !host.toLowerCase(Locale.ROOT).endsWith(".onion");
    }

    private static String name(Map<String, ?> values) {
        String name = RpcConfiguration.NAME.in(values);
        if (name.isEmpty()) {
            Matcher file = FILE.matcher(String.valueOf(values.get("felix.fileinstall.filename")));
            name = file.matches() ? file.group(1) : "";
        }
        if (!NODE_NAME.matcher(name).matches()) {
            throw RpcConfiguration.NAME.refused(name);
        }
        return name;
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

    private static URI url(String text, Network network) {
        if (text.isEmpty()) {
            return URI.create("http://127.0.0.1:" + rpcPort(network) + "/");
        }
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            // The text is not repeated, since it may contain a password.
            throw new IllegalArgumentException(
                    "url is not an address: write http://HOST:PORT, without user and password");
        }
        if (url.getRawUserInfo() != null || text.contains("@")) {
            throw new IllegalArgumentException(
                    "url contains a user: write http://HOST:PORT, and use cookie-file, or user and password-file");
        }
        boolean scheme = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
        boolean bare = url.getRawPath() == null
                || url.getRawPath().isEmpty()
                || url.getRawPath().equals("/");
        if (!scheme || url.getHost() == null || !bare || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw RpcConfiguration.URL.refused(
                    text, "it must be http://HOST:PORT, or https for a proxy in front of the node");
        }
        int port = url.getPort() == -1 ? rpcPort(network) : url.getPort();
        if (port < 1 || port > 65535) {
            throw RpcConfiguration.URL.refused(text, "it must be http://HOST:PORT with a port of 1 to 65535");
        }
        return URI.create(url.getScheme().toLowerCase(Locale.ROOT) + "://" + url.getHost() + ":" + port + "/");
    }

    private static String refusal(String name, URI url) {
        if (url.getScheme().equals("http") && isInClear(url.getHost())) {
            return "node " + name + ": http to " + url.getHost()
                    + " would send the password unencrypted; use its onion address, or an SSH or WireGuard tunnel "
                    + "to 127.0.0.1, or set allow-remote-plaintext=true";
        }
        return "";
    }

    private static Credentials credentials(Map<String, ?> values, String name, Network network, URI url, Path home) {
        String user = RpcConfiguration.USER.in(values);
        String cookie = RpcConfiguration.COOKIE_FILE.in(values);
        String passwordFile = RpcConfiguration.PASSWORD_FILE.in(values);
        Object direct = values.get("password");
        boolean password = direct != null && !String.valueOf(direct).isEmpty();
        if (!user.isEmpty()) {
            if (!cookie.isEmpty()) {
                throw new IllegalArgumentException("user and cookie-file are both set: remove one of them");
            }
            if (password == !passwordFile.isEmpty()) {
                throw new IllegalArgumentException("user=" + RpcException.oneLine(user)
                        + " requires one of password and password-file, not "
                        + (password ? "both" : "neither"));
            }
            char[] secret = password ? String.valueOf(direct).toCharArray() : readPassword(passwordFile);
            try {
                return Credentials.of(user, secret);
            } finally {
                Arrays.fill(secret, '\0');
            }
        }
        if (password || !passwordFile.isEmpty()) {
            throw new IllegalArgumentException("a password is set without a user: set user");
        }
        if (cookie.isEmpty() && !loopback(url.getHost())) {
            return Credentials.unknown(name, url.getHost());
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

    private static char[] readPassword(String file) {
        Path path = Path.of(file);
        byte[] bytes = null;
        try {
            Set<PosixFilePermission> others = EnumSet.complementOf(EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE));
            others.retainAll(Files.getPosixFilePermissions(path));
            if (!others.isEmpty()) {
                throw RpcConfiguration.PASSWORD_FILE.refused(file, "other users can read it; run chmod 600 on it");
            }
            if (Files.size(path) > MAX_PASSWORD) {
                throw RpcConfiguration.PASSWORD_FILE.refused(
                        file, "it must be a file of at most 1024 bytes with the password in its first line");
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
                throw RpcConfiguration.PASSWORD_FILE.refused(file, "its first line is empty; write the password there");
            }
            return password;
        } catch (UnsupportedOperationException | IOException e) {
            throw RpcConfiguration.PASSWORD_FILE.refused(
                    file, "it must be a file of mode 0600 that this user can read");
        } finally {
            if (bytes != null) {
                Arrays.fill(bytes, (byte) 0);
            }
        }
    }
}
