package org.partyline.transportbitcoinj.wallet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.core.TransactionInput;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.WalletException;
import org.partyline.bitcoinsigner.P2wpkhSigner;
import org.partyline.bitcointx.TxView;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;

class LocalWalletTest {
    private static final FeeRate RATE = new FeeRate(1000);
    private static final List<byte[]> PAYLOAD = List.of("eighty bytes of nothing".getBytes(StandardCharsets.US_ASCII));
    private static final byte[] ENTROPY = new byte[16];

    private MemoryStore store;
    private Clock clock;
    private LocalWallet wallet;

    @BeforeEach
    void makeAWallet() throws Exception {
        store = MemoryStore.open();
        clock = Clock.fixed(Payments.block(110).time(), ZoneOffset.UTC);
        store.transact(tx -> {
            WalletRecords.put(tx, new WalletRecords.Seed(Network.REGTEST, "local", ENTROPY.clone(), Instant.EPOCH));
            return null;
        });
        wallet = open(store);
    }

    private LocalWallet open(MemoryStore from) throws WalletException {
        LocalWallet opened =
                LocalWallet.of("local", Network.REGTEST, from, clock, WalletSettings.DEFAULTS, new SecureRandom());
        opened.load();
        opened.begin();
        return opened;
    }

    private static Optional<BlockRef> in(int height) {
        return Optional.of(Payments.block(height));
    }

    private void confirm(LocalWallet of, int height, byte[]... transactions) {
        for (byte[] raw : transactions) {
            of.transaction(raw, in(height));
        }
        of.blockConnected(Payments.block(height));
    }

    private static Set<String> inputs(SignedTransaction transaction) throws Exception {
        TxView view = TxView.of(transaction.raw());
        Set<String> inputs = new HashSet<>();
        for (int i = 0; i < view.inputCount(); i++) {
            inputs.add(view.input(i).toString());
        }
        return inputs;
    }

    private static Set<String> coins(AccountStatus status) {
        Set<String> coins = new HashSet<>();
        status.coins().forEach(coin -> coins.add(coin.outpoint()));
        return coins;
    }

    @Test
    void aPaymentCountsWhenItIsInABlock() throws Exception {
        byte[] payment = Payments.to(1, wallet.freshAddress(""), 70_000);
        wallet.transaction(payment, Optional.empty());

        assertEquals(new AccountStatus("", 0, 70_000, 0, List.of()), wallet.status(""));

        confirm(wallet, 101, payment);
        confirm(wallet, 102);

        AccountStatus status = wallet.status("");
        assertEquals(70_000, status.confirmed());
        assertEquals(2, status.coins().get(0).confirmations());
        assertEquals(TxView.of(payment).id() + ":0", status.coins().get(0).outpoint());
    }

    @Test
    void paysWithWhatTheRateAsksAndBringsTheRestHome() throws Exception {
        confirm(wallet, 101, Payments.to(1, wallet.freshAddress(""), 70_000));

        SignedTransaction paid = wallet.pay("", PAYLOAD, new FeeRate(2500));

        Transaction transaction = Transaction.read(ByteBuffer.wrap(paid.raw()));
        assertEquals(paid.id().toString(), transaction.getTxId().toString());
        assertEquals(paid.vsize(), transaction.getVsize());
        assertTrue(paid.fee() >= new FeeRate(2500).fee(paid.vsize()));
        assertTrue(paid.fee() <= new FeeRate(2500).fee(paid.vsize() + 1));
        assertEquals(2, transaction.getOutputs().size());
        long out = transaction.getOutputs().stream()
                .mapToLong(o -> o.getValue().getValue())
                .sum();
        assertEquals(70_000, out + paid.fee());
        TransactionInput input = transaction.getInput(0);
        assertEquals(0xfffffffdL, input.getSequenceNumber());
        assertEquals(2, transaction.getVersion());
        assertTrue(transaction.lockTime().rawValue() <= 101
                && transaction.lockTime().rawValue() >= 1);
        assertTrue(P2wpkhSigner.valid(
                transaction, 0, HdKeys.program(HdKeys.accountPublic(ENTROPY, Network.REGTEST, 0), 0, 0), 70_000));
        byte[] script = transaction.getOutputs().stream()
                .filter(o -> o.getValue().getValue() == 0)
                .findFirst()
                .orElseThrow()
                .getScriptBytes();
        assertArrayEquals(TransactionBuilder.dataScript(PAYLOAD.get(0)), script);
    }

