package org.partyline.delivery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.partyline.messaging.delivery.KeptTransaction;
import org.partyline.messaging.mailbox.OutgoingMessage;

/** Collects the changes of a carrier's transaction that are announced after its commit. */
final class CarrierEffects {
    final Map<Long, OutgoingMessage> changed = new LinkedHashMap<>();
    /** Whose change may be spent from now on. */
    final Collection<KeptTransaction> over = new ArrayList<>();
    /** Whose coins are free, too. */
    final Collection<KeptTransaction> dropped = new ArrayList<>();
}
