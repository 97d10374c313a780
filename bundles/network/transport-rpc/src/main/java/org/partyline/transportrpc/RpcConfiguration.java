package org.partyline.transportrpc;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.partyline.api.config.Setting;

/** What a file {@code etc/org.partyline.transport.rpc-NAME.cfg} may hold; {@link RpcSettings} reads and checks it. */
@ObjectClassDefinition(
        name = "Mempool Partyline: Bitcoin Core node",
        description = "A Bitcoin Core node over JSON-RPC and ZMQ, and its wallet.")
@interface RpcConfiguration {
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
            description = "Network of the node. A node on another network is rejected.",
            options = {
                @Option(label = "real money", value = "mainnet"),
                @Option(label = "tests", value = "testnet3"),
                @Option(label = "tests", value = "testnet4"),
                @Option(label = "tests", value = "signet"),
                @Option(label = "tests on this machine", value = "regtest")
            })
    @Setting
    String network() default "mainnet";

    /** The RPC address. */
    @AttributeDefinition(
            name = "URL",
            description =
                    "http://HOST:PORT of the node's RPC, without a user; empty: the network's RPC port on 127.0.0.1.",
            required = false)
    @Setting(unit = "address", range = "http://HOST:PORT, or nothing")
    String url() default "";

    /** The cookie file. */
    @AttributeDefinition(
            name = "Cookie file",
            description = "The node's .cookie; empty, without a user: the one in ~/.bitcoin.",
            required = false)
    @Setting(unit = "path", range = "a path, or nothing")
    String cookie$_$file() default "";

    /** The RPC user. */
    @AttributeDefinition(
            name = "User",
            description = "rpcuser or the user of rpcauth, instead of a cookie.",
            required = false)
    @Setting(unit = "none", range = "a name, or nothing")
    String user() default "";

    /** Its password. */
    @AttributeDefinition(
            name = "Password",
            description = "The user's password; password-file keeps it out of this file.",
            type = AttributeType.PASSWORD,
            required = false)
    @Setting(unit = "none", range = "a password, or nothing")
    String password() default "";

    /** A file with the password. */
    @AttributeDefinition(
            name = "Password file",
            description = "A file of mode 0600 whose first line is the password.",
            required = false)
    @Setting(unit = "path", range = "a path, or nothing")
    String password$_$file() default "";

    /** Whose port a password may be sent to. */
    @AttributeDefinition(
            name = "Listener's user",
            description = "System user that runs the node, checked before a password (not a cookie) is sent to a port "
                    + "of this machine. Root and this server's own user are always accepted, others rejected. any: "
                    + "not checked.",
            required = false)
    @Setting(unit = "none", range = "names or numbers of users, separated by commas, any, or nothing")
    String listener$_$user() default "";

    /** The node's wallet. */
    @AttributeDefinition(
            name = "Wallet",
            description = "The node's wallet that pays, also written core:NAME; further accounts are wallets named "
                    + "WALLET-ACCOUNT. Empty: this server's own wallet, if there is one. Write core:local for a "
                    + "wallet named local.",
            required = false)
    @Setting(unit = "none", range = "a wallet of the node, core:NAME, or nothing")
    String wallet() default "";

    /** ZMQ for everything. */
    @AttributeDefinition(
            name = "ZMQ",
            description = "tcp://HOST:PORT of both zmqpubrawtx and zmqpubsequence; auto: as the node reports, if both "
                    + "are on this computer; none: poll.",
            required = false)
    @Setting(unit = "address", range = "tcp://HOST:PORT, auto or none")
    String zmq() default "auto";

    /** ZMQ for transactions. */
    @AttributeDefinition(
            name = "ZMQ rawtx",
            description = "tcp://HOST:PORT of zmqpubrawtx, if it differs.",
            required = false)
    @Setting(unit = "address", range = "tcp://HOST:PORT, or nothing")
    String zmq$_$rawtx() default "";

    /** ZMQ for the mempool sequence. */
    @AttributeDefinition(
            name = "ZMQ sequence",
            description = "tcp://HOST:PORT of zmqpubsequence, if it differs.",
            required = false)
    @Setting(unit = "address", range = "tcp://HOST:PORT, or nothing")
    String zmq$_$sequence() default "";

    /** Which way. */
    @AttributeDefinition(
            name = "Proxy",
            description = "SOCKS5 proxy for this node; none: connect directly; empty: as in org.partyline.network.",
            required = false)
    @Setting(unit = "address", range = "HOST:PORT, none, or nothing")
    String proxy() default "";

    /** Whether a password may go over the network in clear. */
    @AttributeDefinition(
            name = "Allow remote plaintext",
            description = "Allow http:// to another computer, and ZMQ from it without a proxy; the password then "
                    + "crosses the network unencrypted. Onion addresses need no permission.")
    @Setting
    boolean allow$_$remote$_$plaintext() default false;

    /** How often to ask where there is no ZMQ. */
    @AttributeDefinition(
            name = "Poll interval",
            description = "How often the mempool is polled while ZMQ is silent.",
            min = "100ms",
            max = "5m")
    @Setting(unit = Setting.DURATION)
    String poll$_$interval() default "2s";

    /** For a connection. */
    @AttributeDefinition(
            name = "Connect timeout",
            description = "Time to open a connection.",
            required = false,
            min = "100ms",
            max = "5m",
            options = {@Option(label = "5s, or 60s through a proxy", value = "")})
    @Setting(unit = Setting.DURATION)
    String connect$_$timeout() default "";

    /** For an answer. */
    @AttributeDefinition(name = "Timeout", description = "Time for a complete answer.", min = "100ms", max = "10m")
    @Setting(unit = Setting.DURATION)
    String timeout() default "60s";

    /** Calls in one request. */
    @AttributeDefinition(name = "Batch size", description = "Calls per request.", min = "1", max = "1000")
    @Setting(unit = "calls")
    int batch$_$size() default 100;

    /** The longest answer. */
    @AttributeDefinition(
            name = "Response limit",
            description = "Longest answer that is accepted.",
            min = "1",
            max = "1024")
    @Setting(unit = "MiB")
    int response$_$limit() default 128;

    /** The dearest transaction. */
    @AttributeDefinition(
            name = "Maximum fee",
            description = "Maximum fee of a transaction of the wallet.",
            min = "100",
            max = "10000000")
    @Setting(unit = Setting.SATOSHI)
    long max$_$fee() default 100000;
}
