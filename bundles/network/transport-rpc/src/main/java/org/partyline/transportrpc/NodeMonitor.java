package org.partyline.transportrpc;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.bitcointx.DataScript;
import org.partyline.bitcointx.PinnedBlock;

/** Checks that a node is the right one and usable, and stores its reports. Thread-safe. */
final class NodeMonitor {
    /** The oldest accepted Bitcoin Core: it has descriptor wallets and the mempool sequence in their present form. */
    static final int MIN_VERSION = 230000;

    private static final int OLD_DATA_CARRIER = 83;
    private static final int MAX_BEHIND = 2;
    private static final FeeRate OLD_INCREMENT = new FeeRate(1000);

    private final RpcClient client;
    private final RpcSettings settings;
    private final Supplier<String> route;
    private volatile NodeStatus status = NodeStatus.starting();
    private volatile RelayPolicy policy = RelayPolicy.CONSERVATIVE;
    private volatile String notifications;
    private volatile boolean checked;
    private volatile boolean sendsPrivately;
    private String fault = "";
    private String deaf = "";
    private String software = "";
    private volatile int version;
    private OptionalInt peers = OptionalInt.empty();

    /** @param route the present route to the node */
    NodeMonitor(RpcClient client, RpcSettings settings, Supplier<String> route) {
        this.client = client;
        this.settings = settings;
        this.route = route;
        this.notifications = polling(settings.pollInterval());
        if (!settings.refusal().isEmpty()) {
            status = with(NodeStatus.State.REFUSED, settings.refusal(), Optional.empty(), -1);
        }
    }

    static String polling(Duration interval) {
        return "polling " + (interval.toMillis() % 1000 == 0 ? interval.toSeconds() + "s" : interval.toMillis() + "ms");
    }

    NodeStatus status() {
        return status;
    }

    RelayPolicy policy() {
        return policy;
    }

    /** In its own numbering; empty before it was asked. */
    OptionalInt version() {
        int known = version;
        return known == 0 ? OptionalInt.empty() : OptionalInt.of(known);
    }

    /** Whether it was seen to send transactions privately ({@code -privatebroadcast}), since the last check. */
    boolean isPrivate() {
        return sendsPrivately;
    }

    /** Records that it sends transactions privately. */
    void sendsPrivately() {
        sendsPrivately = true;
    }

    /** Records how new transactions arrive. @param problem why they do not arrive as configured; empty: they do */
    synchronized void notifications(String how, String problem) {
        if (!how.equals(notifications) || !problem.equals(deaf)) {
            String before = trouble();
            notifications = how;
            deaf = problem;
            restate(before);
        }
    }

    /** Records a failure in processing its answers; empty if there is none. */
    synchronized void fault(String line) {
        if (!line.equals(fault)) {
            String before = trouble();
            fault = line;
            restate(before);
        }
    }

    /** Returns the problem of a node that responds; empty if there is none. */
    private String trouble() {
        return fault.isEmpty() ? deaf : fault;
    }

    private void restate(String before) {
        NodeStatus now = status;
        status = with(now.state(), now.detail().equals(before) ? "" : now.detail(), now.tip(), now.mempoolSize());
    }

    /** Records a problem: everything is checked again before the next use. */
    synchronized void failed(NodeProblem problem) {
        checked = false;
        status = with(problem.state(), problem.getMessage(), status.tip(), -1);
    }

    /**
     * Ensures that the node may be used; asks it if that is unknown.
     *
     * @throws NodeProblem if it may not
     */
    void require() throws NodeProblem {
        if (checked) {
            return;
        }
        NodeStatus now = status;
        if (now.state() == NodeStatus.State.REFUSED) {
            throw new NodeProblem(now.state(), now.detail());
        }
        try {
            check();
        } catch (NodeProblem e) {
            failed(e);
            throw e;
        }
    }

