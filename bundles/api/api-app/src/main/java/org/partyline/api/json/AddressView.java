package org.partyline.api.json;

import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Wallets.Address;

/** An address as {@code --json} shows it. */
public record AddressView(
        String address,
        String wallet,
        String network,
        String persona,
        @Nullable String account) {
    /** Returns what is shown of it. */
    public static AddressView of(Address address) {
        return new AddressView(
                address.address(),
                address.wallet(),
                address.network().label(),
                address.persona(),
                JsonValues.orNull(address.account()));
    }
}
