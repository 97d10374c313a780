package org.partyline.shell.wallet;

import org.partyline.api.engine.Wallets.Address;
import org.partyline.api.json.JsonValues;

record AddressView(String address, String wallet, String network, String persona, String account) {
    static AddressView of(Address address) {
        return new AddressView(
                address.address(),
                address.wallet(),
                address.network().label(),
                address.persona(),
                JsonValues.orNull(address.account()));
    }
}
