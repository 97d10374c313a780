package org.partyline.transportrpc;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.bitcointx.MalformedException;
import org.partyline.bitcointx.RawBlock;

/** Fetches blocks and headers from a node, and keeps the last block for the next follower. Not thread-safe. */
final class BlockReader {
    /**
     * A header.
     *
     * @param block its block
     * @param inChain whether it is in the best chain
     * @param previous the previous block; empty for the genesis block
     */
    record Header(BlockRef block, boolean inChain, Optional<TxId> previous) {}

    private final RpcClient client;
    /** Null if there is none. */
    private @Nullable RawBlock last;

    BlockReader(RpcClient client) {
        this.client = client;
    }

    /** The hash of the best chain's block at a height; empty above its tip. */
    Optional<TxId> hashAt(int height) throws NodeProblem {
        try {
            return Optional.of(TxId.of(client.call("getblockhash", height).asText("")));
        } catch (RpcException e) {
            if (e.code() == RpcException.INVALID_PARAMETER) {
                return Optional.empty();
            }
            throw refused("getblockhash", e);
        } catch (IllegalArgumentException e) {
            throw client.garbage("getblockhash", e);
        }
    }

    /** A block's header; empty if the node never had it. */
    Optional<Header> header(TxId hash) throws NodeProblem {
        try {
            JsonNode header = client.call("getblockheader", hash.toString(), true);
            BlockRef block = new BlockRef(
                    header.path("height").asInt(-1),
                    TxId.of(header.path("hash").asText("")),
                    client.time("getblockheader", header.path("time")));
            JsonNode previous = header.path("previousblockhash");
            return Optional.of(new Header(
                    block,
                    header.path("confirmations").asInt(-1) >= 0,
                    previous.isTextual() ? Optional.of(TxId.of(previous.textValue())) : Optional.empty()));
        } catch (RpcException e) {
            if (e.code() == RpcException.NOT_FOUND) {
                return Optional.empty();
            }
            throw refused("getblockheader", e);
        } catch (IllegalArgumentException e) {
            throw client.garbage("getblockheader", e);
        }
    }

    /** A block; empty if the node has pruned it or no longer knows it. */
    Optional<RawBlock> block(TxId hash) throws NodeProblem {
        if (last != null && last.header().hash().equals(hash)) {
            return Optional.of(last);
        }
        try {
            byte[] bytes = HexFormat.of()
                    .parseHex(client.call("getblock", hash.toString(), 0).asText(""));
            RawBlock block = RawBlock.of(bytes);
            if (!block.header().hash().equals(hash)) {
                throw client.garbage("getblock", null);
            }
            last = block;
            return Optional.of(block);
        } catch (RpcException e) {
            if (e.code() == RpcException.NOT_FOUND || e.code() == RpcException.MISC) {
                return Optional.empty();
            }
            throw refused("getblock", e);
        } catch (MalformedException | IllegalArgumentException e) {
            throw client.garbage("getblock", e);
        }
    }

    /** Drops the last block. */
    void forget() {
        last = null;
    }

    private NodeProblem refused(String method, RpcException error) {
        return new NodeProblem(
                org.partyline.api.transport.NodeStatus.State.UNREACHABLE,
                "node " + client.node() + " rejects " + method + ": " + error.getMessage() + "; it is tried again",
                error);
    }
}
