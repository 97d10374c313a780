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
            description = "Where it is. The node is refused when it is on another.",
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
                    "http://HOST:PORT of the node's RPC, with no user in it; empty: the network's RPC port on 127.0.0.1.",
            required = false)
    @Setting(unit = "address", range = "http://HOST:PORT, or nothing")
    String url() default "";

    /** The cookie file. */
    @AttributeDefinition(
            name = "Cookie file",
            description = "The node's .cookie; empty, and no user: the one in ~/.bitcoin.",
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
            description =
                    "User that the node runs as, where a password (not a cookie) is sent to a port of this machine. Ports of root and of this server's own user are always used; any other user's is refused. any: not checked.",
            required = false)
    @Setting(unit = "none", range = "names or numbers of users with commas between, any, or nothing")
    String listener$_$user() default "";

    /** The node's wallet. */
    @AttributeDefinition(
            name = "Wallet",
            description =
                    "The node's wallet that pays, also written core:NAME; other accounts are wallets WALLET-ACCOUNT. Empty: this server's own wallet pays where there is one. One that is called local must be written core:local.",
            required = false)
    @Setting(unit = "none", range = "a wallet of the node, core:NAME, or nothing")
    String wallet() default "";

    /** ZMQ for everything. */
    @AttributeDefinition(
            name = "ZMQ",
            description =
                    "tcp://HOST:PORT of both zmqpubrawtx and zmqpubsequence; auto: as the node says, when both are on this computer; none: poll.",
            required = false)
    @Setting(unit = "address", range = "tcp://HOST:PORT, auto or none")
    String zmq() default "auto";

    /** ZMQ for transactions. */
    @AttributeDefinition(
            name = "ZMQ rawtx",
            description = "tcp://HOST:PORT of zmqpubrawtx, where it is another one.",
            required = false)
    @Setting(unit = "address", range = "tcp://HOST:PORT, or nothing")
    String zmq$_$rawtx() default "";

    /** ZMQ for the mempool sequence. */
    @AttributeDefinition(
            name = "ZMQ sequence",
            description = "tcp://HOST:PORT of zmqpubsequence, where it is another one.",
            required = false)
    @Setting(unit = "address", range = "tcp://HOST:PORT, or nothing")
    String zmq$_$sequence() default "";

    /** Which way. */
    @AttributeDefinition(
            name = "Proxy",
            description =
                    "HOST:PORT of a SOCKS5 proxy for this node; none: directly; empty: as org.partyline.network says. This machine itself is always connected to directly.",
            required = false)
    @Setting(unit = "address", range = "HOST:PORT, none, or nothing")
    String proxy() default "";

    /** Whether a password may go over the network in clear. */
    @AttributeDefinition(
            name = "Allow remote plaintext",
            description =
                    "Whether http:// to another computer, and ZMQ from it without a proxy, are allowed; the password then crosses the network in clear. Onion addresses need no permission.")
    @Setting
    boolean allow$_$remote$_$plaintext() default false;

    /** How often to ask where there is no ZMQ. */
    @AttributeDefinition(
            name = "Poll interval",
            description = "How often the mempool is asked for where ZMQ is silent.",
            min = "100ms",
            max = "5m")
    @Setting(unit = Setting.DURATION)
    String poll$_$interval() default "2s";

    /** For a connection. */
    @AttributeDefinition(
            name = "Connect timeout",
            description = "For opening a connection.",
            required = false,
            min = "100ms",
            max = "5m",
            options = {@Option(label = "5s, or 60s through a proxy", value = "")})
    @Setting(unit = Setting.DURATION)
    String connect$_$timeout() default "";

    /** For an answer. */
    @AttributeDefinition(name = "Timeout", description = "For a whole answer.", min = "100ms", max = "10m")
    @Setting(unit = Setting.DURATION)
    String timeout() default "60s";

    /** Calls in one request. */
    @AttributeDefinition(name = "Batch size", description = "Calls in one request.", min = "1", max = "1000")
    @Setting(unit = "calls")
    int batch$_$size() default 100;

    /** The longest answer. */
    @AttributeDefinition(name = "Response limit", description = "Longest answer that is read.", min = "1", max = "1024")
    @Setting(unit = "MiB")
    int response$_$limit() default 128;

    /** The dearest transaction. */
    @AttributeDefinition(
            name = "Maximum fee",
            description = "The most a transaction of the wallet may pay.",
            min = "100",
            max = "10000000")
    @Setting(unit = Setting.SATOSHI)
    long max$_$fee() default 100000;
}
