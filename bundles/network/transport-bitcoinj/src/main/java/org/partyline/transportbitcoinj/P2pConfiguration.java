package org.partyline.transportbitcoinj;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.partyline.api.config.Setting;

/** What a file {@code etc/org.partyline.transport.bitcoinj-NAME.cfg} may hold; {@link P2pSettings} reads and checks it. */
@ObjectClassDefinition(
        name = "Mempool Partyline: Bitcoin peers",
        description = "Peers reached by Bitcoin's own protocol; together they are one node.")
@interface P2pConfiguration {
    /** The node's name. */
    @AttributeDefinition(
            name = "Name",
            description = "The node's name; empty: the part after the hyphen in the file's name.",
            required = false)
    @Setting(
            unit = "none",
            range = "letters, digits and hyphens, at most 32",
            command = "partyline:node-remove and partyline:node-add")
    String name() default "";

    /** The network. */
    @AttributeDefinition(
            name = "Network",
            description = "Network of the peers.",
            options = {
                @Option(label = "real money", value = "mainnet"),
                @Option(label = "tests", value = "testnet3"),
                @Option(label = "tests", value = "testnet4"),
                @Option(label = "tests", value = "signet"),
                @Option(label = "tests on this machine", value = "regtest")
            })
    @Setting
    String network() default "mainnet";

    /** Whom to connect to. */
    @AttributeDefinition(
            name = "Peers",
            description = "Without a port, the network's. Names are passed to the proxy unresolved.",
            required = false)
    @Setting(unit = "addresses", range = "HOST:PORT, separated by commas, at most 32, or nothing")
    String peers() default "";

    /** Whether to look for peers. */
    @AttributeDefinition(
            name = "Discovery",
            description =
                    "Find peers through the network's DNS seeds. Not with a proxy, because it would ask name servers.")
    @Setting
    boolean discovery() default false;

    /** How many peers. */
    @AttributeDefinition(
            name = "Connections",
            description = "Number of simultaneous peers, including the named ones, if discovery is on.",
            min = "1",
            max = "32")
    @Setting(unit = "peers")
    int connections() default 8;

    /** The proxy. */
    @AttributeDefinition(
            name = "Proxy",
            description = "SOCKS5 proxy for this node; none: connect directly; empty: as in org.partyline.network.",
            required = false)
    @Setting(unit = "address", range = "HOST:PORT, none, or nothing")
    String proxy() default "";

    /** Whether to do without. */
    @AttributeDefinition(
            name = "Proxy required",
            description = "true: this node connects to other computers only through a proxy, even if the server would "
                    + "allow direct connections.")
    @Setting
    boolean proxy$_$required() default false;

    /** Whether to show the traffic. */
    @AttributeDefinition(
            name = "Allow remote plaintext",
            description = "Connect to peers on other computers without a proxy; the traffic is not encrypted.")
    @Setting
    boolean allow$_$remote$_$plaintext() default false;

    /** The oldest Bitcoin Core. */
    @AttributeDefinition(
            name = "Minimum version",
            description = "Oldest accepted Bitcoin Core version of a peer, for example 28.1; empty: any.",
            required = false)
    @Setting(unit = "version", range = "a version such as 28.1, or nothing")
    String minimum$_$version() default "";

    /** Who pays. */
    @AttributeDefinition(
            name = "Wallet",
            description =
                    "local: the local wallet follows the chain by this node; none: the node only receives and broadcasts.",
            options = {
                @Option(label = "the local wallet follows the chain by this node", value = "local"),
                @Option(label = "it only receives and broadcasts", value = "none")
            })
    @Setting
    String wallet() default "local";

    /** Whether to ask for the whole mempool. */
    @AttributeDefinition(
            name = "Ask for the mempool",
            description = "Which peers are asked for their whole mempool at startup. auto: those that offer it "
                    + "(NODE_BLOOM). always: all; they must allow it (Bitcoin Core: -whitelist=mempool@ADDRESS) or "
                    + "they disconnect. never.",
            options = {
                @Option(label = "those that offer it", value = "auto"),
                @Option(label = "all", value = "always"),
                @Option(label = "none", value = "never")
            })
    @Setting
    String ask$_$mempool() default "auto";

    /** For a connection. */
    @AttributeDefinition(
            name = "Connect timeout",
            description = "Time to open a connection.",
            required = false,
            min = "100ms",
            max = "5m",
            options = {@Option(label = "10s, or 60s through a proxy", value = "")})
    @Setting(unit = Setting.DURATION)
    String connect$_$timeout() default "";

    /** For a transaction. */
    @AttributeDefinition(
            name = "Request timeout",
            description = "Time a peer has to send a transaction before another is asked.",
            min = "100ms",
            max = "5m")
    @Setting(unit = Setting.DURATION)
    String request$_$timeout() default "20s";

    /** For a broadcast. */
    @AttributeDefinition(
            name = "Broadcast timeout",
            description = "Time peers have to request an offered transaction.",
            min = "100ms",
            max = "5m")
    @Setting(unit = Setting.DURATION)
    String broadcast$_$timeout() default "30s";

    /** Memory. */
    @AttributeDefinition(
            name = "Mempool memory",
            description = "Memory for unconfirmed transactions.",
            min = "1",
            max = "1024")
    @Setting(unit = "MiB")
    int mempool$_$memory() default 64;
}
