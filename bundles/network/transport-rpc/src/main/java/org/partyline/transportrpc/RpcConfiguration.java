package org.partyline.transportrpc;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.partyline.api.Network;
import org.partyline.api.config.Setting;
import org.partyline.api.transport.LocalWallets;
import org.partyline.api.transport.ProxyChoice;

/** The settings in {@code etc/org.partyline.transport.rpc-NAME.cfg}. */
final class RpcConfiguration {
    private static final Pattern CORE_WALLET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._ -]{0,63}");
    private static final Pattern ENDPOINT = Pattern.compile("tcp://(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9.-]+):([0-9]{1,5})");
    private static final Pattern SYSTEM_USER = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    /** Precedes the name of a Bitcoin Core wallet that would otherwise have another meaning. */
    private static final String OF_CORE = "core:";

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
            .says("Network of the node. A node on another network is rejected.");

    static final Setting<String> URL = Setting.text("url", "", "http://HOST:PORT, or nothing")
            .unit("address")
            .says("http://HOST:PORT of the node's RPC, without a user; empty: the network's RPC port on 127.0.0.1.");

    static final Setting<String> COOKIE_FILE = Setting.text("cookie-file", "", "a path, or nothing")
            .unit("path")
            .says("The node's .cookie; empty, without a user: a local node's in ~/.bitcoin.");

    static final Setting<String> USER = Setting.text("user", "", "a name, or nothing", RpcConfiguration::user)
            .says("rpcuser or the user of rpcauth, instead of a cookie.");

    static final Setting<String> PASSWORD = Setting.password("password", "a password, or nothing")
            .says("The user's password; password-file keeps it out of this file.");

    static final Setting<String> PASSWORD_FILE = Setting.text("password-file", "", "a path, or nothing")
            .unit("path")
            .says("A file of mode 0600 whose first line is the password.");

    static final Setting<Set<String>> LISTENER_USER = Setting.text(
                    "listener-user",
                    "",
                    "names or numbers of users, separated by commas, any, or nothing",
                    RpcConfiguration::users)
            .says(
                    "System user that runs the node, checked before a password (not a cookie) is sent to a port of this "
                            + "machine. Root and this server's own user are always accepted, others rejected. any: not checked.");

    static final Setting<String> WALLET = Setting.text(
                    "wallet", "", "a wallet of the node, core:NAME, or nothing", RpcConfiguration::wallet)
            .says("The node's wallet that pays, also written core:NAME; further accounts are wallets named "
                    + "WALLET-ACCOUNT. Empty: this server's own wallet, if there is one. Write core:local for a wallet "
                    + "named local.");

    static final Setting<String> ZMQ = Setting.text(
                    "zmq", "auto", "tcp://HOST:PORT, auto or none", RpcConfiguration::feed)
            .unit("address")
            .says("tcp://HOST:PORT of both zmqpubrawtx and zmqpubsequence; auto: as the node reports, if both are on "
                    + "this computer; none: poll.");

    static final Setting<String> ZMQ_RAWTX = Setting.text(
                    "zmq-rawtx", "", "tcp://HOST:PORT, or nothing", RpcConfiguration::endpoint)
            .unit("address")
            .says("tcp://HOST:PORT of zmqpubrawtx, if it differs.");

    static final Setting<String> ZMQ_SEQUENCE = Setting.text(
                    "zmq-sequence", "", "tcp://HOST:PORT, or nothing", RpcConfiguration::endpoint)
            .unit("address")
            .says("tcp://HOST:PORT of zmqpubsequence, if it differs.");

    static final Setting<ProxyChoice> PROXY = Setting.text(
                    "proxy", "", "HOST:PORT, none, or nothing", ProxyChoice::parse)
            .unit("address")
            .says("SOCKS5 proxy for this node; none: connect directly; empty: as in org.partyline.network.");

    static final Setting<Boolean> ALLOW_REMOTE_PLAINTEXT = Setting.flag("allow-remote-plaintext", false)
            .says("Allow http:// to another computer, and ZMQ from it without a proxy; the password then crosses the "
                    + "network unencrypted. Onion addresses need no permission.");

    static final Setting<Duration> POLL_INTERVAL = Setting.duration("poll-interval", "2s", "100ms", "5m")
            .says("How often the mempool is polled while ZMQ is silent.");

    static final Setting<Optional<Duration>> CONNECT_TIMEOUT = Setting.duration("connect-timeout", "", "100ms", "5m")
            .or("", "5s, or 60s through a proxy")
            .says("Time to open a connection.");

    static final Setting<Duration> TIMEOUT =
            Setting.duration("timeout", "60s", "100ms", "10m").says("Time for a complete answer.");

    static final Setting<Integer> BATCH_SIZE =
            Setting.integer("batch-size", 100, 1, 1000).unit("calls").says("Calls per request.");

    static final Setting<Integer> RESPONSE_LIMIT =
            Setting.integer("response-limit", 128, 1, 1024).unit("MiB").says("Longest answer that is accepted.");

    static final Setting<Integer> MAX_FEE = Setting.integer("max-fee", 100_000, 100, 10_000_000)
            .unit(Setting.SATOSHI)
            .says("Maximum fee of a transaction of the wallet.");

    /** The settings in the order in which they are shown. */
    static final List<Setting<?>> ALL = List.of(
            NAME,
            NETWORK,
            URL,
            COOKIE_FILE,
            USER,
            PASSWORD,
            PASSWORD_FILE,
            LISTENER_USER,
            WALLET,
            ZMQ,
            ZMQ_RAWTX,
            ZMQ_SEQUENCE,
            PROXY,
            ALLOW_REMOTE_PLAINTEXT,
            POLL_INTERVAL,
            CONNECT_TIMEOUT,
            TIMEOUT,
            BATCH_SIZE,
            RESPONSE_LIMIT,
            MAX_FEE);

    private RpcConfiguration() {}

    private static String user(String text) {
        if (text.contains(":")) {
            throw new IllegalArgumentException("it must be a name without a colon");
        }
        return text;
    }

    private static Set<String> users(String text) {
        List<String> users = Arrays.stream(text.split(",")).map(String::strip).toList();
        if (!text.isEmpty()
                && !users.stream().allMatch(user -> SYSTEM_USER.matcher(user).matches())) {
            throw new IllegalArgumentException();
        }
        return users.stream().filter(user -> !user.isEmpty()).collect(Collectors.toUnmodifiableSet());
    }

    private static String wallet(String text) {
        if (text.equals(LocalWallets.NAME)) {
            // It once meant a wallet of Bitcoin Core here, and means this server's own everywhere else.
            throw new IllegalArgumentException(
                    "this is ambiguous: leave wallet empty to use this server's own wallet, or write "
                            + "wallet=core:local for Bitcoin Core's wallet of that name");
        }
        String wallet = text.startsWith(OF_CORE) ? text.substring(OF_CORE.length()) : text;
        if (!text.isEmpty() && !CORE_WALLET.matcher(wallet).matches()) {
            throw new IllegalArgumentException(
                    "it must be letters, digits, dots, hyphens, underscores and spaces, at most 64");
        }
        return wallet;
    }

    /** A ZMQ endpoint, or one of the words allowed instead. */
    private static String feed(String text) {
        return text.equals("auto") || text.equals("none") ? text : endpoint(text);
    }

    /** Checks a ZMQ endpoint; {@code none} is valid. */
    static String endpoint(String text) {
        Matcher matcher = ENDPOINT.matcher(text);
        int port = matcher.matches() ? Integer.parseInt(matcher.group(2)) : -1;
        if (!text.isEmpty() && (port < 1 || port > 65535 || !hasHost(text))) {
            throw new IllegalArgumentException();
        }
        return text;
    }

    /** Whether java.net finds the host; in tcp://1.2:3, for example, it does not. */
    private static boolean hasHost(String address) {
        try {
            return new URI(address).getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
