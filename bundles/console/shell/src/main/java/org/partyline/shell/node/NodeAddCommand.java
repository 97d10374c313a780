package org.partyline.shell.node;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.LocalWallets;
import org.partyline.api.transport.NodeSettingException;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.NetworkNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.input.NetworkName;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.spi.Needs;

/** Adds a node. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "node-add",
        description = "Add a node; it is used at once",
        detailedDescription = "partyline:node-add core --type rpc --url http://127.0.0.1:8332 "
                + "--cookie-file /home/me/.bitcoin/.cookie --wallet partyline --zmq tcp://127.0.0.1:28332\n"
                + "partyline:node-add home --type bitcoinj --peers 127.0.0.1:8333\n"
                + "partyline:node-add play --type embedded --set block-interval=10s")
@Needs(Role.OPERATE)
final class NodeAddCommand extends PartylineCommand {
    /** The settings whose errors the node itself reports, and which do not go away by waiting. */
    private static final Set<String> DECIDED = Set.of("network", "wallet", "user", "cookie-file");

    @Argument(name = "NAME", description = "Letters, digits and hyphens, at most 32", required = true)
    private String name;

    @Option(
            name = "--type",
            description =
                    "rpc: Bitcoin Core; bitcoinj: peers of Bitcoin's own network; embedded: play money in this process",
            required = true)
    @Completion(
            values = {"rpc", "bitcoinj", "embedded"},
            value = String.class)
    private @Nullable String type;

    @Option(
            name = "--url",
            description = "Address of Bitcoin Core, for example http://127.0.0.1:8332; otherwise on this machine")
    private @Nullable String url;

    @Option(
            name = "--network",
            description = "Network that the node must be on; otherwise mainnet",
            valueToShowInHelp = "NAME")
    @Completion(NetworkNames.class)
    private @Nullable String network;

    @Option(
            name = "--cookie-file",
            description = "Bitcoin Core's cookie file; otherwise in the usual place",
            valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String cookieFile;

    @Option(name = "--user", description = "RPC user, if there is no cookie", valueToShowInHelp = "NAME")
    private @Nullable String user;

    @Option(
            name = "--password-file",
            description = "File with the RPC password, mode 0600; it stays there and is not copied",
            valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String passwordFile;

    @Option(
            name = "--peers",
            description = "bitcoinj: peers to connect to, at most 32, separated by commas",
            valueToShowInHelp = "HOST:PORT,…")
    @Completion(
            values = {"127.0.0.1:8333"},
            value = String.class)
    private @Nullable String peers;

    @Option(
            name = "--wallet",
            description = "Wallet that pays: one of Bitcoin Core's; local: this server's own "
                    + "(partyline:wallet-create); core:local: Bitcoin Core's wallet named local; none: receive "
                    + "only (bitcoinj)",
            valueToShowInHelp = "NAME")
    @Completion(
            values = {"local", "none"},
            value = String.class)
    private @Nullable String wallet;

    @Option(
            name = "--zmq",
            description = "Where Bitcoin Core publishes rawtx and sequence, for example tcp://127.0.0.1:28332")
    private @Nullable String zmq;

    @Option(
            name = "--proxy",
            description = "SOCKS5 proxy, for example 127.0.0.1:9050; none: connect directly; otherwise the server's",
            valueToShowInHelp = "HOST:PORT")
    @Completion(
            values = {"127.0.0.1:9050", "none"},
            value = String.class)
    private @Nullable String proxy;

    @Option(
            name = "--set",
            description = "Another setting of this type; may be repeated",
            valueToShowInHelp = "KEY=VALUE",
            multiValued = true)
    private @Nullable List<String> set;

    @Override
    protected void run() throws CommandError, PartylineException {
        if (type == null) {
            throw new CommandError(
                    "--type is missing: rpc for Bitcoin Core, bitcoinj for peers, or embedded for play money in "
                            + "this process");
        }
        String what = type;
        Path here = context().session().currentDir();
        Map<String, String> settings = new NodeOptions()
                .put("url", url)
                .put(
                        "network",
                        NetworkName.parse(network)
                                // A node in this process is on the embedded network only.
                                .filter(found -> found != Network.EMBEDDED || !what.equals("embedded"))
                                .map(Network::label)
                                .orElse(null))
                .putFile("cookie-file", cookieFile, here)
                .put("user", user)
                .putFile("password-file", passwordFile, here)
                .put("peers", peers)
                .putWallet(what, wallet)
                .put("zmq", zmq)
                .put("proxy", proxy)
                .putAll(set)
                .all();
        Optional<String> problem = problem(what, settings);
        engine().nodes().add(name, what, settings);
        print(new Document(name, what, true, problem.orElse(null)), () -> {
            console()
                    .line("Node " + Sanitizer.line(name) + " is added. To see its state: partyline:node-status "
                            + Sanitizer.line(name));
            problem.ifPresent(why -> console()
                    .paragraph(Style.WARN, "The node has a problem; it is tried again: " + Sanitizer.line(why) + "."));
            if (LocalWallets.NAME.equals(wallet)) {
                next("partyline:wallet-create or partyline:wallet-restore, unless this server has a wallet on "
                        + "that network.");
            }
        });
    }

    /**
     * Asks the node whether it is suitable. One that is down is added anyway.
     *
     * @return its present problem; empty if there is none
     */
    private Optional<String> problem(String what, Map<String, String> settings)
            throws CommandError, PartylineException {
        try {
            engine().nodes().check(name, what, settings);
            return Optional.empty();
        } catch (NodeSettingException e) {
            if (e.isWrong() && DECIDED.contains(e.setting())) {
                throw new CommandError(e.getMessage() + "; node " + Sanitizer.line(name) + " was not added", e);
            }
            return Optional.of(e.getMessage());
        }
    }

    /**
     * A new node.
     *
     * @param problem null if there is none
     */
    record Document(
            String node,
            String type,
            boolean added,
            @Nullable String problem) {}
}
