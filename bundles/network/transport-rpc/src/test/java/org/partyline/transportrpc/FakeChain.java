package org.partyline.transportrpc;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.bitcointx.DataScript;
import org.partyline.bitcointx.Hashes;
import org.partyline.bitcointx.MalformedException;
import org.partyline.bitcointx.RawBlock;
import org.partyline.bitcointx.TxView;

/** A chain and a mempool behind a {@link FakeNode}, in realistic bytes. */
final class FakeChain {
    private static final long FIRST_TIME = 1_790_000_000L;

    record Block(TxId hash, TxId previous, int height, long time, byte[] raw) {
        BlockRef ref() {
            return new BlockRef(height, hash, java.time.Instant.ofEpochSecond(time));
        }
    }

    private final FakeNode node;
    private final List<Block> chain = new ArrayList<>();
    private final Map<TxId, Block> all = new HashMap<>();
    private final Map<TxId, byte[]> mempool = new LinkedHashMap<>();
    private long sequence = 1;
    private int salt;
    /** Removed between listing and fetching. */
    private TxId vanishing;
    /** Mined while the mempool is listed, before the answer is formed. */
    private byte[] mining;

    FakeChain(FakeNode node) {
        TxId genesis = TxId.of("0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206");
        add(new Block(genesis, TxId.of("00".repeat(32)), 0, FIRST_TIME, new byte[0]));
        this.node = node;
        answers();
    }

    /** Answers all queries of a node, also after other answers were set. */
    void answers() {
        node.healthy();
        node.on("getblockchaininfo", (params, path) -> info());
        node.on("getmempoolinfo", (params, path) -> mempoolInfo());
        node.on("getbestblockhash", (params, path) -> tip().hash().toString());
        node.on("getblockhash", (params, path) -> hash(params.get(0).intValue()));
        node.on("getblockheader", (params, path) -> header(params.get(0).textValue()));
        node.on(
                "getblock",
                (params, path) -> HexFormat.of()
                        .formatHex(block(params.get(0).textValue()).raw()));
        node.on("getrawmempool", (params, path) -> listing());
        node.on("getrawtransaction", (params, path) -> raw(params.get(0).textValue()));
    }

    private synchronized Map<String, Object> info() {
        Block tip = tip();
        return Map.of(
                "chain",
                "regtest",
                "blocks",
                tip.height(),
                "headers",
                tip.height(),
                "bestblockhash",
                tip.hash().toString(),
                "time",
                tip.time(),
                "initialblockdownload",
                false,
                "verificationprogress",
                1);
    }

    private synchronized Map<String, Object> mempoolInfo() {
        return Map.of(
                "size",
                mempool.size(),
                "mempoolminfee",
                0.000001,
                "minrelaytxfee",
                0.000001,
                "incrementalrelayfee",
                0.000001,
                "maxdatacarriersize",
                100000);
    }

    private synchronized Map<String, Object> listing() {
        if (mining != null) {
            mine(mining);
            mining = null;
        }
        List<String> ids = mempool.keySet().stream().map(TxId::toString).toList();
        Map<String, Object> answer = Map.of("txids", ids, "mempool_sequence", sequence);
        if (vanishing != null) {
            mempool.remove(vanishing);
            sequence++;
            vanishing = null;
        }
        return answer;
    }

    private synchronized String raw(String id) throws RpcException {
        byte[] raw = mempool.get(TxId.of(id));
        if (raw == null) {
            throw new RpcException(RpcException.NOT_FOUND, "No such mempool transaction.");
        }
        return HexFormat.of().formatHex(raw);
    }

    private synchronized String hash(int height) throws RpcException {
        if (height >= chain.size()) {
            throw new RpcException(RpcException.INVALID_PARAMETER, "Block height out of range");
        }
        return chain.get(height).hash().toString();
    }

    private synchronized Block block(String hash) throws RpcException {
        Block block = all.get(TxId.of(hash));
        if (block == null) {
            throw new RpcException(RpcException.NOT_FOUND, "Block not found");
        }
        return block;
    }

