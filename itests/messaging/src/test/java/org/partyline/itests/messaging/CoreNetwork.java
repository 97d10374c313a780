package org.partyline.itests.messaging;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.HandSetClock;
import org.partyline.transportrpc.OpenNode;

/**
 * A line of real Bitcoin Core nodes for servers in the process of a test. All follow one clock, which the test moves:
 * an absence of a day takes no longer than its blocks, and nodes announce transactions to each other with their usual
 * delays by that clock.
 */
final class CoreNetwork implements TalkNetwork, AutoCloseable {
    /** The wallet of {@link RegtestNode} with the coins of its blocks. */
    private static final String BANK = "bank";

    private static final int COINS = 60;
    private static final long SAT_PER_COIN = 100_000;
    /** Confirmations of a wallet's coins, so that no reorganisation in a conversation removes them. */
    private static final int SETTLED = 10;

    private final HandSetClock clock =
            new HandSetClock(Instant.ofEpochSecond(Instant.now().getEpochSecond()));
    private final List<RegtestNode> nodes;
    private final List<byte[]> handed = new CopyOnWriteArrayList<>();
    private final List<CoreSeat> seats = new CopyOnWriteArrayList<>();
    /** Each person's node in the line. */
    private final Map<String, Integer> places = new HashMap<>();

    private final Map<String, String> wallets = new HashMap<>();
    private int walletsMade;

    /** @param nodes number of nodes in the line */
    CoreNetwork(int nodes) throws Exception {
        this.nodes = RegtestNode.startLine(nodes);
        pass(Duration.ZERO);
    }

    /** Assigns someone a node of the line, and a wallet there with coins. */
    void settle(String person, int place) throws Exception {
        RegtestNode node = nodes.get(place);
        String wallet = person + ++walletsMade;
        node.call("createwallet", wallet);
        Map<String, BigDecimal> coins = new HashMap<>();
        for (int i = 0; i < COINS; i++) {
            coins.put(node.wallet(wallet, "getnewaddress").asText(), BigDecimal.valueOf(SAT_PER_COIN, 8));
        }
        nodes.get(0).wallet(BANK, "sendmany", "", coins);
        nodes.get(0).mine(SETTLED);
        pass(Duration.ofSeconds(1));
        places.put(person, place);
        wallets.put(person, wallet);
    }

    @Override
    public HandSetClock clock() {
        return clock;
    }

    @Override
    public Seat seat(String person, int outputs) throws Exception {
        RegtestNode node = nodes.get(places.get(person));
        CoreSeat seat = new CoreSeat(node, new OpenNode(person, node, wallets.get(person)), outputs, handed);
        Eventually.that(
                "the node of " + person + " is ready", () -> seat.status().state() == NodeStatus.State.READY);
        seats.add(seat);
        return seat;
    }

    @Override
    public void pass(Duration time) throws Exception {
        clock.pass(time);
        for (RegtestNode node : nodes) {
            node.call("setmocktime", clock.instant().getEpochSecond());
        }
        exchange();
        awaitBlocks();
    }

    /** Returns once all neighbours have received everything that was due at this time. */
    private void exchange() {
        List<List<Integer>> before = nodes.stream().map(CoreNetwork::pongs).toList();
        nodes.forEach(node -> node.call("ping"));
        for (int i = 0; i < nodes.size(); i++) {
            RegtestNode node = nodes.get(i);
            List<Integer> known = before.get(i);
            Eventually.that("the peers of a node have answered it", () -> haveGrown(known, pongs(node)));
        }
    }

    private static boolean haveGrown(List<Integer> before, List<Integer> now) {
        return IntStream.range(0, before.size()).allMatch(i -> now.get(i) > before.get(i));
    }

    /** Returns the bytes of answers to pings, for each peer. */
    private static List<Integer> pongs(RegtestNode node) {
        List<Integer> all = new ArrayList<>();
        for (JsonNode peer : node.call("getpeerinfo")) {
            all.add(peer.path("bytesrecv_per_msg").path("pong").asInt(0));
        }
        return all;
    }

    private void awaitBlocks() {
        Eventually.that(
                "all nodes have the same blocks",
                () -> nodes.stream().map(RegtestNode::bestBlock).distinct().count() == 1);
    }

    @Override
    public void deliver() {
        awaitBlocks();
        for (CoreSeat seat : seats) {
            try {
                Eventually.that(
                        seat.name() + "'s server was told of all that its node has",
                        () -> seat.untold().isEmpty());
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + ": " + seat.untold() + ", " + seat.status(), e);
            }
        }
    }

    @Override
    public void mine() {
        nodes.get(0).mine(1);
        awaitBlocks();
    }

    @Override
    public void mineOlder(int which) {
        List<String> waiting = nodes.get(0).mempool();
        if (waiting.isEmpty()) {
            return;
        }
        byte[] current = HexFormat.of()
                .parseHex(nodes.get(0)
                        .call("getrawtransaction", waiting.get(which % waiting.size()))
                        .asText());
        List<byte[]> versions = handed.stream()
                .filter(raw -> Arrays.equals(firstInput(raw), firstInput(current)))
                .toList();
        if (!versions.isEmpty()) {
            try {
                nodes.get(0).mineOnly(HexFormat.of().formatHex(versions.get(which % versions.size())));
            } catch (IllegalStateException e) {
                // It spends the change of another unconfirmed one: no block with only one transaction can contain it.
                return;
            }
            awaitBlocks();
        }
    }

    /** The first outpoint of a transaction with witnesses. */
    private static byte[] firstInput(byte[] raw) {
        int at = raw[4] == 0 ? 7 : 5;
        return Arrays.copyOfRange(raw, at, at + 36);
    }

    @Override
    public void reorganise(int blocks, boolean keep) {
        RegtestNode node = nodes.get(0);
        List<String> waiting = node.mempool().stream()
                .map(id -> node.call("getrawtransaction", id).asText())
                .toList();
        node.leave(blocks);
        for (int i = 0; i <= blocks; i++) {
            if (keep) {
                node.mine(1);
            } else {
                node.mineOnly();
            }
        }
        awaitBlocks();
        if (keep) {
            // Between the two chains its height was lower for a while, and it dropped transactions whose lock time
            // forbids them there. A node that follows a longer chain switches at once.
            waiting.forEach(raw -> takeAgain(node, raw));
        }
    }

    private static void takeAgain(RegtestNode node, String raw) {
        try {
            node.call("sendrawtransaction", raw);
        } catch (IllegalStateException e) {
            // It is in a block of the new chain, or another one spends its coins there.
        }
    }

    @Override
    public void evictAll() {
        throw new UnsupportedOperationException("a node forgets nothing on command");
    }

    @Override
    public List<byte[]> handed() {
        return handed;
    }

    @Override
    public long paid(Collection<Seat> seats) {
        return seats.stream()
                .flatMap(seat -> ((CoreSeat) seat).signed().values().stream())
                .filter(signed -> nodes.get(0).blockOf(signed.id().toString()).isPresent())
                .mapToLong(SignedTransaction::fee)
                .sum();
    }

    @Override
    public void close() {
        nodes.forEach(RegtestNode::close);
    }
}
