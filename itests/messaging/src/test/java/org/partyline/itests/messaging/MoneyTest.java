package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.cover.PoissonTiming;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.testkit.HandSetClock;
import org.partyline.transportembedded.PlayChain;
import org.partyline.vault.MachineStore;

/**
 * Tests costs on a network with real transactions: no announced price is exceeded, and all sums agree with the wallet.
 */
class MoneyTest {
    private static final String ACCOUNT = "";
    /** The number of random courses; more with {@code -Dsimulation.talks=N}. */
    private static final int SEEDS = 10;

    @TempDir
    Path home;

    private final HandSetClock clock = new HandSetClock();
    private PlayChain chain;
    private TestServer alice;
    private long funds;
    private Callable<Void> beforeStatus = () -> null;
    /** The transactions that the node accepted from the server, in order. */
    private final Set<ByteBuffer> accepted = Collections.synchronizedSet(new LinkedHashSet<>());
    /** Whether the wallet hands them over again, as Bitcoin Core's does. */
    private boolean resends;
    /** The transactions that the wallet signed, in order. */
    private final List<SignedTransaction> signed = new CopyOnWriteArrayList<>();

    @BeforeEach
    void oneServer() throws Exception {
        SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
        random.setSeed(1);
        chain = new PlayChain(home, clock, random);
        chain.wallet().freshAddress(ACCOUNT);
        alice = server(new MachineStore());
        alice.vault().create(TestServer.STORE_PASSPHRASE);
        alice.join("lobby", Mode.RATCHET);
        for (String cap : List.of("fee-cap-message", "fee-cap-hour", "fee-cap-day")) {
            alice.settings.set(cap, "100000000sat");
        }
        alice.settings.set("jitter", "0s");
        alice.settings.set("rate-per-minute", "0");
        funds = holdings();
    }

    private TestServer server(MachineStore store) {
        return new TestServer(
                store,
                clock,
                new HashMap<>(),
                new PoissonTiming(),
                new SecureRandom(),
                List.of(watched(chain.transport())),
                List.of(asked(chain.wallet())));
    }