    @Test
    void aPaymentReservesItsCoinsUntilItIsReleased() throws Exception {
        confirm(wallet, 101, Payments.to(1, wallet.freshAddress(""), 70_000));
        SignedTransaction paid = wallet.pay("", PAYLOAD, RATE);

        AccountStatus held = wallet.status("");
        assertEquals(70_000, held.reserved());
        assertEquals(0, held.confirmed());
        InsufficientFundsException refused =
                assertThrows(InsufficientFundsException.class, () -> wallet.pay("", PAYLOAD, RATE));
        assertTrue(refused.getMessage().contains("0 sat can be spent now (70000 sat reserved)"), refused.getMessage());

        wallet.release("", paid);

        assertEquals(70_000, wallet.status("").confirmed());
    }

    @Test
    void changeOfAPaymentThatANodeSawCanBeSpentAtOnce() throws Exception {
        confirm(wallet, 101, Payments.to(1, wallet.freshAddress(""), 70_000));
        SignedTransaction first = wallet.pay("", PAYLOAD, RATE);
        assertThrows(InsufficientFundsException.class, () -> wallet.pay("", PAYLOAD, RATE));

        wallet.transaction(first.raw(), Optional.empty());

        SignedTransaction second = wallet.pay("", PAYLOAD, RATE);
        assertTrue(inputs(second).iterator().next().startsWith(first.id().toString()));
        confirm(wallet, 102, first.raw(), second.raw());
        assertEquals(70_000 - first.fee() - second.fee(), wallet.status("").confirmed());
    }

    @Test
    void noMoreUnconfirmedPaymentsHangTogetherThanNodesTake() throws Exception {
        confirm(wallet, 101, Payments.to(1, wallet.freshAddress(""), 700_000));
        for (int i = 0; i < 25; i++) {
            wallet.transaction(wallet.pay("", PAYLOAD, RATE).raw(), Optional.empty());
        }

        assertThrows(InsufficientFundsException.class, () -> wallet.pay("", PAYLOAD, RATE));
    }

    @Test
    void asManyHangTogetherAsTheNodesAccept() throws Exception {
        wallet.mostUnconfirmed(40);
        confirm(wallet, 101, Payments.to(1, wallet.freshAddress(""), 700_000));
        for (int i = 0; i < 40; i++) {
            wallet.transaction(wallet.pay("", PAYLOAD, RATE).raw(), Optional.empty());
        }

        assertThrows(InsufficientFundsException.class, () -> wallet.pay("", PAYLOAD, RATE));
        wallet.mostUnconfirmed(41);
        wallet.pay("", PAYLOAD, RATE);
    }

    @Test
    void aStrangersUnconfirmedPaymentIsNotSpent() throws Exception {
        wallet.transaction(Payments.to(1, wallet.freshAddress(""), 70_000), Optional.empty());

        assertThrows(InsufficientFundsException.class, () -> wallet.pay("", PAYLOAD, RATE));
    }

    @Test
    void coinsOfTwoPersonasNeverMeet() throws Exception {
        confirm(
                wallet,
                101,
                Payments.to(1, wallet.freshAddress(""), 400),
                Payments.to(2, wallet.freshAddress("p2"), 100_000),
                Payments.to(3, wallet.freshAddress("p2"), 300));

        assertThrows(InsufficientFundsException.class, () -> wallet.pay("", PAYLOAD, new FeeRate(4000)));
        SignedTransaction paid = wallet.pay("p2", PAYLOAD, new FeeRate(4000));

        Set<String> own = new HashSet<>();
        own.add(TxView.of(Payments.to(2, addressOf("p2", 0), 100_000)).id() + ":0");
        assertEquals(own, inputs(paid));
        wallet.transaction(paid.raw(), Optional.empty());
        assertEquals(400, wallet.status("").confirmed());
        assertEquals(
                100_000 - paid.fee() + 300,
                wallet.status("p2").confirmed() + wallet.status("p2").unconfirmed());
    }

    private static String addressOf(String account, int index) throws WalletException {
        return Addresses.of(
                Network.REGTEST,
                HdKeys.program(
                        HdKeys.accountPublic(ENTROPY, Network.REGTEST, WalletAccounts.number(account)),
                        KeyRef.EXTERNAL,
                        index));
    }

