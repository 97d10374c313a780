package org.partyline.engine;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.engine.kernel.AbsentException;
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

    /** Those that are here, in the order of their ids. */
    List<Messages.Carrier> list() {
        return byId.keySet().stream().sorted().map(Messages.Carrier::new).toList();
    }

    /** @throws NoSuchThingException when none that is here has the id */
    void require(Messages.Carrier carrier) throws NoSuchThingException {
        if (!byId.containsKey(carrier.id())) {
            throw new NoSuchThingException("there is no carrier '" + carrier + "': take one of "
                    + list().stream().map(Messages.Carrier::id).collect(Collectors.joining(", ")));
        }
    }
}
