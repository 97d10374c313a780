package org.partyline.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.TransactionSize;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Wallet;
import org.partyline.api.transport.WalletException;
import org.partyline.bitcointx.DataScript;
import org.partyline.bitcointx.MalformedException;
import org.partyline.bitcointx.OutPoint;
import org.partyline.bitcointx.TxView;

/** The contract of every {@link Wallet}. A subclass simulates the network that pays coins and accepts payments. */
public abstract class WalletContract {
    private static final String FIRST = Wallet.DEFAULT_ACCOUNT;
    private static final String OTHER = "p2";
    private static final FeeRate RATE = new FeeRate(1000);
    private static final FeeRate LOW = new FeeRate(500);
    private static final long COIN = 70_000;
    /** A signature may be a byte or two shorter than the fee assumes. */
    private static final long SIGNATURES = 4;

    private static final int MOST_PAYMENTS = 100;
    private static final Pattern SATOSHI = Pattern.compile("\\d+ sat");

    /** Returns the wallet of this test; it may have coins. */
    protected abstract Wallet wallet() throws Exception;

    /** Pays a coin to an account; it is confirmed when this returns. */
    protected abstract void fund(String account, long satoshi) throws Exception;

    /** Puts a transaction of the wallet into a block. */
    protected abstract void confirm(SignedTransaction transaction) throws Exception;

    private static List<byte[]> payloads(String... texts) {
        List<byte[]> payloads = new ArrayList<>();
        for (String text : texts) {
            payloads.add(text.getBytes(StandardCharsets.US_ASCII));
        }
        return payloads;
    }

    private SignedTransaction pay(String account) throws Exception {
        return wallet().pay(account, payloads("a message of the contract"), RATE);
    }

    /** Pays until no coins are left. */
    private List<SignedTransaction> payAll(String account) throws Exception {
        List<SignedTransaction> paid = new ArrayList<>();
        try {
            while (paid.size() < MOST_PAYMENTS) {
                paid.add(pay(account));
            }
        } catch (InsufficientFundsException e) {
            assertFalse(paid.isEmpty(), e.getMessage());
            return paid;
        }
        throw new AssertionError("it never ran out of coins");
    }

    private static TxView view(SignedTransaction transaction) throws MalformedException {
        return TxView.of(transaction.raw());
    }

    private static Set<OutPoint> inputs(SignedTransaction transaction) throws MalformedException {
        return new HashSet<>(view(transaction).spent());
    }

    private static List<TxView.Output> change(SignedTransaction transaction) throws MalformedException {
        return view(transaction).outputs().stream()
                .filter(output -> !DataScript.is(output.script()))
                .toList();
    }

    private static void assertCarries(List<byte[]> payloads, SignedTransaction transaction) throws MalformedException {
        List<byte[]> data = view(transaction).outputs().stream()
                .map(TxView.Output::script)
                .filter(DataScript::is)
                .toList();
        assertEquals(payloads.size(), data.size());
        for (int i = 0; i < data.size(); i++) {
            assertArrayEquals(DataScript.of(payloads.get(i)), data.get(i));
        }
    }

    private static long sum(List<TxView.Output> outputs) {
        return outputs.stream().mapToLong(TxView.Output::amount).sum();
    }

    private void spendsAtMostWhatItSays(String account, int payments) throws Exception {
        List<byte[]> payloads = payloads("a message of the contract");
        int one = TransactionSize.of(payloads);
        for (int i = 0; i < payments; i++) {
            int most = wallet().mostCoins(account, one, RATE);
            SignedTransaction paid = wallet().pay(account, payloads, RATE);
            assertTrue(inputs(paid).size() <= most, inputs(paid).size() + " coins where " + most + " were told");
            assertTrue(
                    paid.fee() <= RATE.fee(one + (most - 1) * AccountStatus.COIN_VBYTES) + SIGNATURES,
                    paid.fee() + " sat for " + inputs(paid).size() + " coins, with " + most + " told");
            confirm(paid);
        }
    }

    /** A quote is an upper bound, even if a wallet consolidates small coins while that is cheap. */
    @Test
    void aPaymentSpendsNoMoreCoinsThanTheWalletSaysBefore() throws Exception {
        for (int i = 0; i < 30; i++) {
            fund(OTHER, 5_000 + i);
        }
        spendsAtMostWhatItSays(OTHER, 8);
    }

