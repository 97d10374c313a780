package org.partyline.delivery;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.Quote;
import org.partyline.api.carrier.TransactionSize;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.api.transport.WalletException;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.fees.Pricing;

/** Calculates what coins add to the price of a message if a wallet may spend several in one transaction. */
final class CoinQuotes {
    private final NodeDirectory nodes;
    private final Pricing fees;

    CoinQuotes(NodeDirectory nodes, Pricing fees) {
        this.nodes = nodes;
        this.fees = fees;
    }

    /** The maximum addition, in satoshi. A carrier counts one coin for each transaction that it begins. */
    long add(Carrier carrier, Quote quote, String account, List<Transport> among) throws PartylineException {
        String payer = carrier.isShared() ? new PersonaRecord(quote.persona(), "", false).account() : account;
        int largest = quote.sizes().stream().mapToInt(Integer::intValue).max().orElse(0);
        int more = mostCoins(payer, TransactionSize.of(largest, 1), among) - 1;
        int transactions = carrier.isShared() ? 1 : quote.sizes().size();
        return more <= 0 ? 0 : transactions * fees.highest(among).fee(more * AccountStatus.COIN_VBYTES);
    }

    /**
     * For all wallets that may pay, and all rates that may be drawn: at a low rate more coins are consolidated, at a
     * high one more are needed.
     */
    private int mostCoins(String account, int vsize, List<Transport> among) throws PartylineException {
        FeeRate low = fees.rate(among);
        FeeRate high = fees.highest(among);
        int most = 1;
        Set<String> asked = new HashSet<>();
        for (Transport node : fees.entries(among)) {
            Optional<Wallet> wallet = nodes.wallet(node.network(), node.name());
            if (wallet.isPresent() && asked.add(wallet.get().name())) {
                try {
                    most = Math.max(most, wallet.get().mostCoins(account, vsize, low));
                    most = Math.max(most, wallet.get().mostCoins(account, vsize, high));
                } catch (NodeUnavailableException | WalletException e) {
                    // It cannot pay now either.
                    continue;
                }
            }
        }
        return most;
    }
}
