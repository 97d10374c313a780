package org.partyline.api.json;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Wallets.Holding;
import org.partyline.api.transport.AccountStatus;

/** A balance as {@code --json} shows it. */
public record HoldingView(
        String persona,
        String wallet,
        String network,
        @Nullable Long confirmedSat,
        @Nullable Long unconfirmedSat,
        @Nullable Long reservedSat,
        List<CoinView> coins,
        @Nullable String problem,
        @Nullable String account) {
    /** Returns what is shown of it. */
    public static HoldingView of(Holding holding) {
        Optional<AccountStatus> status = holding.status();
        return new HoldingView(
                holding.persona(),
                holding.wallet(),
                holding.network().label(),
                status.map(AccountStatus::confirmed).orElse(null),
                status.map(AccountStatus::unconfirmed).orElse(null),
                status.map(AccountStatus::reserved).orElse(null),
                status.map(AccountStatus::coins).orElse(List.of()).stream()
                        .map(coin -> new CoinView(coin.outpoint(), coin.amount(), coin.confirmations()))
                        .toList(),
                JsonValues.orNull(holding.problem()),
                JsonValues.orNull(holding.account()));
    }
}
