package org.partyline.api.engine;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.AccountStatus;

/** Shows the coins of each persona, and provides addresses. A service; needs an open store. */
@ProviderType
public interface Wallets {
    /**
     * Every persona's account in every wallet, and those that a persona has for some contacts. A wallet that does not answer is
     * listed with the reason.
     */
    List<Holding> list() throws PartylineException;

    /** The accounts that personas have, and that they have for some contacts, as every wallet calls them. */
    List<String> accounts() throws PartylineException;

    /**
     * An address that was never shown before.
     *
     * @param persona empty: the current one
     * @param wallet empty: the only one there is
     * @param account one that the persona has for some contacts; empty: its own
     * @throws NoSuchThingException when there is none of that name
     */
    Address freshAddress(Optional<String> persona, Optional<String> wallet, Optional<String> account)
            throws PartylineException;

    /**
     * The coins of a persona in one wallet.
     *
     * @param persona whose
     * @param wallet its name
     * @param network where
     * @param status the coins; empty when the wallet does not answer
     * @param problem why not, in one line; empty
     * @param account name of one that the persona has for some contacts; empty: the persona's own
     */
    record Holding(
            String persona,
            String wallet,
            Network network,
            Optional<AccountStatus> status,
            String problem,
            String account) {}

    /**
     * A new address for one payment.
     *
     * @param address for one payment
     * @param wallet its name
     * @param network where
     * @param persona whose
     * @param account name of one that the persona has for some contacts; empty: the persona's own
     */
    record Address(String address, String wallet, Network network, String persona, String account) {}
}
