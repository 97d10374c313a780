package org.partyline.messaging.personas;

import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.IdentityRecord;
import org.partyline.messaging.conversation.PersonaKeys;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Reads and writes personas' keys. Each method is part of the caller's transaction. */
public final class PersonaKeyRecords {
    private PersonaKeyRecords() {}

    /** Stores a persona's keys. */
    public static void put(StoreTransaction tx, PersonaKeys personaKeys) throws StoreException {
        Tables.putSecret(tx, IdentityRecord.TABLE, Keys.of(personaKeys.persona), Keys.ALL, personaKeys.toStore());
    }

    /** Counts one more message sealed with a persona's keys. */
    public static void countMessage(StoreTransaction tx, AfterCommit after, PersonaKeys personaKeys)
            throws StoreException {
        IdentityRecord counted = personaKeys.toStore().withMessages(personaKeys.messages + 1);
        Tables.putSecret(tx, IdentityRecord.TABLE, Keys.of(personaKeys.persona), Keys.ALL, counted);
        after.then(() -> personaKeys.messages = counted.messages());
    }
}
