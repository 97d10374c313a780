package org.partyline.messaging.delivery;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.kernel.AbsentException;
import org.partyline.messaging.mailbox.OutgoingMessage;

/** The carriers that are here, by their ids. */
@ProviderType
public interface Carriers {
    /** What the setting {@code carrier} is where nobody set it; it carries what must not share a transaction with anything. */
    String DEFAULT = "confirm";

    /** What carriers that were away have to be told, in groups by their ids. */
    String MISSED = "missed-renames";

    /** @throws AbsentException when it is away */
    Carrier of(String id);

    /** @throws AbsentException when it is away */
    Carrier of(OutgoingMessage outgoing);

    /** Satoshi in the change that a carrier keeps for its next transaction, and would give up for a message that lacks a coin. */
    long change(int persona, Network network) throws StoreException;

    /** Those that are here, in the order of their ids. */
    List<Messages.Carrier> list();

    /**
     * What is away for a while is waited for.
     *
     * @throws NoSuchThingException when none has the id
     */
    void require(Messages.Carrier carrier) throws NoSuchThingException;
}
