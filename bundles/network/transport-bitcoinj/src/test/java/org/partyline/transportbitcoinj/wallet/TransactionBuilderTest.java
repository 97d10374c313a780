package org.partyline.transportbitcoinj.wallet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.FeeRate;
import org.partyline.api.TxId;
import org.partyline.bitcointx.OutPoint;

/** Tests which coins pay, and the properties that Bitcoin Core's wallet randomises. */
class TransactionBuilderTest {
    private static final List<byte[]> SCRIPTS = List.of(TransactionBuilder.dataScript(new byte[80]));
    private static final FeeRate LOW = new FeeRate(100);
    private static final int TRIES = 200;

    private TransactionBuilder spending;

    @BeforeEach
    void seed() throws NoSuchAlgorithmException {
        SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
        random.setSeed(11);
        spending = new TransactionBuilder(random);
    }

    private static List<OwnCoin> coins(int count, long amount, int confirmations) {
        List<OwnCoin> coins = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] id = new byte[32];
            id[0] = (byte) confirmations;
            id[1] = (byte) (amount >> 8);
            id[2] = (byte) amount;
            coins.add(new OwnCoin(
                    new OutPoint(TxId.ofBytes(id), i),
                    amount,
                    new KeyRef(0, KeyRef.CHANGE, i),
                    new byte[20],
                    confirmations,
                    true,
                    false));
        }
        return coins;
    }

    private static List<OwnCoin> together(List<OwnCoin> a, List<OwnCoin> b) {
        List<OwnCoin> all = new ArrayList<>(a);
        all.addAll(b);
        return all;
    }

    private Set<Integer> inputCounts(List<OwnCoin> coins, List<byte[]> scripts, FeeRate rate) {
        return java.util.stream.IntStream.range(0, TRIES)
                .mapToObj(i -> spending.choose(coins, scripts, rate).orElseThrow())
                .peek(choice -> assertEquals(
                        choice.coins().size(), Set.copyOf(choice.coins()).size(), "no coin twice"))
                .map(choice -> choice.coins().size())
                .collect(Collectors.toSet());
    }

    @Test
    void aMessageGathersOneOrTwoOfManySmallCoins() {
        List<OwnCoin> coins = together(coins(12, 20_000, 5), coins(3, 5_000_000, 5));
        assertEquals(Set.of(2, 3), inputCounts(coins, SCRIPTS, LOW));
    }

    @Test
    void unconfirmedCoinsAreNeverGathered() {
        assertEquals(Set.of(1), inputCounts(together(coins(20, 20_000, 0), coins(3, 5_000_000, 5)), SCRIPTS, LOW));
    }

    @Test
    void fewSmallCoinsAreLeftAlone() {
        assertEquals(Set.of(1), inputCounts(together(coins(9, 20_000, 5), coins(3, 5_000_000, 5)), SCRIPTS, LOW));
    }

    @Test
    void nothingIsGatheredAtAHighRateOrByWhatCarriesNothingOrWhereItIsNotWorthIt() {
        List<OwnCoin> coins = together(coins(15, 20_000, 5), coins(3, 5_000_000, 5));
        assertEquals(Set.of(1), inputCounts(coins, SCRIPTS, new FeeRate(2001)));
        assertEquals(Set.of(1), inputCounts(coins, List.of(), LOW));
        List<OwnCoin> dust = together(coins(15, 600, 5), coins(1, 5_000_000, 5));
        assertEquals(Set.of(1), inputCounts(dust, SCRIPTS, new FeeRate(1000)));
        assertTrue(inputCounts(coins, SCRIPTS, new FeeRate(2000)).contains(2));
    }

    @Test
    void theLockTimeIsTheTipAndForOneInTenUpToNinetyNineLess() {
        TreeMap<Long, Integer> behind = new TreeMap<>();
        int draws = 20_000;
        for (int i = 0; i < draws; i++) {
            behind.merge(1000 - spending.lockTime(1000), 1, Integer::sum);
        }
        // One in ten, less one in a hundred of those, which are at the tip anyway.
        assertEquals(draws * 0.901, behind.get(0L), 4 * Math.sqrt(draws * 0.09));
        assertEquals(99, behind.lastKey());
        assertEquals(0L, behind.firstKey());
        assertEquals(100, behind.size());
        assertEquals(0, spending.lockTime(0));
    }

    @Test
    void changeStandsAnywhere() {
        int[] places = new int[3];
        List<byte[]> two = List.of(SCRIPTS.get(0), SCRIPTS.get(0));
        for (int i = 0; i < 3000; i++) {
            places[
                    spending.plan(coins(1, 5_000_000, 5), two, Optional.of(new byte[20]), 0)
                            .changeAt()]++;
        }
        for (int count : places) {
            assertEquals(1000, count, 110);
        }
    }
}
