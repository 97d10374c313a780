package org.partyline.messaging.delivery;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.Quote;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.state.AbsentException;

/** Finds the available carriers by their ids. */
@ProviderType
public interface Carriers {
    /** The default of the setting {@code carrier}, used for packets that must not share a transaction. */
    String DEFAULT = "confirm";

    /** Events for carriers that were unavailable, grouped by their ids. */
    String MISSED = "missed-renames";

    /** @throws AbsentException if it is unavailable */
    Carrier of(String id);

    /** @throws AbsentException if it is unavailable */
    Carrier of(OutgoingMessage outgoing);

    /**
     * The maximum price of a message at the present fee rates, in satoshi: the carrier's price, plus the additional
     * coins that the wallet may spend in a transaction.
     *
     * @param carrier its id
     * @param account the account that pays if the message has its own transactions
     * @param nodes the nodes that it may be sent through; at least one
     * @throws PartylineException if the price is unknown; says why
     * @throws AbsentException if the carrier is unavailable
     */
    Carrier.Price quote(String carrier, Quote quote, String account, List<Transport> nodes) throws PartylineException;

    /**
     * Satoshi in the change that a carrier keeps for its next transaction, and would free for a message that lacks a
     * coin.
     */
    long change(int persona, Network network) throws StoreException;

    /** The available carriers, ordered by id. */
    List<Messages.Carrier> list();

    /**
     * Accepts a carrier that is temporarily unavailable, since messages wait for it.
     *
     * @throws NoSuchThingException if there is no carrier with that id
     */
    void require(Messages.Carrier carrier) throws NoSuchThingException;
}