    /**
     * Queries and checks everything: network, genesis block, version, sync state, relay limits.
     *
     * @return its best block
     * @throws NodeProblem if the node must not be used, or does not answer
     */
    synchronized BlockRef check() throws NodeProblem {
        if (!settings.refusal().isEmpty()) {
            throw new NodeProblem(NodeStatus.State.REFUSED, settings.refusal());
        }
        Optional<PinnedBlock> pinned = PinnedBlock.of(settings.network());
        List<RpcCall> calls = new ArrayList<>(List.of(
                RpcCall.of("getnetworkinfo"),
                RpcCall.of("getblockchaininfo"),
                RpcCall.of("getblockhash", 0),
                RpcCall.of("getmempoolinfo")));
        pinned.ifPresent(block -> calls.add(RpcCall.of("getblockhash", block.height())));
        List<RpcAnswer> answers = client.batch(RpcClient.NODE, calls);
        JsonNode network = value("getnetworkinfo", answers.get(0));
        JsonNode chain = value("getblockchaininfo", answers.get(1));
        JsonNode genesis = value("getblockhash", answers.get(2));
        JsonNode mempool = value("getmempoolinfo", answers.get(3));
        software = RpcException.oneLine(network.path("subversion").asText(""));
        version = network.path("version").asInt(0);
        sendsPrivately = false;
        checkChain(chain.path("chain").asText(""));
        String hash = genesis.asText("");
        if (!hash.equals(genesis(settings.network()))) {
            throw refused("its genesis block is " + RpcException.oneLine(hash) + ", not that of "
                            + settings.network().label() + "; set url to a node of this network")
                    .about("network");
        }
        if (version < MIN_VERSION) {
            throw refused("it runs version " + readable(version) + " " + software + "; use Bitcoin Core 23 or later");
        }
        // A node whose tip is lower answers with an error.
        boolean known = pinned.isEmpty() || answers.get(4).error() == null;
        if (pinned.isPresent()
                && known
                && !answers.get(4)
                        .result()
                        .asText("")
                        .equals(pinned.get().hash().toString())) {
            throw refused(pinned.get().otherChain());
        }
        learnPolicy(mempool, network);
        learnPeers(network);
        BlockRef tip = learn(chain, mempool);
        if (!known) {
            status = with(
                    NodeStatus.State.SYNCING,
                    "node " + settings.name() + ": " + pinned.get().notReached(tip.height()),
                    Optional.of(tip),
                    status.mempoolSize());
        }
        checked = known;
        return tip;
    }

    /**
     * Queries what changes: best block, mempool size and number of peers.
     *
     * @return its best block
     */
    synchronized BlockRef refresh() throws NodeProblem {
        if (!checked) {
            return check();
        }
        List<RpcAnswer> answers = client.batch(
                RpcClient.NODE,
                List.of(RpcCall.of("getblockchaininfo"), RpcCall.of("getmempoolinfo"), RpcCall.of("getnetworkinfo")));
        JsonNode chain = value("getblockchaininfo", answers.get(0));
        JsonNode mempool = value("getmempoolinfo", answers.get(1));
        learnPeers(value("getnetworkinfo", answers.get(2)));
        checkChain(chain.path("chain").asText(""));
        learnPolicy(mempool, null);
        return learn(chain, mempool);
    }

    /** Whether the node may be watched because it has the chain. */
    boolean ready() {
        return checked && status.state() == NodeStatus.State.READY;
    }

    private void checkChain(String chain) throws NodeProblem {
        if (!chain.equals(settings.network().chainName())) {
            String other = List.of(Network.values()).stream()
                    .filter(network -> network.chainName().equals(chain))
                    .findFirst()
                    .map(Network::label)
                    .orElse("'" + RpcException.oneLine(chain) + "'");
            throw refused("it is on " + other + ", not " + settings.network().label()
                            + "; correct network, or set url to another node")
                    .about("network");
        }
    }

    private NodeProblem refused(String why) {
        return new NodeProblem(NodeStatus.State.REFUSED, "node " + settings.name() + ": " + why);
    }

    private JsonNode value(String method, RpcAnswer answer) throws NodeProblem {
        if (answer.error() != null) {
            throw new NodeProblem(
                    NodeStatus.State.UNREACHABLE,
                    "node " + settings.name() + " rejects " + method + ": "
                            + answer.error().getMessage()
                            + "; check that url names a Bitcoin Core node and that its rpcwhitelist allows it",
                    answer.error());
        }
        return answer.result();
    }

