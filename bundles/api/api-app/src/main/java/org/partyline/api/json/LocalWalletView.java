package org.partyline.api.json;

import org.jspecify.annotations.Nullable;
import org.partyline.api.transport.LocalWallets;

/**
 * One of this server's own wallets as {@code --json} shows it.
 *
 * @param height the last block that was read; null before the first @param tip null while it is not known
 */
public record LocalWalletView(
        String wallet,
        String network,
        @Nullable String node,
        int from,
        @Nullable Integer height,
        @Nullable Integer tip,
        boolean upToDate) {
    /** Returns what is shown of it. */
    public static LocalWalletView of(LocalWallets.Progress progress) {
        return new LocalWalletView(
                progress.name(),
                progress.network().label(),
                progress.node().orElse(null),
                progress.from(),
                progress.height() < 0 ? null : progress.height(),
                progress.tip() < 0 ? null : progress.tip(),
                progress.upToDate());
    }
}
