package org.partyline.transportbitcoinj;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.partyline.api.Network;
import org.partyline.api.config.Setting;
import org.partyline.api.transport.ProxyChoice;

/** The settings in {@code etc/org.partyline.transport.bitcoinj-NAME.cfg}. */
final class P2pConfiguration {
    private static final Pattern VERSION = Pattern.compile("[0-9]{1,3}(?:\\.[0-9]{1,3}){0,2}");

    static final Setting<String> NAME = Setting.text("name", "", "letters, digits and hyphens, at most 32")
            .command("partyline:node-remove and partyline:node-add")
            .says("The node's name; empty: the part after the hyphen in the file's name.");

    static final Setting<Network> NETWORK = Setting.choice(
                    "network",
                    "mainnet",
                    "mainnet: real money",
                    "testnet3",
                    "testnet4",
                    "signet",
                    "regtest: tests on this machine")
            .as(label -> Network.ofLabel(label).orElseThrow())
            .says("Network of the peers.");

    static final Setting<String> PEERS = Setting.text(
                    "peers", "", "HOST:PORT, separated by commas, at most 32, or nothing")
            .unit("addresses")
            .says("Without a port, the network's default. Names are passed to the proxy unresolved.");

    static final Setting<Boolean> DISCOVERY = Setting.flag("discovery", false)
            .says("Find peers through the network's DNS seeds. Not with a proxy, because it would ask name servers.");

    static final Setting<Integer> CONNECTIONS = Setting.integer("connections", 8, 1, 32)
            .unit("peers")
            .says("Number of simultaneous peers, including the named ones, if discovery is on.");

    static final Setting<ProxyChoice> PROXY = Setting.text(
                    "proxy", "", "HOST:PORT, none, or nothing", ProxyChoice::parse)
            .unit("address")
            .says("SOCKS5 proxy for this node; none: connect directly; empty: as in org.partyline.network.");

    static final Setting<Boolean> PROXY_REQUIRED = Setting.flag("proxy-required", false)
            .says("true: this node connects to other computers only through a proxy, even if the server would allow "
                    + "direct connections.");

    static final Setting<Boolean> ALLOW_REMOTE_PLAINTEXT = Setting.flag("allow-remote-plaintext", false)
            .says("Connect to peers on other computers without a proxy; the traffic is not encrypted.");

    static final Setting<String> MINIMUM_VERSION = Setting.text(
                    "minimum-version", "", "a version such as 28.1, or nothing", P2pConfiguration::version)
            .unit("version")
            .says("Oldest accepted Bitcoin Core version of a peer, for example 28.1; empty: any.");

    static final Setting<Boolean> WALLET = Setting.choice(
                    "wallet",
                    "local",
                    "local: the local wallet follows the chain through this node",
                    "none: it only receives and broadcasts")
            .as("local"::equals)
            .says("local: the local wallet follows the chain through this node; none: the node only receives and "
                    + "broadcasts.");

    static final Setting<AskMempool> ASK_MEMPOOL = Setting.choice(
                    "ask-mempool", "auto", "auto: those that offer it", "always: all", "never: none")
            .as(word -> AskMempool.valueOf(word.toUpperCase(Locale.ROOT)))
            .says("Which peers are asked for their whole mempool at startup. auto: those that offer it (NODE_BLOOM). "
                    + "always: all; they must allow it (Bitcoin Core: -whitelist=mempool@ADDRESS) or they disconnect.");

    static final Setting<Optional<Duration>> CONNECT_TIMEOUT = Setting.duration("connect-timeout", "", "100ms", "5m")
            .or("", "10s, or 60s through a proxy")
            .says("Time to open a connection.");

    static final Setting<Duration> REQUEST_TIMEOUT = Setting.duration("request-timeout", "20s", "100ms", "5m")
            .says("Time a peer has to send a transaction before another is asked.");

    static final Setting<Duration> BROADCAST_TIMEOUT = Setting.duration("broadcast-timeout", "30s", "100ms", "5m")
            .says("Time peers have to request an offered transaction.");

    static final Setting<Integer> MEMPOOL_MEMORY =
            Setting.integer("mempool-memory", 64, 1, 1024).unit("MiB").says("Memory for unconfirmed transactions.");

    /** The settings in the order in which they are shown. */
    static final List<Setting<?>> ALL = List.of(
            NAME,
            NETWORK,
            PEERS,
            DISCOVERY,
            CONNECTIONS,
            PROXY,
            PROXY_REQUIRED,
            ALLOW_REMOTE_PLAINTEXT,
            MINIMUM_VERSION,
            WALLET,
            ASK_MEMPOOL,
            CONNECT_TIMEOUT,
            REQUEST_TIMEOUT,
            BROADCAST_TIMEOUT,
            MEMPOOL_MEMORY);

    private P2pConfiguration() {}

    private static String version(String text) {
        if (!text.isEmpty() && !VERSION.matcher(text).matches()) {
            throw new IllegalArgumentException();
        }
        return text;
    }
}