    @Test
    void addressesAreFreshEachTimeAlsoAfterTheServerWasKilled() throws Exception {
        Set<String> shown = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            assertTrue(shown.add(wallet.freshAddress("")));
            assertTrue(shown.add(wallet.freshAddress("p2")));
            store = store.copyAndOpen();
            wallet = open(store);
        }
        assertEquals(10, shown.size());
    }

    @Test
    void aKillAfterAPaymentWasSignedSpendsNothingTwice() throws Exception {
        confirm(wallet, 101, Payments.to(1, wallet.freshAddress(""), 70_000));
        SignedTransaction paid = wallet.pay("", PAYLOAD, RATE);

        LocalWallet after = open(store.copyAndOpen());

        assertThrows(InsufficientFundsException.class, () -> after.pay("", PAYLOAD, RATE));
        after.reserve("", paid);
        after.release("", paid);
        SignedTransaction again = after.pay("", PAYLOAD, RATE);
        assertEquals(inputs(paid), inputs(again));
        assertNotEquals(change(paid), change(again), "a change address was used twice");
    }

    @Test
    void aChangeAddressOfAReleasedPaymentIsNotUsedAgainAfterARestart() throws Exception {
        confirm(wallet, 101, Payments.to(1, wallet.freshAddress(""), 70_000));
        SignedTransaction paid = wallet.pay("", PAYLOAD, RATE);
        wallet.release("", paid);

        SignedTransaction again = open(store.copyAndOpen()).pay("", PAYLOAD, RATE);

        assertNotEquals(change(paid), change(again), "a change address was used twice");
    }

    private MemoryStore restoredStore;

    private LocalWallet restored() throws Exception {
        MemoryStore empty = MemoryStore.open();
        restoredStore = empty;
        empty.transact(tx -> {
            WalletRecords.put(tx, new WalletRecords.Seed(Network.REGTEST, "local", ENTROPY.clone(), Instant.EPOCH));
            return null;
        });
        return open(empty);
    }

    @Test
    void aRestoredWalletFindsItsCoinsHoweverManyPaymentsWereRefusedBefore() throws Exception {
        byte[] funding = Payments.to(1, wallet.freshAddress(""), 70_000);
        confirm(wallet, 101, funding);
        for (int i = 0; i < 200; i++) {
            wallet.discard("", wallet.pay("", PAYLOAD, RATE));
            if (i % 20 == 0) {
                store = store.copyAndOpen();
                wallet = open(store);
            }
        }
        SignedTransaction sent = wallet.pay("", PAYLOAD, RATE);
        wallet.transaction(sent.raw(), Optional.empty());
        confirm(wallet, 102, sent.raw());
        assertEquals(70_000 - sent.fee(), wallet.status("").confirmed());

        LocalWallet restored = restored();
        confirm(restored, 101, funding);
        confirm(restored, 102, sent.raw());

        assertEquals(wallet.status(""), restored.status(""));
        assertEquals(
                List.of(1),
                store.transact(tx -> WalletRecords.given(tx, Network.REGTEST)).stream()
                        .filter(given -> given.chain() == KeyRef.CHANGE)
                        .map(WalletRecords.Given::next)
                        .toList());
    }

    @Test
    void whatMayHaveBeenSeenKeepsItsChangeAddressAndTheWalletStopsBeforeARestoredOneMissesCoins() throws Exception {
        byte[] funding = Payments.to(1, wallet.freshAddress(""), 70_000);
        confirm(wallet, 101, funding);
        Set<String> changes = new HashSet<>();
        SignedTransaction last = null;
        for (int i = 0; i < WalletSettings.DEFAULTS.gapLimit(); i++) {
            last = wallet.pay("", PAYLOAD, RATE);
            assertTrue(changes.add(change(last)), "a change address was used twice");
            wallet.release("", last);
        }
        WalletException refused = assertThrows(WalletException.class, () -> wallet.pay("", PAYLOAD, RATE));
        assertTrue(refused.getMessage().contains("wait for a block, or raise gap-limit"), refused.getMessage());
        assertEquals(70_000, wallet.status("").confirmed());

        // Someone had the last one after all.
        confirm(wallet, 102, last.raw());
        LocalWallet restored = restored();
        confirm(restored, 101, funding);
        confirm(restored, 102, last.raw());
        assertEquals(70_000 - last.fee(), restored.status("").confirmed());
        assertTrue(changes.add(change(wallet.pay("", PAYLOAD, RATE))), "a change address was used twice");
    }

    @Test
    void moreThanARestoredWalletWouldFindDoNotWaitForABlockAtOnce() throws Exception {
        int gap = WalletSettings.DEFAULTS.gapLimit();
        byte[] funding = Payments.to(
                1, Addresses.program(Network.REGTEST, wallet.freshAddress("")).orElseThrow(), coins(gap + 5));
        confirm(wallet, 101, funding);
        List<byte[]> sent = new ArrayList<>();
        long fees = 0;
        for (int i = 0; i < gap; i++) {
            SignedTransaction paid = wallet.pay("", PAYLOAD, RATE);
            wallet.transaction(paid.raw(), Optional.empty());
            fees += paid.fee();
            // The last one first: miners choose the order.
            sent.add(0, paid.raw());
        }
        assertThrows(WalletException.class, () -> wallet.pay("", PAYLOAD, RATE));

        byte[][] mined = sent.toArray(byte[][]::new);
        confirm(wallet, 102, mined);
        LocalWallet restored = restored();
        confirm(restored, 101, funding);
        confirm(restored, 102, mined);
        assertEquals((gap + 5) * 60_000L - fees, restored.status("").confirmed());
        assertEquals(wallet.status(""), restored.status(""));
        wallet.pay("", PAYLOAD, RATE);

        wallet.blockDisconnected(Payments.block(102));
        assertThrows(WalletException.class, () -> wallet.pay("", PAYLOAD, RATE));
    }

    @Test
    void whatIsForgottenCountsAllTheSame() throws Exception {
        LocalWallet restored = restored();
        confirm(restored, 101, Payments.to(1, addressOf("", 30), 70_000));
        confirm(restored, 102, restored.pay("", PAYLOAD, RATE).raw());
        confirm(restored, 103, restored.pay("", PAYLOAD, RATE).raw());
        confirm(restored, 3000);
        int kept = restoredStore.transact(tx -> tx.list("wallet-tx").size());
        assertEquals(1, kept);

        LocalWallet after = open(restoredStore.copyAndOpen());

        for (int i = 31; i <= 30 + WalletSettings.DEFAULTS.gapLimit(); i++) {
            assertEquals(addressOf("", i), after.freshAddress(""));
        }
        assertThrows(WalletException.class, () -> after.freshAddress(""));
    }

    private static long[] coins(int count) {
        long[] coins = new long[count];
        java.util.Arrays.fill(coins, 60_000);
        return coins;
    }

    @Test
    void noChangeAddressIsTwiceAmongTransactionsThatLeft() throws Exception {
        java.util.Random dice = new java.util.Random(5);
        byte[] funding = Payments.to(
                1, Addresses.program(Network.REGTEST, wallet.freshAddress("")).orElseThrow(), coins(12));
        confirm(wallet, 101, funding);
        LocalWallet restored = restored();
        confirm(restored, 101, funding);
        Set<String> left = new HashSet<>();
        List<byte[]> waiting = new ArrayList<>();
        int height = 102;
        int discarded = 0;
        for (int i = 0; i < 600; i++) {
            if (dice.nextInt(8) == 0) {
                java.util.Collections.shuffle(waiting, dice);
                byte[][] mined = waiting.toArray(byte[][]::new);
                confirm(wallet, height, mined);
                confirm(restored, height++, mined);
                waiting.clear();
            }
            SignedTransaction paid = wallet.pay("", PAYLOAD, RATE);
            switch (dice.nextInt(4)) {
                case 0 -> {
                    assertTrue(left.add(change(paid)), "a change address was used twice");
                    wallet.transaction(paid.raw(), Optional.empty());
                    waiting.add(paid.raw());
                }
                case 1 -> {
                    // Handed to a node that did not accept it.
                    assertTrue(left.add(change(paid)), "a change address was used twice");
                    wallet.release("", paid);
                }
                default -> {
                    wallet.discard("", paid);
                    discarded++;
                }
            }
            if (dice.nextInt(40) == 0) {
                store = store.copyAndOpen();
                wallet = open(store);
            }
        }
        byte[][] mined = waiting.toArray(byte[][]::new);
        confirm(wallet, height, mined);
        confirm(restored, height, mined);

        assertTrue(discarded > 200);
        assertEquals(wallet.status(""), restored.status(""));
    }

    @Test
    void aChangeAddressThatAnotherTransactionPaysToIsNotGivenBack() throws Exception {
        confirm(
                wallet,
                101,
                Payments.to(1, wallet.freshAddress(""), 70_000),
                Payments.to(2, wallet.freshAddress(""), 70_000));
        SignedTransaction first = wallet.pay("", PAYLOAD, RATE);
        wallet.transaction(first.raw(), Optional.empty());
        wallet.discard("", wallet.replace("", first, PAYLOAD, vsize -> 3 * vsize));
        wallet.discard("", first);
        assertEquals(70_000 - first.fee(), wallet.status("").unconfirmed());

        assertNotEquals(change(first), change(wallet.pay("", PAYLOAD, RATE)));
    }

    private static String change(SignedTransaction transaction) throws Exception {
        TxView view = TxView.of(transaction.raw());
        for (int i = 0; i < view.outputCount(); i++) {
            if (view.witnessKeyHash(i) != null) {
                return java.util.HexFormat.of().formatHex(view.witnessKeyHash(i));
            }
        }
        throw new AssertionError("no change");
    }

    @Test
    void whatWasSignedBeforeAKillAndNobodyClaimsIsFreeAfterAWhile() throws Exception {
        confirm(
                wallet,
                101,
                Payments.to(1, wallet.freshAddress(""), 70_000),
                Payments.to(2, wallet.freshAddress(""), 70_000));
        SignedTransaction claimed = wallet.pay("", PAYLOAD, RATE);
        wallet.pay("", PAYLOAD, RATE);
        Instant start = clock.instant();
        LocalWallet after = open(store.copyAndOpen());
        after.reserve("", claimed);
        after.freeUnclaimed();
        assertEquals(140_000, after.status("").reserved());

        clock = Clock.fixed(start.plus(LocalWallet.CLAIM), ZoneOffset.UTC);
        MemoryStore copy = store.copyAndOpen();
        LocalWallet later = LocalWallet.of(
                "local",
                Network.REGTEST,
                copy,
                HandSetClock.stepping(start, LocalWallet.CLAIM),
                WalletSettings.DEFAULTS,
                new SecureRandom());
        later.load();
        later.begin();
        later.reserve("", claimed);
        later.freeUnclaimed();

        assertEquals(70_000, later.status("").reserved());
        assertEquals(70_000, later.status("").confirmed());
        LocalWallet reopened = open(copy);
        assertEquals(70_000, reopened.status("").reserved());
    }

    @Test
    void aReorganisationTakesACoinBackAndAnotherBlockBringsItAgain() throws Exception {
        byte[] payment = Payments.to(1, wallet.freshAddress(""), 70_000);
        confirm(wallet, 101, payment);

        wallet.blockDisconnected(Payments.block(101));
        assertEquals(0, wallet.status("").confirmed());
        assertEquals(70_000, wallet.status("").unconfirmed());

        wallet.transaction(payment, Optional.of(Payments.block(101, 1)));
        wallet.blockConnected(Payments.block(101, 1));
        assertEquals(70_000, wallet.status("").confirmed());
        assertEquals(70_000, open(store.copyAndOpen()).status("").confirmed());
    }

    @Test
    void aPaymentThatABlockContradictsIsGoneAndComesBackWithAReorganisation() throws Exception {
        byte[] payment = Payments.to(1, wallet.freshAddress(""), 70_000);
        wallet.transaction(payment, Optional.empty());

        // The stranger's coin is paid to someone else.
        confirm(wallet, 101, Payments.to(1, Payments.strangersProgram(), 69_000));
        assertEquals(0, wallet.status("").unconfirmed());
        assertEquals(0, open(store.copyAndOpen()).status("").unconfirmed());

        wallet.blockDisconnected(Payments.block(101));
        assertEquals(70_000, wallet.status("").unconfirmed());
    }

    @Test
    void ofTwoPaymentsWithTheSameCoinTheNewerCounts() throws Exception {
        wallet.transaction(Payments.to(1, wallet.freshAddress(""), 70_000), Optional.empty());
        wallet.transaction(Payments.to(1, wallet.freshAddress(""), 60_000), Optional.empty());

        assertEquals(60_000, wallet.status("").unconfirmed());

        confirm(wallet, 101, Payments.to(1, addressOf("", 0), 70_000));
        assertEquals(70_000, wallet.status("").confirmed());
        assertEquals(0, wallet.status("").unconfirmed());
    }

    @Test
    void aForgedSpendOfOurCoinsIsLeftOut() throws Exception {
        byte[] payment = Payments.to(1, wallet.freshAddress(""), 70_000);
        confirm(wallet, 101, payment);
        byte[] forged = Payments.spending(TxView.of(payment).id(), 0, Payments.strangersProgram(), 60_000);

        wallet.transaction(forged, Optional.empty());
        wallet.transaction(forged, in(102));

        assertEquals(70_000, wallet.status("").confirmed());
    }

    /** Anybody who knows an address can invent payments to it, without any coins. */
    @Test
    void inventedPaymentsDoNotFillTheWallet() throws Exception {
        String address = wallet.freshAddress("");
        for (int i = 0; i < 2 * WalletLedger.MOST_FOREIGN / 1000; i++) {
            wallet.transaction(Payments.to(i, address, 1000), Optional.empty());
        }
        long most = 1000L * WalletLedger.MOST_FOREIGN / 1000;
        long kept = wallet.status("").unconfirmed();
        assertTrue(kept > 0 && kept <= most, kept + " sat");
        assertEquals(kept, open(store.copyAndOpen()).status("").unconfirmed());

        byte[] real = Payments.to(30_000, address, 70_000);
        wallet.transaction(real, Optional.empty());
        assertEquals(kept, wallet.status("").unconfirmed());
        confirm(wallet, 199, real);
        assertEquals(70_000, wallet.status("").confirmed());

        confirm(wallet, 200);
        assertEquals(0, wallet.status("").unconfirmed());
        assertEquals(70_000, open(store.copyAndOpen()).status("").confirmed());
        wallet.transaction(Payments.to(30_001, address, 5_000), Optional.empty());
        assertEquals(5_000, wallet.status("").unconfirmed());
    }

    @Test
    void moreMoneyThanThereIsIsLeftOut() throws Exception {
        wallet.transaction(Payments.to(1, wallet.freshAddress(""), 2_100_000_000_000_001L), Optional.empty());

        assertEquals(0, wallet.status("").unconfirmed());
    }

    @Test
    void oneCoinIsEnoughWhereOneIsLargeEnough() throws Exception {
        List<byte[]> payments = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            payments.add(Payments.to(i, wallet.freshAddress(""), 20_000));
        }
        confirm(wallet, 101, payments.toArray(byte[][]::new));

        assertEquals(1, inputs(wallet.pay("", PAYLOAD, RATE)).size());
    }

    @Test
    void smallCoinsPayTogetherAndDustIsNotMade() throws Exception {
        List<byte[]> payments = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            payments.add(Payments.to(i, wallet.freshAddress(""), 100));
        }
        confirm(wallet, 101, payments.toArray(byte[][]::new));

        SignedTransaction paid = wallet.pay("", PAYLOAD, RATE);

        TxView view = TxView.of(paid.raw());
        assertTrue(view.inputCount() > 1);
        for (int i = 0; i < view.outputCount(); i++) {
            assertTrue(view.amount(i) == 0 || view.amount(i) >= TransactionBuilder.DUST);
        }
    }

    @Test
    void severalPayloadsKeepTheirOrder() throws Exception {
        confirm(wallet, 101, Payments.to(1, wallet.freshAddress(""), 70_000));
        List<byte[]> payloads = List.of(new byte[] {1}, new byte[80], new byte[300], new byte[70_000]);

        SignedTransaction paid = wallet.pay("", payloads, new FeeRate(100));

        Transaction transaction = Transaction.read(ByteBuffer.wrap(paid.raw()));
        List<byte[]> scripts = new ArrayList<>();
        transaction.getOutputs().stream()
                .filter(o -> o.getValue().getValue() == 0)
                .forEach(o -> scripts.add(o.getScriptBytes()));
        assertEquals(payloads.size(), scripts.size());
        for (int i = 0; i < payloads.size(); i++) {
            assertArrayEquals(TransactionBuilder.dataScript(payloads.get(i)), scripts.get(i));
        }
    }

    @Test
    void aFeeOverTheLimitIsRefused() throws Exception {
        confirm(wallet, 101, Payments.to(1, wallet.freshAddress(""), 700_000));

        WalletException refused =
                assertThrows(WalletException.class, () -> wallet.pay("", PAYLOAD, new FeeRate(1_000_000)));
        assertTrue(refused.getMessage().contains("max-fee=100000 sat"), refused.getMessage());
        assertEquals(700_000, wallet.status("").confirmed());
    }

    /** Another coin begins with a lower fee: a roll must not wait for this one until its end. */
    @Test
    void aCoinThatWouldPayMoreThanTheLimitIsUsedUp() throws Exception {
        confirm(wallet, 101, Payments.to(1, wallet.freshAddress(""), 700_000));
        SignedTransaction old = wallet.pay("", PAYLOAD, new FeeRate(1_000));
        assertEquals(100_000, wallet.replace("", old, PAYLOAD, vsize -> 100_000).fee());
        InsufficientFundsException refused = assertThrows(
                InsufficientFundsException.class, () -> wallet.replace("", old, PAYLOAD, vsize -> 100_001));
        assertTrue(refused.getMessage().contains("max-fee=100000 sat"), refused.getMessage());
    }

    @Test
    void noMoreAddressesAreGivenOutThanARestoredWalletWouldFind() throws Exception {
        String last = "";
        for (int i = 0; i < WalletSettings.DEFAULTS.gapLimit(); i++) {
            last = wallet.freshAddress("");
        }
        assertThrows(WalletException.class, () -> wallet.freshAddress(""));
        byte[] payment = Payments.to(1, last, 70_000);

        MemoryStore empty = MemoryStore.open();
        empty.transact(tx -> {
            WalletRecords.put(tx, new WalletRecords.Seed(Network.REGTEST, "local", ENTROPY.clone(), Instant.EPOCH));
            return null;
        });
        LocalWallet restored = open(empty);
        confirm(restored, 101, payment);

        assertEquals(70_000, restored.status("").confirmed());
        assertNotEquals(last, restored.freshAddress(""));
        confirm(wallet, 101, payment);
        wallet.freshAddress("");
    }

    @Test
    void aRestoredWalletFindsEveryPersonasCoins() throws Exception {
        List<byte[]> payments = new ArrayList<>();
        for (String account : new String[] {"", "p2", "p3", "p5", "p8"}) {
            payments.add(Payments.to(payments.size(), wallet.freshAddress(account), 10_000 + payments.size()));
        }
        MemoryStore empty = MemoryStore.open();
        empty.transact(tx -> {
            WalletRecords.put(tx, new WalletRecords.Seed(Network.REGTEST, "local", ENTROPY.clone(), Instant.EPOCH));
            return null;
        });
        LocalWallet restored = open(empty);

        confirm(restored, 101, payments.toArray(byte[][]::new));

        assertEquals(10_000, restored.status("").confirmed());
        assertEquals(10_001, restored.status("p2").confirmed());
        assertEquals(10_002, restored.status("p3").confirmed());
        assertEquals(10_003, restored.status("p5").confirmed());
        assertEquals(10_004, restored.status("p8").confirmed());
    }

    @Test
    void aLockedStoreIsSaidAndNothingIsLost() throws Exception {
        confirm(wallet, 101, Payments.to(1, wallet.freshAddress(""), 70_000));
        store.lock();
        wallet.unload();

        WalletException refused = assertThrows(WalletException.class, () -> wallet.pay("", PAYLOAD, RATE));
        assertTrue(refused.getMessage().contains("partyline:unlock"), refused.getMessage());
        assertThrows(WalletException.class, () -> wallet.freshAddress(""));
        assertThrows(WalletException.class, () -> wallet.status(""));

        store.unlock(MemoryStore.PASSPHRASE.toCharArray());
        assertEquals(70_000, wallet.status("").confirmed());
        assertEquals(Optional.of(Payments.block(101)), wallet.position());
    }

    @Test
    void aFullDiskIsSaidAndTheWalletReadsAnew() throws Exception {
        String address = wallet.freshAddress("");
        confirm(wallet, 101, Payments.to(1, address, 70_000));
        store.failCommits(Integer.MAX_VALUE);

        assertThrows(WalletException.class, () -> wallet.pay("", PAYLOAD, RATE));
        assertThrows(WalletException.class, () -> wallet.freshAddress(""));
        wallet.load();
        wallet.begin();
        assertThrows(IllegalStateException.class, () -> confirm(wallet, 102, Payments.to(2, address, 5_000)));
        assertTrue(wallet.reloaded());

        store.failCommits(0);
        assertEquals(70_000, wallet.status("").confirmed());
        assertTrue(wallet.reloaded());
        // Events before the wallet was asked for its position do not count.
        confirm(wallet, 103, Payments.to(3, address, 9_000));
        assertEquals(Optional.of(Payments.block(101)), wallet.position());
        wallet.begin();
        confirm(wallet, 102, Payments.to(2, address, 5_000));
        assertEquals(75_000, wallet.status("").confirmed());
    }

    @Test
    void aPaymentIsReplacedByOneOfTheSameCoinAndChangeThatPaysExactlyWhatIsAsked() throws Exception {
        confirm(wallet, 101, Payments.to(1, wallet.freshAddress(""), 70_000));
        SignedTransaction first = wallet.pay("", PAYLOAD, RATE);
        wallet.transaction(first.raw(), Optional.empty());
        SignedTransaction last = first;
        for (int i = 1; i <= 30; i++) {
            int more = 25 * i;
            SignedTransaction before = last;
            last = wallet.replace("", before, List.of(new byte[] {(byte) i}, new byte[80]), vsize -> vsize + more);

            assertEquals(last.vsize() + more, last.fee());
            assertEquals(inputs(first), inputs(last));
            assertEquals(change(first), change(last));
        }
        Transaction transaction = Transaction.read(ByteBuffer.wrap(last.raw()));
        assertEquals(
                70_000 - last.fee(),
                transaction.getOutputs().stream()
                        .mapToLong(o -> o.getValue().getValue())
                        .sum());
        // Nobody has it yet: its coin is reserved, and its change does not exist.
        assertEquals(70_000, wallet.status("").reserved());
        wallet.transaction(last.raw(), Optional.empty());
        assertEquals(70_000 - last.fee(), wallet.status("").unconfirmed());

        // Any version may be mined.
        confirm(wallet, 102, first.raw());
        assertEquals(70_000 - first.fee(), wallet.status("").confirmed());
        SignedTransaction late = last;
        assertThrows(WalletException.class, () -> wallet.replace("", late, PAYLOAD, vsize -> 5000));
    }

    @Test
    void aReplacementThatIsReleasedLeavesTheFirstAsItWas() throws Exception {
        confirm(wallet, 101, Payments.to(1, wallet.freshAddress(""), 70_000));
        SignedTransaction first = wallet.pay("", PAYLOAD, RATE);
        wallet.transaction(first.raw(), Optional.empty());
        SignedTransaction second = wallet.replace("", first, List.of(), vsize -> 3 * vsize);
        assertEquals(1, TxView.of(second.raw()).outputCount());

        wallet.release("", second);

        assertEquals(70_000 - first.fee(), wallet.status("").unconfirmed());
        assertEquals(0, wallet.status("").reserved());
    }

    @Test
    void aReplacementThatIsForgottenLeavesThePaymentAndThoseThatSpendItsChangeAsTheyAre() throws Exception {
        confirm(wallet, 101, Payments.to(1, wallet.freshAddress(""), 30_000));
        SignedTransaction first = wallet.pay("", PAYLOAD, RATE);
        wallet.transaction(first.raw(), Optional.empty());
        confirm(wallet, 102, Payments.to(2, wallet.freshAddress(""), 30_000));
        // More than one of the two coins has.
        SignedTransaction second = wallet.pay("", PAYLOAD, new FeeRate(215_000));
        wallet.transaction(second.raw(), Optional.empty());
        assertEquals(2, inputs(second).size());
        AccountStatus before = wallet.status("");
        SignedTransaction refused = wallet.replace("", first, List.of(), vsize -> 2 * first.fee());
        wallet.forget("", refused);
        assertEquals(before, wallet.status(""));
        assertTrue(
                Collections.disjoint(inputs(second), inputs(wallet.pay("", PAYLOAD, RATE))), "a coin is spent twice");
    }

    @Test
    void aCoinThatIsUsedUpIsSaid() throws Exception {
        confirm(wallet, 101, Payments.to(1, wallet.freshAddress(""), 700));
        SignedTransaction first = wallet.pay("", PAYLOAD, RATE);

        InsufficientFundsException refused =
                assertThrows(InsufficientFundsException.class, () -> wallet.replace("", first, PAYLOAD, vsize -> 500));
        assertTrue(refused.getMessage().contains("used up"), refused.getMessage());
    }

    @Test
    void onlyTheOwnerReplaces() throws Exception {
        confirm(wallet, 101, Payments.to(1, wallet.freshAddress(""), 70_000));
        SignedTransaction first = wallet.pay("", PAYLOAD, RATE);

        assertThrows(InsufficientFundsException.class, () -> wallet.replace("p2", first, PAYLOAD, vsize -> 3 * vsize));
    }

    @Test
    void changeThatIsHeldIsNotSpent() throws Exception {
        confirm(wallet, 101, Payments.to(1, wallet.freshAddress(""), 70_000));
        SignedTransaction first = wallet.pay("", PAYLOAD, RATE);
        wallet.transaction(first.raw(), Optional.empty());

        wallet.hold("", first, true);
        assertThrows(InsufficientFundsException.class, () -> wallet.pay("", PAYLOAD, RATE));
        assertEquals(70_000 - first.fee(), wallet.status("").reserved());

        wallet.hold("", first, false);
        wallet.pay("", PAYLOAD, RATE);
    }

    @Test
    void versionsThatWereReplacedAreForgottenWhenOneOfThemIsDeep() throws Exception {
        confirm(wallet, 101, Payments.to(1, wallet.freshAddress(""), 70_000));
        SignedTransaction last = wallet.pay("", PAYLOAD, RATE);
        for (int i = 1; i <= 10; i++) {
            int more = 30 * i;
            wallet.transaction(last.raw(), Optional.empty());
            last = wallet.replace("", last, PAYLOAD, vsize -> vsize + more);
        }
        confirm(wallet, 102, last.raw());
        assertEquals(12, kept());

        confirm(wallet, 300);

        assertEquals(2, kept());
        assertEquals(70_000 - last.fee(), wallet.status("").confirmed());
    }

    private int kept() throws Exception {
        return store.transact(tx -> tx.list("wallet-tx").size());
    }

    @Test
    void newCoinsFromMiningWaitForAHundredBlocks() throws Exception {
        byte[] program =
                Addresses.program(Network.REGTEST, wallet.freshAddress("")).orElseThrow();
        byte[] reward = Payments.spending(TxId.ofBytes(new byte[32]), 0xffffffffL, program, 5_000_000);
        assertTrue(TxView.of(reward).coinbase());
        confirm(wallet, 1, reward);
        confirm(wallet, 99);
        assertEquals(0, wallet.status("").confirmed());

        confirm(wallet, 100);

        assertEquals(5_000_000, wallet.status("").confirmed());
    }

    @Test
    void whatIsSpentLongAgoIsForgottenAndNothingElse() throws Exception {
        confirm(wallet, 101, Payments.to(1, wallet.freshAddress(""), 70_000));
        SignedTransaction first = wallet.pay("", PAYLOAD, RATE);
        confirm(wallet, 102, first.raw());
        SignedTransaction second = wallet.pay("", PAYLOAD, RATE);
        confirm(wallet, 103, second.raw());
        int before = store.transact(tx -> tx.list("wallet-tx").size());

        for (int i = 0; i < 4; i++) {
            confirm(wallet, 3000 + 500 * i);
        }

        int after = store.transact(tx -> tx.list("wallet-tx").size());
        assertEquals(3, before);
        assertEquals(1, after);
        assertEquals(70_000 - first.fee() - second.fee(), wallet.status("").confirmed());
        assertEquals(coins(wallet.status("")), coins(open(store.copyAndOpen()).status("")));
    }

    @Test
    void nothingSecretIsInWhatIsPrinted() {
        String seed = new WalletRecords.Seed(Network.REGTEST, "local", ENTROPY, Instant.EPOCH).toString();
        assertFalse(seed.contains("0000"));
    }
}
