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
    /** What the setting {@code carrier} is where nobody set it; it carries what must not share a transaction with anything. */
    String DEFAULT = "confirm";

    /** Events for carriers that were unavailable, grouped by their ids. */
    String MISSED = "missed-renames";

    /** @throws AbsentException when it is unavailable */
    Carrier of(String id);

    /** @throws AbsentException when it is unavailable */
    Carrier of(OutgoingMessage outgoing);

    /**
     * The most that a message costs at the rates of now, in satoshi: what its carrier says, and what the wallet's coins add to that, where it may spend
     * several in a transaction.
     *
     * @param carrier its id
     * @param account that pays where the message has transactions of its own
     * @param nodes that it may go in by; one at least
     * @throws PartylineException when nobody can tell; says why
     * @throws AbsentException when the carrier is unavailable
     */
    Carrier.Price quote(String carrier, Quote quote, String account, List<Transport> nodes) throws PartylineException;

    /** Satoshi in the change that a carrier keeps for its next transaction, and would give up for a message that lacks a coin. */
    long change(int persona, Network network) throws StoreException;

    /** Those that are here, in the order of their ids. */
    List<Messages.Carrier> list();

    /**
     * What is unavailable for a while is waited for.
     *
     * @throws NoSuchThingException when none has the id
     */
    void require(Messages.Carrier carrier) throws NoSuchThingException;
}
