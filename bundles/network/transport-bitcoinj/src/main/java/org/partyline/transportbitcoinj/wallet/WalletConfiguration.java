package org.partyline.transportbitcoinj.wallet;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.partyline.api.config.Setting;

/** What the file {@code etc/org.partyline.wallet.local.cfg} may hold; {@link WalletSettings} reads and checks it. */
@ObjectClassDefinition(
        name = "Mempool Partyline: local wallets",
        description = "The wallets whose keys are in this server's own store.")
@interface WalletConfiguration {
    /** The dearest transaction. */
    @AttributeDefinition(
            name = "Maximum fee",
            description = "Maximum fee of a transaction.",
            min = "100",
            max = "10000000")
    @Setting(unit = Setting.SATOSHI)
    long max$_$fee() default 100000;

    /** How far to look. */
    @AttributeDefinition(
            name = "Gap limit",
            description = "Maximum number of consecutive addresses without a payment. A restored wallet does not look "
                    + "for coins beyond it.",
            min = "20",
            max = "200")
    @Setting(unit = "addresses")
    int gap$_$limit() default 50;
}
