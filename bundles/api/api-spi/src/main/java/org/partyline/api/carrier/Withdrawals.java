package org.partyline.api.carrier;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;
import org.partyline.api.store.StoreException;

/** Recalls packets that have their own transactions by replacing these with empty ones. */
@ProviderType
public interface Withdrawals {
    /** Recalls a packet, or continues a recall. Does nothing where none is on its way. */
    void withdraw(PacketRef packet, List<CarrierNode> nodes, RecallTally tally) throws PartylineException;

    /** Whether nodes may have a packet, or did not take yet what replaces it. */
    boolean isOnItsWay(PacketRef packet) throws StoreException;
}
