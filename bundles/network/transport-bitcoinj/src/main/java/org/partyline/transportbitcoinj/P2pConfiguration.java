package org.partyline.transportbitcoinj;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.partyline.api.config.Setting;

/** What a file {@code etc/org.partyline.transport.bitcoinj-NAME.cfg} may hold; {@link P2pSettings} reads and checks it. */
@ObjectClassDefinition(
        name = "Mempool Partyline: Bitcoin peers",
        description = "Peers that are spoken with by Bitcoin's own protocol; together they are one node.")
@interface P2pConfiguration {
    /** The node's name. */
    @AttributeDefinition(
            name = "Name",
            description =
                    "Letters, digits and hyphens, at most 32; empty: what stands behind the hyphen in the file's name.",
            required = false)
    @Setting(
            unit = "none",
            range = "letters, digits and hyphens, at most 32",
            command = "partyline:node-remove and partyline:node-add")
    String name() default "";

    /** The network. */
    @AttributeDefinition(
            name = "Network",
            description = "Where the peers are.",
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
            description =
                    "HOST:PORT, with commas between, at most 32; without a port the network's. Names go to the proxy as they are.",
            required = false)
    @Setting(unit = "addresses", range = "HOST:PORT with commas between, at most 32, or nothing")
    String peers() default "";

    /** Whether to look for peers. */
    @AttributeDefinition(
            name = "Discovery",
            description =
                    "Whether peers are found through the network's DNS seeds. Not with a proxy: it would ask name servers.")
    @Setting
    boolean discovery() default false;

    /** How many peers. */
    @AttributeDefinition(
            name = "Connections",
            description = "Peers at once, the named ones included, where discovery is on.",
            min = "1",
            max = "32")
    @Setting(unit = "peers")
    int connections() default 8;

    /** The proxy. */
    @AttributeDefinition(
            name = "Proxy",
            description =
                    "HOST:PORT of a SOCKS5 proxy for this node; none: directly; empty: as org.partyline.network says. This machine itself is always connected to directly.",
            required = false)
    @Setting(unit = "address", range = "HOST:PORT, none, or nothing")
    String proxy() default "";

    /** Whether to do without. */
    @AttributeDefinition(
            name = "Proxy required",
            description =
                    "true: this node connects to no other computer without a proxy, also where the server would allow it.")
    @Setting
    boolean proxy$_$required() default false;

    /** Whether to show the traffic. */
    @AttributeDefinition(
            name = "Allow remote plaintext",
            description =
                    "Whether peers on other computers are connected to without a proxy; the traffic is not encrypted.")
    @Setting
    boolean allow$_$remote$_$plaintext() default false;

    /** The oldest Bitcoin Core. */
    @AttributeDefinition(
            name = "Minimum version",
            description = "A peer whose Bitcoin Core is older is not used, for example 28.1; empty: any.",
            required = false)
    @Setting(unit = "version", range = "a version such as 28.1, or nothing")
    String minimum$_$version() default "";

    /** Who pays. */
    @AttributeDefinition(
            name = "Wallet",
            description =
                    "local: the local wallet follows the chain by this node; none: it only receives and sends on.",
            options = {
                @Option(label = "the local wallet follows the chain by this node", value = "local"),
                @Option(label = "it only receives and sends on", value = "none")
            })
    @Setting
    String wallet() default "local";

    /** Whether to ask for the whole mempool. */
    @AttributeDefinition(
            name = "Ask for the mempool",
            description =
                    "Which peers are asked for their whole mempool at the start: auto: those that offer it (NODE_BLOOM); always: all, which must allow it (Bitcoin Core: -whitelist=mempool@ADDRESS), or they hang up; never.",
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
            description = "For opening a connection.",
            required = false,
            min = "100ms",
            max = "5m",
            options = {@Option(label = "10s, or 60s through a proxy", value = "")})
    @Setting(unit = Setting.DURATION)
    String connect$_$timeout() default "";

    /** For a transaction. */
    @AttributeDefinition(
            name = "Request timeout",
            description = "How long a peer may take to send a transaction before another is asked.",
            min = "100ms",
            max = "5m")
    @Setting(unit = Setting.DURATION)
    String request$_$timeout() default "20s";

    /** For a broadcast. */
    @AttributeDefinition(
            name = "Broadcast timeout",
            description = "How long peers have to ask for a transaction that was offered.",
            min = "100ms",
            max = "5m")
    @Setting(unit = Setting.DURATION)
    String broadcast$_$timeout() default "30s";

    /** Memory. */
    @AttributeDefinition(
            name = "Mempool memory",
            description = "For transactions that wait for a block.",
            min = "1",
            max = "1024")
    @Setting(unit = "MiB")
    int mempool$_$memory() default 64;
}
