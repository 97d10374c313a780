package org.partyline.engine;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.partyline.api.engine.Messages;
import org.partyline.engine.mailbox.OutgoingMessage;

/** The carriers that are here, by their ids. */
final class Carriers {
    /** The id of {@link ConfirmCarrier}, which carries what must not share a transaction with anything. */
    static final String CONFIRM = "confirm";

    private final Map<String, Carrier> byId = new ConcurrentHashMap<>();

    void add(Carrier carrier) {
        byId.put(carrier.id(), carrier);
    }

    /** @throws AbsentException when it is away */
    Carrier of(String id) {
        Carrier carrier = byId.get(id);
        if (carrier == null) {
            throw new AbsentException("its carrier '" + id + "' is away");
        }
        return carrier;
    }

    /** @throws AbsentException when it is away */
    Carrier of(OutgoingMessage outgoing) {
        return of(outgoing.carrier());
    }

    static String id(Messages.Carrier carrier) {
        return carrier.name().toLowerCase(Locale.ROOT);
    }

    static Messages.Carrier shown(String id) {
        return Messages.Carrier.valueOf(id.toUpperCase(Locale.ROOT));
    }
}
