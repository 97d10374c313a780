package org.partyline.transportbitcoinj.wallet;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.partyline.api.transport.LocalWallets;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.testkit.MemoryStore;

/** Local wallets as run by the component, with a store in memory. */
public final class WalletBench implements AutoCloseable {
    private final MemoryStore store;
    private final List<Wallet> offered = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final LocalWalletService service;

    /** @param node the node that the wallets follow */
    public WalletBench(Transport node) {
        this(MemoryStore.open(), node);
    }

    private WalletBench(MemoryStore store, Transport node) {
        this.store = store;
        this.service = new LocalWalletService(
                store, Clock.systemUTC(), new SecureRandom(), WalletSettings.DEFAULTS, List.of(node), wallet -> {
                    offered.add(wallet);
                    return () -> offered.remove(wallet);
                });
        timer.scheduleWithFixedDelay(service::tick, 0, 50, TimeUnit.MILLISECONDS);
    }

    /** The same wallets after the server was killed now. */
    public WalletBench afterAKill(Transport node) {
        return new WalletBench(store.copyAndOpen(), node);
    }

    /** The service. */
    public LocalWallets wallets() {
        return service;
    }

    /** The one wallet. */
    public Wallet wallet() {
        return offered.get(0);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        service.close();
    }
}
