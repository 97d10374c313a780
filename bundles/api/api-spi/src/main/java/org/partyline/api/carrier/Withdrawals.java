package org.partyline.api.carrier;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;
import org.partyline.api.store.StoreException;

/** Recalls packets that have their own transactions by replacing these with empty ones. */
@ProviderType
public interface Withdrawals {
    /** Recalls a packet, or continues a recall. Does nothing if the packet is not in flight. */
    void withdraw(PacketRef packet, List<CarrierNode> nodes, RecallTally tally) throws PartylineException;

    /** Whether nodes may have a packet, or have not accepted its replacement yet. */
    boolean isOnItsWay(PacketRef packet) throws StoreException;
}
