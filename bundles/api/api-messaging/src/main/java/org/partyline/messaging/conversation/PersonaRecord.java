package org.partyline.messaging.conversation;

import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.store.Tables;

/** A persona of this server, as stored. */
public record PersonaRecord(int id, String name, boolean current) {
    /** The table of the store. */
    public static final String TABLE = "personas";

    /** The wallet account; the first persona has the wallet's default account. */
    public String account() {
        return id == 1 ? "" : "p" + id;
    }

    /** A persona by name, or the current one. Part of the caller's transaction. */
    public static PersonaRecord named(StoreTransaction tx, Optional<String> name) throws PartylineException {
        for (PersonaRecord persona : Tables.all(tx, TABLE, PersonaRecord.class)) {
            if (name.map(persona.name()::equals).orElse(persona.current())) {
                return persona;
            }
        }
        throw new NoSuchThingException("there is no persona '" + name.orElse("") + "': see partyline:persona-list");
    }
}