    /** If no coin is large enough alone, several pay. */
    @Test
    void severalCoinsThatPayTogetherAreToldBefore() throws Exception {
        for (int i = 0; i < 12; i++) {
            fund(OTHER, 330);
        }
        AccountStatus status = wallet().status(OTHER);
        if (status.coins().stream().allMatch(coin -> coin.amount() < 1_000)) {
            int most = wallet().mostCoins(OTHER, TransactionSize.of(payloads("a message of the contract")), LOW);
            SignedTransaction paid = wallet().pay(OTHER, payloads("a message of the contract"), LOW);
            assertTrue(inputs(paid).size() <= most, inputs(paid).size() + " coins where " + most + " were told");
        }
    }

    @Test
    void saysWhatItIs() throws Exception {
        assertTrue(wallet().name().matches("[A-Za-z0-9-]+"), wallet().name());
        assertNotNull(wallet().network());
    }

    @Test
    void aPaymentCarriesItsPayloadsInTheirOrderAndPaysTheRate() throws Exception {
        fund(FIRST, COIN);
        List<byte[]> payloads = payloads("one", "two of them", "three");

        SignedTransaction paid = wallet().pay(FIRST, payloads, RATE);

        assertEquals(view(paid).id(), paid.id());
        assertEquals(view(paid).vsize(), paid.vsize());
        assertCarries(payloads, paid);
        assertTrue(change(paid).size() <= 1, "change, and nothing else");
        assertTrue(
                Math.abs(RATE.fee(paid.vsize()) - paid.fee())
                        <= SIGNATURES * inputs(paid).size(),
                paid.toString());
    }

    @Test
    void whatIsPaidAndWhatComesBackAreTheCoinsThatAreSpent() throws Exception {
        fund(FIRST, COIN);
        AccountStatus before = wallet().status(FIRST);

        SignedTransaction paid = pay(FIRST);

        Set<OutPoint> inputs = inputs(paid);
        long spent = before.coins().stream()
                .filter(coin ->
                        inputs.stream().anyMatch(input -> input.toString().equals(coin.outpoint())))
                .mapToLong(AccountStatus.Coin::amount)
                .sum();
        assertEquals(spent, paid.fee() + sum(change(paid)));
    }

    @Test
    void theStatusTellsWhatCanBeSpentFromWhatIsReserved() throws Exception {
        long had = wallet().status(FIRST).confirmed();
        fund(FIRST, COIN);
        AccountStatus before = wallet().status(FIRST);
        assertEquals(FIRST, before.account());
        assertEquals(had + COIN, before.confirmed());
        assertEquals(0, before.reserved());

        SignedTransaction paid = pay(FIRST);

        AccountStatus after = wallet().status(FIRST);
        assertTrue(after.reserved() > 0);
        assertEquals(before.confirmed(), after.confirmed() + after.reserved());
        wallet().release(FIRST, paid);
        assertEquals(before.confirmed(), wallet().status(FIRST).confirmed());
    }

    @Test
    void noCoinIsSpentTwiceAndTheLastIsSaidInSatoshi() throws Exception {
        fund(FIRST, COIN);
        fund(FIRST, COIN + 1);
        Set<OutPoint> spent = new HashSet<>();
        for (SignedTransaction paid : payAll(FIRST)) {
            for (OutPoint input : inputs(paid)) {
                assertTrue(spent.add(input), () -> input + " is spent twice");
            }
        }
        InsufficientFundsException none = assertThrows(InsufficientFundsException.class, () -> pay(FIRST));
        assertTrue(SATOSHI.matcher(none.getMessage()).results().count() >= 2, none.getMessage());
        assertFalse(none.getMessage().contains("\n"));
    }

