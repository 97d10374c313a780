package org.partyline.api.transport;

import java.util.Comparator;
import java.util.List;
import org.partyline.api.FeeRate;

/**
 * The coins of an account.
 *
 * @param account its name
 * @param confirmed satoshi in spendable confirmed coins
 * @param unconfirmed satoshi in our own unconfirmed change and in incoming coins
 * @param reserved satoshi in coins reserved for a transaction of ours
 * @param coins the spendable ones
 */
public record AccountStatus(String account, long confirmed, long unconfirmed, long reserved, List<Coin> coins) {
    /** The virtual bytes of an additional coin (P2WPKH). */
    public static final int COIN_VBYTES = 68;

    /** A change output below this is not relayed (P2WPKH). */
    private static final long DUST = 294;

    public AccountStatus {
        coins = List.copyOf(coins);
    }

    /**
     * The fewest coins that pay for a transaction: one if that is enough, otherwise the largest, confirmed before
     * unconfirmed. All of them if they are too few.
     *
     * @param vsize virtual bytes of the transaction with one coin
     */
    public List<Coin> fewest(int vsize, FeeRate rate) {
        List<Coin> ordered = coins.stream()
                .sorted(Comparator.comparing((Coin coin) -> coin.confirmations() == 0)
                        .thenComparing(Comparator.comparingLong(Coin::amount).reversed()))
                .toList();
        for (Coin coin : ordered) {
            if (coin.amount() >= rate.fee(vsize) + DUST) {
                return List.of(coin);
            }
        }
        long sum = 0;
        for (int i = 0; i < ordered.size(); i++) {
            sum += ordered.get(i).amount();
            if (sum >= rate.fee(vsize + i * COIN_VBYTES) + DUST) {
                return ordered.subList(0, i + 1);
            }
        }
        return ordered;
    }

    /**
     * A coin.
     *
     * @param outpoint {@code txid:index}
     * @param amount satoshi
     * @param confirmations 0 in the mempool
     */
    public record Coin(String outpoint, long amount, int confirmations) {}
}
