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
     * The account of every persona in every wallet, including accounts for some contacts. A wallet that does not answer
     * is listed with the reason.
     */
    List<Holding> list() throws PartylineException;

    /** All accounts of personas, including those for some contacts, by the names that wallets use. */
    List<String> accounts() throws PartylineException;

    /**
     * Returns an address that was never shown before.
     *
     * @param persona empty: the current one
     * @param wallet empty: the only wallet
     * @param account an account for some contacts; empty: the persona's own
     * @throws NoSuchThingException if there is none of that name
     */
    Address freshAddress(Optional<String> persona, Optional<String> wallet, Optional<String> account)
            throws PartylineException;

    /**
     * The coins of a persona in one wallet.
     *
     * @param persona its name
     * @param wallet the wallet's name
     * @param network the wallet's network
     * @param status the coins; empty if the wallet does not answer
     * @param problem why the wallet does not answer, in one line; empty
     * @param account an account for some contacts; empty: the persona's own
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
     * @param address the address
     * @param wallet the wallet's name
     * @param network the wallet's network
     * @param persona the owner
     * @param account an account for some contacts; empty: the persona's own
     */
    record Address(String address, String wallet, Network network, String persona, String account) {}
}