    /** Wraps a node to record the transactions that it accepts. */
    private Transport watched(Transport node) {
        return (Transport) Proxy.newProxyInstance(
                Transport.class.getClassLoader(), new Class<?>[] {Transport.class}, (self, method, arguments) -> {
                    try {
                        Object result = method.invoke(node, arguments);
                        if (method.getName().equals("broadcast")) {
                            accepted.add(ByteBuffer.wrap((byte[]) arguments[0]));
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Hands unconfirmed transactions to the node again, the oldest first. */
    private void resend() throws PartylineException {
        for (ByteBuffer raw : List.copyOf(accepted)) {
            try {
                chain.transport().broadcast(raw.array());
            } catch (TransactionRejectedException e) {
                // It is in a block, or was replaced, or the node wants more.
                continue;
            }
        }
    }

    /** Wraps a wallet so that a test can act before the wallet reports its status on the test's thread. */
    private Wallet asked(Wallet wallet) {
        Thread test = Thread.currentThread();
        return (Wallet) Proxy.newProxyInstance(
                Wallet.class.getClassLoader(), new Class<?>[] {Wallet.class}, (self, method, arguments) -> {
                    if (method.getName().equals("status") && Thread.currentThread() == test) {
                        beforeStatus.call();
                    }
                    try {
                        Object result = method.invoke(wallet, arguments);
                        if (result instanceof SignedTransaction one) {
                            signed.add(one);
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @AfterEach
    void close() throws Exception {
        alice.close();
        chain.close();
    }

    /** Returns the account's balance, in satoshi. */
    private long holdings() throws PartylineException {
        AccountStatus status = chain.wallet().status(ACCOUNT);
        return status.confirmed() + status.unconfirmed() + status.reserved();
    }

    private Receipt send(String text, Carrier carrier) throws PartylineException {
        return send(text, carrier, Duration.ofHours(20));
    }

    private Receipt send(String text, Carrier carrier, Duration life) throws PartylineException {
        return alice.messages()
                .send(new Messages.Send(
                        Optional.empty(),
                        false,
                        "lobby",
                        text,
                        Optional.of(life),
                        false,
                        false,
                        Optional.empty(),
                        Optional.of(carrier)));
    }

    /** Advances the clock, and runs the sender. */
    private void pass() throws Exception {
        clock.pass(Duration.ofSeconds(31));
        if (resends) {
            resend();
        }
        alice.barrier();
        alice.round();
    }

    private Outgoing out(Receipt receipt) throws Exception {
        TestServer.await("it is out", () -> {
            pass();
            return alice.messages().outgoing(receipt.id()).state().compareTo(State.SENT) >= 0;
        });
        return alice.messages().outgoing(receipt.id());
    }

    private static String words(Random random, int most) {
        return "w".repeat(1 + random.nextInt(most));
    }

    // ---- quotes

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling", "both"})
    void atMostOneMessageInTenCostsMoreThanWasSaid(String carriers) throws Exception {
        Random random = new Random(carriers.hashCode());
        alice.settings.set("fee-band", "20");
        long quoted = 0;
        long paid = 0;
        int exceeded = 0;
        int several = 0;
        for (int i = 0; i < 500; i++) {
            if (i % 50 == 0) {
                alice.settings.set(
                        "fee-minimum", List.of("0.1", "0.5", "1", "7", "33").get(i / 50 % 5) + "sat/vB");
            }
            Carrier carrier = carriers.equals("both")
                    ? random.nextBoolean() ? Carrier.CONFIRM : Carrier.ROLLING
                    : new Carrier(carriers);
            Receipt receipt = send(words(random, random.nextInt(5) == 0 ? 400 : 40), carrier);
            Outgoing left = out(receipt);
            // A block in between can only save a packet: the chain's opener that would have been added.
            assertTrue(left.parts().size() <= receipt.packets(), "no more packets than was said");
            several += receipt.packets() > 1 ? 1 : 0;
            quoted += receipt.estimatedFee().orElseThrow();
            paid += left.fee();
            exceeded += left.fee() > receipt.estimatedFee().orElseThrow() ? 1 : 0;
            if (random.nextInt(10) == 0) {
                chain.mine();
                alice.barrier();
                alice.round();
            }
        }
        assertTrue(several > 50, "fragments, too: " + several);
        assertTrue(exceeded <= 50, exceeded + " of 500 cost more than was said");
        assertTrue(quoted <= paid * 13 / 10, quoted + " sat were said and " + paid + " paid");
    }

    // ---- the ledger

    /** Confirms everything that was sent. The operator allows what messages cost more than was said. */
    private void settle() throws Exception {
        TestServer.await("all of it is settled", () -> {
            pass();
            chain.mine();
            alice.barrier();
            List<Outgoing> left = alice.messages().outbox(false);
            if (left.stream().anyMatch(one -> one.state() == State.ON_HOLD)) {
                alice.fees().limit(Fees.Cap.MESSAGE, 100_000_000);
            }
            return left.isEmpty() && chain.waiting() == 0;
        });
        alice.round();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whatWasSpentIsWhatTheWalletLacks(long seed) throws Exception {
        Random random = new Random(seed);
        List<Long> sent = new ArrayList<>();
        for (int step = 0; step < 60; step++) {
            switch (random.nextInt(8)) {
                case 0 -> chain.mine();
                case 1 -> {
                    if (!sent.isEmpty()) {
                        takeBack(sent.get(random.nextInt(sent.size())));
                    }
                }
                case 2 -> restart();
                default ->
                    sent.add(send(words(random, 200), random.nextBoolean() ? Carrier.CONFIRM : Carrier.ROLLING)
                            .id());
            }
            pass();
        }
        settle();
        assertEquals(funds - holdings(), alice.fees().limits().daySpent(), "seed " + seed);
        assertEquals(
                funds - holdings(),
                alice.fees()
                        .spent(
                                alice.personas().list().get(0).name(),
                                clock.instant().minus(Duration.ofHours(23))));
    }

    /**
     * Nodes lose transactions and change their minimum, and miners keep any version. {@code -Dmoney.seed=N} repeats one
     * course.
     */
    @ParameterizedTest
    @MethodSource("seeds")
    void whateverNodesAndMinersDoEachMessageIsPaidOnceAndArrivesOrSaysWhy(long seed) throws Exception {
        Random random = new Random(seed);
        resends = true;
        if (random.nextBoolean()) {
            chain.leaveOneCoin(ACCOUNT);
        }
        List<Long> sent = new ArrayList<>();
        Map<Long, String> waited = new HashMap<>();
        for (int step = 0; step < 50; step++) {
            switch (random.nextInt(11)) {
                case 0 -> chain.mine();
                case 1 -> mineAnyVersion(random);
                case 2 -> evict(random);
                case 3 -> chain.floor(random.nextBoolean() ? 100 : 2_000);
                case 4 -> {
                    if (!sent.isEmpty()) {
                        takeBack(sent.get(random.nextInt(sent.size())));
                    }
                }
                case 5 -> restart();
                default ->
                    sent.add(send(words(random, 200), random.nextBoolean() ? Carrier.CONFIRM : Carrier.ROLLING)
                            .id());
            }
            pass();
        }
        chain.floor(100);
        TestServer.await("all of it is settled", () -> {
            pass();
            chain.mine();
            alice.barrier();
            List<Outgoing> left = alice.messages().outbox(false);
            left.forEach(out -> waited.put(out.id(), out.reason()));
            return left.isEmpty() && chain.waiting() == 0;
        });
        alice.round();
        for (long id : sent) {
            Outgoing out = alice.messages().outgoing(id);
            boolean arrived = out.state() == State.CONFIRMED || out.state() == State.REPLACED;
            // A message that was paid for in part waits if the rest costs more than was approved; it holds up no other.
            boolean tooDear =
                    out.state() == State.EXPIRED && waited.get(id).startsWith("it waits for a lower fee rate: ");
            assertTrue(
                    arrived || out.state() == State.RECALLED || tooDear,
                    () -> "seed " + seed + ": " + out + ", which waited: " + waited.get(id));
        }
        assertEquals(funds - holdings(), alice.fees().limits().daySpent(), "seed " + seed);
    }

    static LongStream seeds() {
        Long one = Long.getLong("money.seed");
        return one == null
                ? LongStream.rangeClosed(1, Integer.getInteger("simulation.talks", SEEDS))
                : LongStream.of(one);
    }

    private void restart() throws Exception {
        alice.close();
        alice.store.lock();
        alice = server(alice.store);
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
    }

    /** Mines one of the last transactions that a node had, if its coins exist; nodes lose all others. */
    private void mineAnyVersion(Random random) throws Exception {
        List<SignedTransaction> known = signed.stream()
                .filter(one -> accepted.contains(ByteBuffer.wrap(one.raw())))
                .toList();
        if (known.isEmpty()) {
            return;
        }
        try {
            chain.mine(known.get(known.size() - 1 - random.nextInt(Math.min(6, known.size()))));
        } catch (TransactionRejectedException e) {
            // Its coins are spent in a block, or those of a transaction that nodes lost.
            return;
        }
    }

    /** A stranger pays more than those that wait, if nodes accept that. */
    private void evict(Random random) throws PartylineException {
        try {
            chain.crowd(new FeeRate(chain.floor().satPerKvb() + 500 + random.nextInt(5_000)));
        } catch (TransactionRejectedException e) {
            // There is no room for it.
            return;
        }
    }

    /** Recalls or cancels a message, if that is still possible. */
    private void takeBack(long id) {
        try {
            if (alice.messages().outgoing(id).state() == State.QUEUED) {
                alice.messages().cancel(id);
            } else {
                alice.messages().recall(id);
            }
        } catch (PartylineException e) {
            // It is in a block, or was recalled already.
            return;
        }
    }

    /**
     * Fee rates rise after the first packets of a long message left, and a block ends their transaction: the others
     * would have to begin a new one, for more than was approved.
     */
    @Test
    void aMessageThatBecameTooDearHoldsUpNoOtherOne() throws Exception {
        Receipt dear = send("long words ".repeat(30), Carrier.ROLLING);
        TestServer.await("some of it is out", () -> {
            pass();
            return chain.waiting() > 0;
        });
        chain.floor(2_000);
        chain.mine();
        alice.barrier();
        TestServer.await("the rest is too dear", () -> {
            pass();
            return alice.messages().outgoing(dear.id()).state() == State.ON_HOLD;
        });
        String reason = alice.messages().outgoing(dear.id()).reason();
        assertTrue(
                reason.matches("it waits for a lower fee rate: .* sat are spent; .*partyline:recall " + dear.id()
                        + " sends no more of it"),
                reason);
        Receipt next = send("what comes next", Carrier.ROLLING);
        Outgoing left = out(next);
        assertTrue(left.fee() <= next.estimatedFee().orElseThrow(), left + " of " + next);
        Outgoing waits = alice.messages().outgoing(dear.id());
        assertTrue(waits.fee() <= most(dear), waits + " of " + dear);
        chain.floor(100);
        settle();
        // Its last packets may have taken the place of its first ones before a block came.
        State end = alice.messages().outgoing(dear.id()).state();
        assertTrue(Set.of(State.CONFIRMED, State.REPLACED).contains(end), () -> "it left, and is " + end);
        assertEquals(funds - holdings(), alice.fees().limits().daySpent());
    }

    private static long most(Receipt receipt) {
        return receipt.estimatedFee().orElseThrow() + receipt.margin();
    }

    /** A block contains the version before it joined, and rates have risen: another coin costs more than was said. */
    @Test
    void aRollingMessageWhoseTransactionIsLostNeverCostsMoreThanWasSaid() throws Exception {
        out(send("a rolling line", Carrier.ROLLING));
        SignedTransaction without = signed.get(signed.size() - 1);
        Receipt next = send("another rolling line", Carrier.ROLLING);
        assertTrue(out(next).fee() <= next.estimatedFee().orElseThrow());
        alice.settings.set("fee-minimum", "2sat/vB");
        chain.mine(without);
        alice.barrier();
        TestServer.await("it waits", () -> {
            pass();
            return alice.messages().outgoing(next.id()).state() == State.ON_HOLD;
        });
        Outgoing waits = alice.messages().outgoing(next.id());
        assertTrue(waits.reason().startsWith("it waits for a lower fee rate: "), waits.reason());
        alice.fees().limit(Fees.Cap.MESSAGE, 5_000);
        assertTrue(out(next).fee() > most(next), "the operator allows more");
        settle();
        assertEquals(funds - holdings(), alice.fees().limits().daySpent());
    }

    /** Nodes ask for more before any of them has its transaction, which is then signed again for more. */
    @Test
    void aRollingMessageThatNodesAskMoreForNeverCostsMoreThanWasSaid() throws Exception {
        Receipt first = send("a rolling line", Carrier.ROLLING);
        out(first);
        chain.floor(5_000);
        chain.crowd(new FeeRate(9_000));
        for (int i = 0; i < 60; i++) {
            pass();
        }
        Outgoing waits = alice.messages().outgoing(first.id());
        assertTrue(waits.fee() <= most(first), waits + " of " + first);
        alice.fees().limit(Fees.Cap.MESSAGE, 5_000);
        TestServer.await("nodes have it again", () -> {
            pass();
            return chain.waiting() > 1;
        });
        assertTrue(alice.messages().outgoing(first.id()).fee() > most(first));
        settle();
        assertEquals(funds - holdings(), alice.fees().limits().daySpent());
    }

    // ---- one coin

    @Test
    void aMessageThatIsToStayEndsTheRollingTransactionThatHasTheOnlyCoin() throws Exception {
        chain.leaveOneCoin(ACCOUNT);
        alice.settings.set("roll-spacing", "10m");
        Receipt first = send("a rolling line", Carrier.ROLLING);
        out(first);
        Receipt waits = send("another rolling line", Carrier.ROLLING);
        // The sender may run at any time.
        beforeStatus = () -> {
            alice.round();
            return null;
        };
        Receipt stays = send("this is to stay", Carrier.CONFIRM);
        beforeStatus = () -> null;
        assertEquals("", stays.waits());
        assertTrue(stays.warnings()
                .get(0)
                .startsWith("no other coin is free, so it ends this persona's rolling transaction"));
        alice.round();
        Outgoing left = alice.messages().outgoing(stays.id());
        assertTrue(left.fee() > 0, left::toString);
        assertTrue(left.fee() <= stays.estimatedFee().orElseThrow());
        out(waits);
        settle();
        for (Receipt one : List.of(first, waits, stays)) {
            assertEquals(
                    State.CONFIRMED, alice.messages().outgoing(one.id()).state(), "two transactions roll, one stays");
        }
    }

    /** A miner may have kept any version: a transaction that spends the change of a later one is never mined. */
    @Test
    void aMessageThatIsBuiltOnARollingTransactionIsFundedAgainWhereAnEarlierVersionIsMined() throws Exception {
        chain.leaveOneCoin(ACCOUNT);
        Receipt first = send("a rolling line", Carrier.ROLLING);
        out(first);
        SignedTransaction version = signed.get(signed.size() - 1);
        Receipt second = send("another rolling line", Carrier.ROLLING);
        out(second);
        Receipt stays = send("this is to stay", Carrier.CONFIRM);
        out(stays);
        Receipt next = send("this, too", Carrier.CONFIRM);
        out(next);
        chain.mine(version);
        settle();
        for (Receipt one : List.of(first, second, stays, next)) {
            assertEquals(State.CONFIRMED, alice.messages().outgoing(one.id()).state(), "" + one.id());
        }
        assertEquals(funds - holdings(), alice.fees().limits().daySpent());
    }

    /** A miner may not know of the recall: its change is gone with it. */
    @Test
    void aMessageThatIsBuiltOnARecallIsFundedAgainWhereTheRecalledOneIsMined() throws Exception {
        chain.leaveOneCoin(ACCOUNT);
        Receipt goes = send("this is to go", Carrier.CONFIRM);
        out(goes);
        SignedTransaction version = signed.get(signed.size() - 1);
        alice.messages().recall(goes.id());
        Receipt stays = send("this is to stay", Carrier.CONFIRM);
        out(stays);
        chain.mine(version);
        settle();
        for (Receipt one : List.of(goes, stays)) {
            assertEquals(State.CONFIRMED, alice.messages().outgoing(one.id()).state(), "" + one.id());
        }
        assertEquals(funds - holdings(), alice.fees().limits().daySpent());
    }

    /** Somebody else may have kept the later packets of a message that was recalled too late. */
    @Test
    void aMessageWhoseCoinAPacketOfARecalledOneSpendsInABlockIsFundedAgain() throws Exception {
        chain.leaveOneCoin(ACCOUNT);
        signed.clear();
        Receipt goes = send("long words ".repeat(5), Carrier.CONFIRM);
        out(goes);
        List<SignedTransaction> packets = List.copyOf(signed);
        alice.messages().recall(goes.id());
        chain.mine(packets.get(0));
        pass();
        Receipt stays = send("this is to stay", Carrier.CONFIRM);
        out(stays);
        chain.mine(packets.get(1));
        settle();
        assertEquals(State.CONFIRMED, alice.messages().outgoing(stays.id()).state());
        assertEquals(funds - holdings(), alice.fees().limits().daySpent());
    }

    /**
     * The minimum rises above both: the second one's coin is missing until nodes have the first again, and no other
     * coin pays.
     */
    @Test
    void aMessageThatIsBuiltOnWhatNodesLostWaitsForThat() throws Exception {
        chain.leaveOneCoin(ACCOUNT);
        Receipt first = send("this is to stay", Carrier.CONFIRM);
        out(first);
        Receipt next = send("this, too", Carrier.CONFIRM);
        TestServer.await("it is relayed", () -> out(next).state() == State.RELAYED);
        int payments = signed.size();
        chain.floor(5_000);
        chain.crowd(new FeeRate(9_000));
        for (int i = 0; i < 60; i++) {
            pass();
        }
        assertEquals(
                "nodes had it and lost it again, and one now rejects it: bad-txns-inputs-missingorspent",
                alice.messages().outgoing(next.id()).reason());
        chain.floor(100);
        settle();
        for (Receipt one : List.of(first, next)) {
            assertEquals(State.CONFIRMED, alice.messages().outgoing(one.id()).state());
        }
        assertEquals(payments, signed.size());
    }

    /**
     * Nodes lost the rolling transaction, and got its first version again: the change of that paid for a message, before
     * a block contained the last one.
     */
    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling"})
    void aMessageThatIsBuiltOnAVersionThatCanBeMinedNoMoreIsFundedAgain(String carrier) throws Exception {
        chain.leaveOneCoin(ACCOUNT);
        out(send("a rolling line ".repeat(12), Carrier.ROLLING));
        SignedTransaction first = signed.get(signed.size() - 1);
        out(send("another rolling line ".repeat(9), Carrier.ROLLING));
        SignedTransaction last = signed.get(signed.size() - 1);
        // It is old: it ends, and the next rolling message begins another one.
        clock.pass(Duration.ofHours(7));
        pass();
        // Nodes are asked for it, and not again for some minutes.
        pass();
        chain.mine(chain.wallet().pay("stranger", List.of(new byte[80]), new FeeRate(9_000)));
        chain.transport().broadcast(first.raw());
        Receipt stays = send("this is to stay", new Carrier(carrier));
        out(stays);
        SignedTransaction built = signed.get(signed.size() - 1);
        assertTrue(OutgoingPart.spends(built.raw(), first.id().bytes()), "it is paid from the change of the first");
        chain.mine(last);
        settle();
        assertEquals(State.CONFIRMED, alice.messages().outgoing(stays.id()).state());
        assertEquals(funds - holdings(), alice.fees().limits().daySpent());
    }

    /** Its coin is missing until nodes have the first message again: it is not spent by another transaction. */
    @Test
    void aRollingTransactionThatIsBuiltOnWhatNodesLostWaitsForThat() throws Exception {
        chain.leaveOneCoin(ACCOUNT);
        Receipt first = send("this is to stay", Carrier.CONFIRM);
        out(first);
        Receipt next = send("a rolling line", Carrier.ROLLING);
        out(next);
        int payments = signed.size();
        chain.floor(5_000);
        chain.crowd(new FeeRate(9_000));
        for (int i = 0; i < 60; i++) {
            pass();
        }
        assertEquals(State.RELAYED, alice.messages().outgoing(next.id()).state());
        chain.floor(100);
        settle();
        for (Receipt one : List.of(first, next)) {
            assertEquals(State.CONFIRMED, alice.messages().outgoing(one.id()).state());
        }
        assertEquals(payments, signed.size());
        assertEquals(funds - holdings(), alice.fees().limits().daySpent());
    }

    @Test
    void aLongMessageThatOneCoinPaidForIsRecalledAsAWhole() throws Exception {
        chain.leaveOneCoin(ACCOUNT);
        Receipt goes = send("long words ".repeat(20), Carrier.CONFIRM);
        out(goes);
        long paid = alice.messages().outgoing(goes.id()).fee();
        assertTrue(chain.waiting() > 2, "several packets, each of which spends the change of the one before");
        Messages.Recalled recalled = alice.messages().recall(goes.id());
        assertEquals(State.RECALLED, recalled.outgoing().state());
        assertEquals(1, chain.waiting());
        Receipt next = send("what comes next", Carrier.CONFIRM);
        out(next);
        settle();
        assertEquals(State.RECALLED, alice.messages().outgoing(goes.id()).state());
        assertEquals(State.CONFIRMED, alice.messages().outgoing(next.id()).state());
        assertEquals(paid + recalled.fee(), alice.messages().outgoing(goes.id()).fee());
        assertEquals(funds - holdings(), alice.fees().limits().daySpent());
    }

    @Test
    void aMessageWhoseChangePaysForAnotherIsNotRecalled() throws Exception {
        chain.leaveOneCoin(ACCOUNT);
        Receipt first = send("this is to stay", Carrier.CONFIRM);
        out(first);
        Receipt next = send("this, too", Carrier.CONFIRM);
        out(next);
        assertEquals(
                "message 1 cannot be recalled: its change pays for message 2, which would be lost with it",
                assertThrows(PartylineException.class, () -> alice.messages().recall(first.id()))
                        .getMessage());
        assertTrue(alice.messages().outgoing(first.id()).state().compareTo(State.CONFIRMED) < 0);
        settle();
        for (Receipt one : List.of(first, next)) {
            assertEquals(State.CONFIRMED, alice.messages().outgoing(one.id()).state());
        }
        assertEquals(funds - holdings(), alice.fees().limits().daySpent());
    }

    /** The recall carries nothing, so no block shows it to files that lack it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aMessageWhoseRecallIsMissingInRestoredFilesEndsWhereThatIsMined(boolean known) throws Exception {
        Receipt goes = send("this is to go", Carrier.CONFIRM, Duration.ofDays(44));
        TestServer.await("it is shown", () -> {
            pass();
            return alice.messages().outgoing(goes.id()).state() == State.RELAYED;
        });
        MachineStore before = alice.store.copy();
        Map<String, byte[]> tokens = Map.copyOf(before.outside.tokens);
        alice.messages().recall(goes.id());
        chain.mine();
        alice.close();
        if (!known) {
            // It was killed after the recall, which uses no key.
            before.outside.tokens.clear();
            before.outside.tokens.putAll(tokens);
            clock.pass(Duration.ofHours(5));
        }
        before.lock();
        alice = server(before);
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        assertEquals(known, !alice.vault().warnings().isEmpty());
        TestServer.await("it ends", () -> {
            clock.pass(Duration.ofMinutes(30));
            // Not once before: these files know no block, and the node may not be watched yet.
            chain.mine();
            pass();
            return alice.messages().outgoing(goes.id()).state().isSettled();
        });
        Outgoing end = alice.messages().outgoing(goes.id());
        assertEquals(State.FAILED, end.state(), end::toString);
        assertTrue(end.reason().startsWith("a transaction that these files do not have spent its coin"), end::reason);
    }
}