    private BlockRef learn(JsonNode chain, JsonNode mempool) throws NodeProblem {
        BlockRef tip;
        try {
            tip = new BlockRef(
                    chain.path("blocks").asInt(-1),
                    TxId.of(chain.path("bestblockhash").asText("")),
                    client.time("getblockchaininfo", chain.path("time")));
        } catch (IllegalArgumentException e) {
            throw client.garbage("getblockchaininfo", e);
        }
        int headers = chain.path("headers").asInt(tip.height());
        // A private network has nothing to catch up with, but counts as behind when its last block is a day old.
        boolean initial = chain.path("initialblockdownload").asBoolean(false) && settings.network() != Network.REGTEST;
        boolean behind = initial || headers - tip.height() > MAX_BEHIND;
        String detail = behind
                ? String.format(
                        Locale.ROOT,
                        "node %s is reading the chain: block %d of %d, %.1f %%; it is used when finished",
                        settings.name(),
                        tip.height(),
                        headers,
                        100 * chain.path("verificationprogress").asDouble(0))
                : "";
        status = with(
                behind ? NodeStatus.State.SYNCING : NodeStatus.State.READY,
                detail,
                Optional.of(tip),
                mempool.path("size").asInt(-1));
        return tip;
    }

    private NodeStatus with(NodeStatus.State state, String detail, Optional<BlockRef> tip, int mempoolSize) {
        return new NodeStatus(
                state,
                detail.isEmpty() ? trouble() : detail,
                software,
                tip,
                mempoolSize,
                client.latency(),
                notifications,
                route.get(),
                peers);
    }

    private void learnPeers(JsonNode network) {
        JsonNode connections = network.path("connections");
        peers = connections.isInt() && connections.intValue() >= 0
                ? OptionalInt.of(connections.intValue())
                : OptionalInt.empty();
    }

    private void learnPolicy(JsonNode mempool, @Nullable JsonNode network) throws NodeProblem {
        JsonNode carrier = mempool.path("maxdatacarriersize");
        int scriptBytes = carrier.isInt() && carrier.intValue() >= 0 ? carrier.intValue() : OLD_DATA_CARRIER;
        // Bitcoin Core relays several such outputs since the version that also reports the limit; Knots never does.
        boolean several = carrier.isInt() && !software.contains("Knots");
        JsonNode cluster = mempool.path("limitclustercount");
        FeeRate floor = max(rate(mempool, "mempoolminfee"), rate(mempool, "minrelaytxfee"));
        FeeRate increment = mempool.has("incrementalrelayfee")
                ? rate(mempool, "incrementalrelayfee")
                : network != null
                                && network.path("incrementalfee").decimalValue().signum() > 0
                        ? rate(network, "incrementalfee")
                        : policy.incrementalFee();
        policy = new RelayPolicy(
                DataScript.largestPayload(scriptBytes),
                scriptBytes < 1 ? 0 : several ? Math.max(1, scriptBytes / 3) : 1,
                scriptBytes,
                floor,
                increment == null ? OLD_INCREMENT : increment,
                // Reported since Bitcoin Core 31. A value of 0 would stop everything: the node would reject every
                // transaction.
                cluster.isInt() && cluster.intValue() > 0 ? cluster.intValue() : RelayPolicy.CHAIN);
    }

    private FeeRate rate(JsonNode object, String field) throws NodeProblem {
        BigDecimal value = object.path(field).decimalValue();
        try {
            return FeeRate.ofBtcPerKvb(value);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw client.garbage("getmempoolinfo", e);
        }
    }

    private static FeeRate max(FeeRate a, FeeRate b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static String readable(int version) {
        return version / 10000 + "." + version / 100 % 100;
    }

    private static String genesis(Network network) {
        return switch (network) {
            case MAINNET -> "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";
            case TESTNET3 -> "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943";
            case SIGNET -> "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6";
            case TESTNET4 -> "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043";
            default -> "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206";
        };
    }
}
