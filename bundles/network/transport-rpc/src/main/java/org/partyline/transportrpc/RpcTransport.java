package org.partyline.transportrpc;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.Transport;

/** Implements {@link Transport} for a Bitcoin Core node. */
final class RpcTransport implements Transport {
    private static final int MAX_TARGET = 1008;
    /** The first Bitcoin Core with {@code -privatebroadcast}. */
    private static final int PRIVATE_BROADCAST = 310_000;

    private static final String PRIVATE = "getprivatebroadcastinfo";

    private final RpcClient client;
    private final NodeMonitor monitor;
    private final RpcSettings settings;
    private final Watcher watcher;
    private final BlockHeaders headers;

    /** Finds a block by its hash. */
    private interface BlockHeaders {
        Optional<BlockRef> of(String hash) throws NodeProblem;
    }

    RpcTransport(RpcClient client, NodeMonitor monitor, RpcSettings settings, Watcher watcher) {
        this.client = client;
        this.monitor = monitor;
        this.settings = settings;
        this.watcher = watcher;
        this.headers = hash -> {
            try {
                return new BlockReader(client)
                        .header(TxId.of(hash))
                        .filter(BlockReader.Header::inChain)
                        .map(BlockReader.Header::block);
            } catch (IllegalArgumentException e) {
                throw client.garbage("getrawtransaction", e);
            }
        };
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public String type() {
        return "rpc";
    }

    @Override
    public Network network() {
        return settings.network();
    }

    @Override
    public NodeStatus status() {
        return monitor.status();
    }

    @Override
    public RelayPolicy policy() {
        return monitor.policy();
    }

    @Override
    public Optional<FeeRate> estimateFee(int blocks) throws NodeUnavailableException {
        if (blocks < 1 || blocks > MAX_TARGET) {
            throw new IllegalArgumentException("a confirmation target must be 1 to 1008 blocks, not " + blocks);
        }
        try {
            monitor.require();
            JsonNode rate = client.call("estimatesmartfee", blocks).path("feerate");
            if (!rate.isNumber()) {
                return Optional.empty();
            }
            BigDecimal value = rate.decimalValue();
            return value.signum() > 0 ? Optional.of(FeeRate.ofBtcPerKvb(value)) : Optional.empty();
        } catch (RpcException e) {
            // Not supported by this node, or disabled by -blocksonly: it has no estimate.
            return Optional.empty();
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw client.garbage("estimatesmartfee", e).toUnavailable();
        } catch (NodeProblem e) {
            throw e.toUnavailable();
        }
    }

    @Override
    public void broadcast(byte[] rawTransaction) throws NodeUnavailableException, TransactionRejectedException {
        try {
            monitor.require();
            client.call("sendrawtransaction", HexFormat.of().formatHex(rawTransaction));
        } catch (RpcException e) {
            if (!Rejections.known(e)) {
                throw Rejections.of(settings.name(), e);
            }
        } catch (NodeProblem e) {
            throw e.toUnavailable();
        }
    }

    @Override
    public TransactionPlace locate(TxId id) throws NodeUnavailableException {
        try {
            monitor.require();
            List<RpcCall> calls = new ArrayList<>(List.of(
                    RpcCall.of("getmempoolentry", id.toString()),
                    RpcCall.of("getrawtransaction", id.toString(), true)));
            if (canSendPrivately()) {
                calls.add(RpcCall.of(PRIVATE));
            }
            List<RpcAnswer> answers = client.batch(RpcClient.NODE, calls);
            if (answers.get(0).error() == null) {
                JsonNode unbroadcast = answers.get(0).result().path("unbroadcast");
                // Set until a peer has requested it. Without that field, relaying is not assumed.
                return unbroadcast.isBoolean() && !unbroadcast.booleanValue()
                        ? TransactionPlace.RELAYED
                        : TransactionPlace.MEMPOOL;
            }
            List<JsonNode> found = new ArrayList<>();
            if (answers.get(1).error() == null) {
                found.add(answers.get(1).result());
            }
            // Without an index, the node finds only its wallet's own transactions in blocks.
            walletTransaction(id).ifPresent(found::add);
            for (JsonNode one : found) {
                if (one.path("confirmations").asInt(0) > 0) {
                    String hash = one.path("blockhash").asText("");
                    return new TransactionPlace(
                            TransactionPlace.Kind.CONFIRMED, hash.isEmpty() ? Optional.empty() : headers.of(hash));
                }
            }
            // An error: the node's rpcwhitelist forbids the call.
            return answers.size() > 2 && answers.get(2).error() == null
                    ? privately(answers.get(2).result(), id)
                            .map(RpcTransport::place)
                            .orElse(TransactionPlace.UNKNOWN)
                    : TransactionPlace.UNKNOWN;
        } catch (NodeProblem e) {
            throw e.toUnavailable();
        }
    }

    private boolean canSendPrivately() {
        return monitor.version().orElse(0) >= PRIVATE_BROADCAST;
    }

    /** The peers of a transaction that the node sends privately; empty if it does not. */
    private Optional<JsonNode> privately(JsonNode info, TxId id) {
        for (JsonNode one : info.path("transactions")) {
            // The node does not report this option, but its use shows.
            monitor.sendsPrivately();
            if (one.path("txid").asText("").equals(id.toString())) {
                return Optional.of(one.path("peers"));
            }
        }
        return Optional.empty();
    }

    private static TransactionPlace place(JsonNode peers) {
        int received = 0;
        for (JsonNode peer : peers) {
            received += peer.has("received") ? 1 : 0;
        }
        return new TransactionPlace(TransactionPlace.Kind.PRIVATE, Optional.empty(), received > 0, peers.size());
    }

    @Override
    public boolean withdraw(TxId id) throws NodeUnavailableException {
        try {
            monitor.require();
            if (!canSendPrivately()) {
                return false;
            }
            Optional<JsonNode> peers = privately(client.call(PRIVATE), id);
            if (peers.isEmpty() || !peers.get().isEmpty()) {
                return false;
            }
            for (JsonNode removed :
                    client.call("abortprivatebroadcast", id.toString()).path("removed_transactions")) {
                if (removed.path("txid").asText("").equals(id.toString())) {
                    return true;
                }
            }
            return false;
        } catch (RpcException e) {
            // It came back from the network meanwhile, or the node's rpcwhitelist forbids the call.
            return false;
        } catch (NodeProblem e) {
            throw e.toUnavailable();
        }
    }

    @Override
    public Optional<byte[]> fetch(TxId id) throws NodeUnavailableException {
        try {
            monitor.require();
            String hex;
            try {
                hex = client.call("getrawtransaction", id.toString()).asText("");
            } catch (RpcException e) {
                Optional<JsonNode> own = walletTransaction(id);
                if (own.isEmpty()) {
                    return Optional.empty();
                }
                hex = own.get().path("hex").asText("");
            }
            return Optional.of(HexFormat.of().parseHex(hex));
        } catch (IllegalArgumentException e) {
            throw client.garbage("getrawtransaction", e).toUnavailable();
        } catch (NodeProblem e) {
            throw e.toUnavailable();
        }
    }

    private Optional<JsonNode> walletTransaction(TxId id) throws NodeProblem {
        if (settings.wallet().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    client.callAt(RpcClient.wallet(settings.wallet()), "gettransaction", id.toString(), true));
        } catch (RpcException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<BlockRef> blockAt(int height) throws NodeUnavailableException {
        try {
            monitor.require();
            BlockReader reader = new BlockReader(client);
            Optional<TxId> hash = reader.hashAt(height);
            return hash.isEmpty() ? Optional.empty() : reader.header(hash.get()).map(BlockReader.Header::block);
        } catch (NodeProblem e) {
            throw e.toUnavailable();
        }
    }

    @Override
    public OptionalInt version() {
        return monitor.version();
    }

    @Override
    public Subscription watch(TransactionListener listener, Optional<BlockRef> since) {
        return watcher.watch(listener, since);
    }
}
