package org.partyline.api.transport;

import java.util.List;

/**
 * An account's coins.
 *
 * @param account its name
 * @param confirmed satoshi in confirmed coins that can be spent
 * @param unconfirmed satoshi in our own unconfirmed change and in coins under way
 * @param reserved satoshi in coins that a transaction of ours waits to spend
 * @param coins the spendable ones
 */
public record AccountStatus(String account, long confirmed, long unconfirmed, long reserved, List<Coin> coins) {
    public AccountStatus {
        coins = List.copyOf(coins);
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
