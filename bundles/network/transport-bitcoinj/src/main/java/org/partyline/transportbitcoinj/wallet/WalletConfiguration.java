package org.partyline.transportbitcoinj.wallet;

import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;

/** The settings in {@code etc/org.partyline.wallet.local.cfg}. */
@Component
public final class WalletConfiguration implements SettingsDeclaration {
    /** The name of the configuration. */
    static final String PID = "org.partyline.wallet.local";

    static final Setting<Integer> MAX_FEE = Setting.integer("max-fee", 100_000, 100, 10_000_000)
            .unit(Setting.SATOSHI)
            .says("Maximum fee of a transaction.");

    static final Setting<Integer> GAP_LIMIT = Setting.integer("gap-limit", 50, 20, 200)
            .unit("addresses")
            .says("Maximum number of consecutive addresses without a payment. A restored wallet does not look for "
                    + "coins beyond it.");

    @Override
    public String pid() {
        return PID;
    }

    @Override
    public String title() {
        return "The wallets whose keys are in this server's own store.";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(MAX_FEE, GAP_LIMIT);
    }
}
