package org.partyline.messaging.schedule;

import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;

/** Which packets leave in slots of cover traffic. */
@ProviderType
public interface CoverSlots {
    /** Whether a persona's packets on a network leave in slots of cover traffic now. */
    boolean isCovered(int persona, Network network);
}
