package org.partyline.transportrpc;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.partyline.api.FeeRate;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.bitcointx.MalformedException;
import org.partyline.bitcointx.TxView;

/**
 * Exercises everything in this bundle with a real regtest node: pays, broadcasts, sees the transaction arrive, mines
 * it, disconnects the block, reserves and releases. Arguments: settings as {@code key=value}, with a wallet that can be
 * created.
 */
public final class RpcSmoke {
    private static final int PATIENCE_SECONDS = 60;

    private RpcSmoke() {}

    /** A recorded event. */
    record Event(String what, TxId id, Optional<BlockRef> block) {}

    /** @param arguments {@code url=http://127.0.0.1:48332 network=regtest user=u password=p wallet=w name=smoke} */
    public static void main(String[] arguments) throws Exception {
        Map<String, String> values = new HashMap<>(Map.of("name", "smoke", "network", "regtest", "wallet", "smoke"));
        Arrays.stream(arguments).forEach(a -> values.put(a.split("=", 2)[0], a.split("=", 2)[1]));
        RpcSettings settings = RpcSettings.of(values, Path.of(System.getProperty("user.home")));
        RpcClient direct = new RpcClient(
                "direct",
                settings.url(),
                settings.credentials(),
                FakeNetwork.to(settings.url()),
                settings::connectTimeout,
                settings.timeout(),
                AnswerLimits.of(settings.responseLimit(), Long.MAX_VALUE),
                time -> TimeUnit.MILLISECONDS.sleep(time.toMillis()),
                Clock.systemUTC());
        createWallet(direct, settings.wallet());
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
        try (RpcNode node = RpcNode.open(
                settings,
                () -> Optional.of(new FakeNetwork()),
                executor,
                Clock.systemUTC(),
                new SecureRandom(),
                time -> TimeUnit.MILLISECONDS.sleep(time.toMillis()))) {
            run(settings, direct, node.transport(), node.wallet().orElseThrow());
        } finally {
            executor.shutdownNow();
        }
        say("all done");
    }

    private static void run(RpcSettings settings, RpcClient direct, Transport transport, Wallet wallet)
            throws Exception {
        String address = wallet.freshAddress(Wallet.DEFAULT_ACCOUNT);
        String other = wallet.freshAddress("alice");
        direct.call("generatetoaddress", 3, other);
        direct.call("generatetoaddress", 103, address);
        BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        try (Transport.Subscription watch = transport.watch(listener(events), Optional.empty())) {
            await(events, e -> e.what().equals("connected"));
            say(transport.status() + " " + transport.policy());
            say(wallet.status(Wallet.DEFAULT_ACCOUNT).confirmed() + " sat, alice "
                    + wallet.status("alice").confirmed());
            say("estimate " + transport.estimateFee(6));
            FeeRate rate = transport.policy().minRelayFee();
            for (int i = 0; i < 3; i++) {
                byte[] payload = new byte[80];
                Arrays.fill(payload, (byte) (i + 1));
                SignedTransaction paid = wallet.pay(i == 1 ? "alice" : "", List.of(payload), rate);
                say(paid + ", reserved " + wallet.status(i == 1 ? "alice" : "").reserved());
                transport.broadcast(paid.raw());
                transport.broadcast(paid.raw());
                await(events, e -> e.what().equals("seen") && e.id().equals(paid.id()));
                say(transport.locate(paid.id()) + ", notifications "
                        + transport.status().notifications());
                if (transport.locate(paid.id()).kind() != TransactionPlace.Kind.MEMPOOL) {
                    throw new IllegalStateException("not in the mempool");
                }
            }
            SignedTransaction dropped = wallet.pay("", List.of(new byte[64]), rate);
            long reserved = wallet.status("").reserved();
            wallet.release("", dropped);
            wallet.reserve("", dropped);
            say("reserved " + reserved + " = " + wallet.status("").reserved());
            wallet.release("", dropped);
            if (transport.policy().maxScriptBytes() > 1000) {
                SignedTransaction two = wallet.pay("", List.of(new byte[512], new byte[128]), rate);
                transport.broadcast(two.raw());
                await(events, e -> e.what().equals("seen") && e.id().equals(two.id()));
            }
            SignedTransaction last = wallet.pay("", List.of(new byte[] {9}), rate);
            transport.broadcast(last.raw());
            await(events, e -> e.what().equals("seen") && e.id().equals(last.id()));
            String block = direct.call("generatetoaddress", 1, address).get(0).asText();
            await(events, e -> e.what().equals("in block") && e.id().equals(last.id()));
            Event connected = await(
                    events,
                    e -> e.what().equals("connected") && e.id().toString().equals(block));
            say("connected " + connected.block());
            say(transport.locate(last.id()) + " " + transport.fetch(last.id()).isPresent());
            transport.broadcast(last.raw());
            direct.call("invalidateblock", block);
            await(
                    events,
                    e -> e.what().equals("disconnected") && e.id().toString().equals(block));
            direct.call("reconsiderblock", block);
            await(events, e -> e.what().equals("connected") && e.id().toString().equals(block));
            BlockingQueue<Event> again = new LinkedBlockingQueue<>();
            BlockRef since = new BlockRef(
                    connected.block().orElseThrow().height() - 1,
                    TxId.of(direct.call(
                                    "getblockhash",
                                    connected.block().orElseThrow().height() - 1)
                            .asText()),
                    connected.block().orElseThrow().time());
            try (Transport.Subscription second = transport.watch(listener(again), Optional.of(since))) {
                await(again, e -> e.what().equals("in block") && e.id().equals(last.id()));
                await(
                        again,
                        e -> e.what().equals("connected") && e.id().toString().equals(block));
            }
        }
        say(transport.status());
    }

    private static void createWallet(RpcClient direct, String name) throws Exception {
        try {
            direct.call("createwallet", name);
        } catch (RpcException e) {
            say(e.getMessage());
        }
    }

    private static Event await(BlockingQueue<Event> events, Predicate<Event> wanted) throws InterruptedException {
        while (true) {
            Event event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (event == null) {
                throw new IllegalStateException("nothing came within " + PATIENCE_SECONDS + " s");
            }
            if (wanted.test(event)) {
                return event;
            }
        }
    }

    private static TransactionListener listener(BlockingQueue<Event> events) {
        return new TransactionListener() {
            @Override
            public void transaction(byte[] raw, Optional<BlockRef> block) {
                try {
                    events.add(new Event(
                            block.isPresent() ? "in block" : "seen",
                            TxView.of(raw).id(),
                            block));
                } catch (MalformedException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public void blockConnected(BlockRef block) {
                events.add(new Event("connected", block.hash(), Optional.of(block)));
            }

            @Override
            public void blockDisconnected(BlockRef block) {
                events.add(new Event("disconnected", block.hash(), Optional.of(block)));
            }

            @Override
            public void removed(TxId id) {
                events.add(new Event("removed", id, Optional.empty()));
            }
        };
    }

    private static void say(Object text) {
        System.out.println(text);
    }
}