    @Test
    void whatIsReleasedOrDiscardedCanBeSpentAgainAndWhatIsReservedCannot() throws Exception {
        fund(FIRST, COIN);
        List<SignedTransaction> all = payAll(FIRST);
        SignedTransaction last = all.get(all.size() - 1);

        wallet().release(FIRST, last);
        SignedTransaction again = pay(FIRST);
        assertEquals(inputs(last), inputs(again));
        assertThrows(InsufficientFundsException.class, () -> pay(FIRST));

        wallet().discard(FIRST, again);
        wallet().reserve(FIRST, last);
        wallet().reserve(FIRST, last);
        assertThrows(InsufficientFundsException.class, () -> pay(FIRST));

        wallet().release(FIRST, last);
        wallet().release(FIRST, last);
        assertEquals(inputs(last), inputs(pay(FIRST)));
    }

    @Test
    void anAddressIsNeverShownTwice() throws Exception {
        Set<String> shown = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            assertTrue(shown.add(wallet().freshAddress(FIRST)));
            assertTrue(shown.add(wallet().freshAddress(OTHER)));
        }
    }

    @Test
    void theChangeOfTwoPaymentsGoesToTwoAddresses() throws Exception {
        fund(FIRST, COIN);
        fund(FIRST, COIN + 1);
        byte[] one = change(pay(FIRST)).get(0).script();
        byte[] two = change(pay(FIRST)).get(0).script();
        assertFalse(Arrays.equals(one, two));
    }

    @Test
    void coinsOfTwoAccountsDoNotMeet() throws Exception {
        fund(FIRST, COIN);
        fund(OTHER, COIN + 1);
        Set<OutPoint> first = new HashSet<>();
        for (SignedTransaction paid : payAll(FIRST)) {
            first.addAll(inputs(paid));
        }
        SignedTransaction other = pay(OTHER);
        assertTrue(inputs(other).stream().noneMatch(first::contains));
    }

    @Test
    void aReplacementHasTheSameCoinsAndChangeAndPaysExactlyWhatIsAsked() throws Exception {
        fund(FIRST, COIN);
        SignedTransaction first = pay(FIRST);
        for (List<byte[]> payloads : List.of(payloads("newer", "and more"), payloads())) {
            SignedTransaction next =
                    wallet().replace(FIRST, first, payloads, vsize -> first.fee() + RATE.fee(vsize) + 7);

            assertEquals(inputs(first), inputs(next));
            assertCarries(payloads, next);
            assertEquals(view(next).vsize(), next.vsize());
            assertEquals(first.fee() + RATE.fee(next.vsize()) + 7, next.fee());
            assertEquals(1, change(next).size());
            assertArrayEquals(change(first).get(0).script(), change(next).get(0).script());
            assertEquals(first.fee() + sum(change(first)), next.fee() + sum(change(next)));
        }
    }

    @Test
    void aCoinThatIsUsedUpIsSaid() throws Exception {
        fund(FIRST, COIN);
        SignedTransaction first = pay(FIRST);
        long all = first.fee() + sum(change(first));
        InsufficientFundsException used = assertThrows(
                InsufficientFundsException.class,
                () -> wallet().replace(FIRST, first, payloads("newer"), vsize -> all - 1));
        assertTrue(SATOSHI.matcher(used.getMessage()).find(), used.getMessage());
    }

    @Test
    void nobodyElseReplacesATransaction() throws Exception {
        fund(FIRST, COIN);
        fund(OTHER, COIN);
        SignedTransaction first = pay(FIRST);
        PartylineException refused = assertThrows(
                PartylineException.class,
                () -> wallet().replace(OTHER, first, payloads("newer"), vsize -> first.fee() + RATE.fee(vsize)));
        // Either it is not a transaction of this account, or it has no change.
        assertTrue(
                refused instanceof WalletException || refused instanceof InsufficientFundsException,
                refused.toString());
    }

    @Test
    void changeThatIsHeldIsNotSpentUntilItIsLetGo() throws Exception {
        fund(FIRST, COIN);
        SignedTransaction first = pay(FIRST);
        // Before anyone has it: nothing may come in between.
        wallet().hold(FIRST, first, true);
        confirm(first);
        fund(FIRST, COIN + 1);
        for (SignedTransaction paid : payAll(FIRST)) {
            assertTrue(inputs(paid).stream().noneMatch(input -> input.id().equals(first.id())));
        }

        wallet().hold(FIRST, first, false);

        assertTrue(inputs(pay(FIRST)).stream().anyMatch(input -> input.id().equals(first.id())));
    }
}
