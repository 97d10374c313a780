package org.partyline.transportbitcoinj;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.partyline.api.Network;
import org.partyline.api.transport.ProxyChoice;

/**
 * The validated settings of a node.
 *
 * @param name the node's name
 * @param network its network
 * @param peers the ones to connect to
 * @param discovery whether to search for further peers
 * @param connections the maximum number of connections
 * @param proxy the route of its connections
 * @param proxyRequired whether direct connections to other computers are forbidden
 * @param plaintextAllowed whether connections to other computers without a proxy are allowed
 * @param minimumVersion the minimum version of a Bitcoin Core peer, for example 28.1; empty for any
 * @param wallet whether the local wallet uses this node
 * @param askMempool which peers are asked for their whole mempool
 * @param connectTimeout for a direct connection
 * @param proxyTimeout for a connection through a proxy
 * @param requestTimeout how long a peer may take to send a transaction
 * @param broadcastTimeout how long peers have for requesting a transaction of ours
 * @param mempoolBytes the memory for unconfirmed transactions
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
    /** The factory PID. */
    static final String PID = "org.partyline.transport.bitcoinj";

    private static final Pattern NODE_NAME = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?");
    private static final Pattern FILE = Pattern.compile(".*/" + Pattern.quote(PID) + "[-~]([^/]+)\\.(?:cfg|config)");
    private static final Pattern CORE = Pattern.compile("/Satoshi:([0-9]{1,3}(?:\\.[0-9]{1,3}){0,3})[^0-9.].*");
    private static final int MOST_PEERS = 32;
    private static final Duration DIRECT = Duration.ofSeconds(10);
    private static final Duration THROUGH_PROXY = Duration.ofSeconds(60);
    private static final long MIB = 1 << 20;

    /**
     * @param values keys and values of the configuration
     * @throws IllegalArgumentException says which value is wrong and what is valid
     */
    static P2pSettings of(Map<String, ?> values) {
        String name = name(values);
        Network network = P2pConfiguration.NETWORK.in(values);
        List<Endpoint> peers = peers(
                P2pConfiguration.PEERS.in(values), ChainParameters.of(network).port());
        ProxyChoice proxy = P2pConfiguration.PROXY.in(values);
        boolean discovery = P2pConfiguration.DISCOVERY.in(values);
        if (discovery && proxy.kind() == ProxyChoice.Kind.OWN) {
            throw new IllegalArgumentException(
                    "discovery=true is not allowed with a proxy, because it asks name servers directly; name peers instead");
        }
        boolean required = P2pConfiguration.PROXY_REQUIRED.in(values);
        if (required && proxy.kind() == ProxyChoice.Kind.NONE) {
            throw new IllegalArgumentException("proxy-required=true contradicts proxy=none: remove one of them");
        }
        if (peers.isEmpty() && !discovery) {
            throw new IllegalArgumentException("peers is empty: name at least one as HOST:PORT, or set discovery=true");
        }
        return new P2pSettings(
                name,
                network,
                peers,
                discovery,
                P2pConfiguration.CONNECTIONS.in(values),
                proxy,
                required,
                P2pConfiguration.ALLOW_REMOTE_PLAINTEXT.in(values),
                P2pConfiguration.MINIMUM_VERSION.in(values),
                P2pConfiguration.WALLET.in(values),
                P2pConfiguration.ASK_MEMPOOL.in(values),
                P2pConfiguration.CONNECT_TIMEOUT.in(values).orElse(DIRECT),
                P2pConfiguration.CONNECT_TIMEOUT.in(values).orElse(THROUGH_PROXY),
                P2pConfiguration.REQUEST_TIMEOUT.in(values),
                P2pConfiguration.BROADCAST_TIMEOUT.in(values),
                P2pConfiguration.MEMPOOL_MEMORY.in(values) * MIB);
    }

    private static String name(Map<String, ?> values) {
        String name = P2pConfiguration.NAME.in(values);
        if (name.isEmpty()) {
            Matcher file = FILE.matcher(String.valueOf(values.get("felix.fileinstall.filename")));
            name = file.matches() ? file.group(1) : "";
        }
        if (!NODE_NAME.matcher(name).matches()) {
            throw P2pConfiguration.NAME.refused(name);
        }
        return name;
    }

    private static List<Endpoint> peers(String text, int port) {
        List<Endpoint> peers = Arrays.stream(text.split("[,\\s]+"))
                .filter(each -> !each.isEmpty())
                .map(each -> Endpoint.parse(each, port)
                        .orElseThrow(() -> P2pConfiguration.PEERS.refused(
                                each, "it must be HOST:PORT, [IPv6]:PORT, or HOST for port " + port)))
                .distinct()
                .toList();
        if (peers.size() > MOST_PEERS) {
            throw P2pConfiguration.PEERS.refused(peers.size() + " of them", "it must be at most " + MOST_PEERS);
        }
        return peers;
    }

    /**
     * Whether a peer runs a Bitcoin Core older than the minimum; other programs are not judged.
     *
     * @param software its user agent
     * @return why it is not used; empty if it is
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

    /** The version of a Bitcoin Core in its own numbering: 310000 is 31.0. Empty for other programs. */
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
}
