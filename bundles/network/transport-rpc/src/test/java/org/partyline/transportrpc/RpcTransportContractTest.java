package org.partyline.transportrpc;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.Transport;
import org.partyline.testkit.FastTime;
import org.partyline.testkit.TransportContract;

class RpcTransportContractTest extends TransportContract {
    private final FakeNetwork network = new FakeNetwork();
    private final FakeNode node = new FakeNode();
    private final FakeChain chain = new FakeChain(node);
    private final Set<TxId> waiting = ConcurrentHashMap.newKeySet();
    private final Set<TxId> mined = ConcurrentHashMap.newKeySet();
    private final FastTime time = new FastTime(20);
    private final ScheduledExecutorService executor = time.thread();
    private RpcNode opened;

    @BeforeEach
    void open() throws Exception {
        node.on("sendrawtransaction", (params, path) -> send(params.get(0).textValue()));
        node.on("getmempoolentry", (params, path) -> entry(TxId.of(params.get(0).textValue())));
        opened = RpcNode.open(
                node.settings(Map.of()), () -> Optional.of(network), executor, time, new SecureRandom(), pause -> {});
    }

    @AfterEach
    void close() {
        opened.close();
        executor.shutdownNow();
        node.close();
    }

    /** Like Bitcoin Core. */
    private String send(String hex) throws RpcException {
        byte[] raw = HexFormat.of().parseHex(hex);
        if (mined.contains(id(raw))) {
            throw new RpcException(-27, "Transaction outputs already in utxo set");
        }
        if (!waiting.contains(id(raw))) {
            arrives(raw);
        }
        return id(raw).toString();
    }

    private Object entry(TxId id) throws RpcException {
        if (!waiting.contains(id)) {
            throw new RpcException(RpcException.NOT_FOUND, "Transaction not in mempool");
        }
        return Map.of("vsize", 1);
    }

    @Override
    protected Transport transport() {
        return opened.transport();
    }

    @Override
    protected byte[] transaction() {
        return chain.transaction();
    }

    @Override
    protected byte[] refused() {
        node.on("sendrawtransaction", (params, path) -> {
            throw new RpcException(-26, "min relay fee not met, 1 < 21");
        });
        return chain.transaction();
    }

    @Override
    protected TxId id(byte[] transaction) {
        return FakeChain.id(transaction);
    }

    @Override
    protected void arrives(byte[] transaction) {
        waiting.add(id(transaction));
        chain.accept(transaction);
    }

    @Override
    protected BlockRef mine(byte[]... transactions) {
        BlockRef block = chain.mine(transactions).ref();
        for (byte[] each : transactions) {
            waiting.remove(id(each));
            mined.add(id(each));
        }
        return block;
    }

    @Override
    protected boolean goesAway() {
        node.close();
        return true;
    }
}