    private synchronized Map<String, Object> header(String hash) throws RpcException {
        Block block = block(hash);
        boolean in = block.height() < chain.size() && chain.get(block.height()).equals(block);
        Map<String, Object> header = new HashMap<>(Map.of(
                "hash",
                hash,
                "height",
                block.height(),
                "time",
                block.time(),
                "confirmations",
                in ? chain.size() - block.height() : -1));
        if (block.height() > 0) {
            header.put("previousblockhash", block.previous().toString());
        }
        return header;
    }

    private void add(Block block) {
        chain.add(block);
        all.put(block.hash(), block);
    }

    synchronized Block tip() {
        return chain.get(chain.size() - 1);
    }

    synchronized Block at(int height) {
        return chain.get(height);
    }

    /** A new transaction that is in no mempool or block yet. */
    synchronized byte[] transaction() {
        ByteBuffer raw = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
        byte[] script = DataScript.of(("message " + salt).getBytes(StandardCharsets.US_ASCII));
        raw.putInt(2)
                .put((byte) 1)
                .putInt(++salt)
                .put(new byte[28])
                .putInt(0)
                .put((byte) 0)
                .putInt(-3);
        raw.put((byte) 1).putLong(0).put((byte) script.length).put(script).putInt(0);
        byte[] bytes = new byte[raw.position()];
        raw.flip().get(bytes);
        return bytes;
    }

    static TxId id(byte[] raw) {
        try {
            return TxView.of(raw).id();
        } catch (MalformedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Adds a transaction to the mempool; returns its sequence number. */
    synchronized long accept(byte[] raw) {
        mempool.put(id(raw), raw);
        return sequence++;
    }

    /** Removes one without mining it; returns its sequence number. */
    synchronized long evict(byte[] raw) {
        mempool.remove(id(raw));
        return sequence++;
    }

    synchronized void vanishAfterListing(byte[] raw) {
        vanishing = id(raw);
    }

    synchronized void mineBeforeListing(byte[] raw) {
        mining = raw;
    }

    /** Mines transactions, and removes them from the mempool. */
    synchronized Block mine(byte[]... transactions) {
        Block previous = tip();
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        byte[] before = previous.hash().bytes();
        ByteBuffer header =
                ByteBuffer.allocate(80).order(ByteOrder.LITTLE_ENDIAN).putInt(1);
        for (int i = 31; i >= 0; i--) {
            header.put(before[i]);
        }
        byte[] coinbase = coinbase();
        List<TxId> ids = new ArrayList<>(List.of(id(coinbase)));
        Arrays.stream(transactions).map(FakeChain::id).forEach(ids::add);
        long time = FIRST_TIME + 600L * chain.size();
        try {
            header.put(Hashes.internal(RawBlock.merkleRoot(ids)));
        } catch (MalformedException e) {
            throw new IllegalStateException(e);
        }
        header.putInt((int) time).putInt(0).putInt(++salt);
        raw.writeBytes(header.array());
        raw.write(transactions.length + 1);
        raw.writeBytes(coinbase);
        for (byte[] transaction : transactions) {
            raw.writeBytes(transaction);
            if (mempool.remove(id(transaction)) != null) {
                sequence++;
            }
        }
        try {
            TxId hash = RawBlock.of(raw.toByteArray()).header().hash();
            Block block = new Block(hash, previous.hash(), chain.size(), time, raw.toByteArray());
            add(block);
            return block;
        } catch (MalformedException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] coinbase() {
        ByteBuffer raw = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
        raw.putInt(1)
                .put((byte) 1)
                .put(new byte[32])
                .putInt(-1)
                .put((byte) 4)
                .putInt(++salt)
                .putInt(-1);
        raw.put((byte) 1).putLong(50).put((byte) 1).put((byte) 0x51).putInt(0);
        byte[] bytes = new byte[raw.position()];
        raw.flip().get(bytes);
        return bytes;
    }

    /** Removes blocks down to a height; their transactions are gone. */
    synchronized void rewind(int height) {
        while (tip().height() > height) {
            chain.remove(chain.size() - 1);
        }
    }

    /** Forgets blocks outside the chain: their headers are not found. */
    synchronized void forgetForks() {
        all.values().retainAll(chain);
    }
}
