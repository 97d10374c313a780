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
    /** Transactions whose change may be spent now. */
    final Collection<KeptTransaction> over = new ArrayList<>();
    /** Transactions whose coins are free, too. */
    final Collection<KeptTransaction> dropped = new ArrayList<>();
}
