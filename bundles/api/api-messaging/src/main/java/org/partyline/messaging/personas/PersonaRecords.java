package org.partyline.messaging.personas;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.partyline.api.Network;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.chains.SeenLocators;
import org.partyline.messaging.conversation.AccountRecord;
import org.partyline.messaging.conversation.ContactInbox;
import org.partyline.messaging.conversation.IdentityRecord;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.mailbox.FragmentRecord;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.sessions.AcceptedHandshake;
import org.partyline.messaging.sessions.WaitingHandshake;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Reads and writes personas. Each method is part of the caller's transaction. */
public final class PersonaRecords {
    private static final String SERIALS = "persona-serials";

    private PersonaRecords() {}

    /**
     * A number that no other persona ever has. The id of an erased persona, in contrast, may be reused for a restored
     * one, so that it has its account again. Part of the caller's transaction.
     */
    public static long serial(StoreTransaction tx, int id) throws StoreException {
        Optional<byte[]> known = tx.get(SERIALS, Keys.of(id));
        if (known.isPresent()) {
            return ByteBuffer.wrap(known.get()).getLong();
        }
        long serial = Tables.next(tx, SERIALS);
        tx.put(SERIALS, Keys.of(id), Keys.ALL, Keys.of(serial), null);
        return serial;
    }

    /** The id of the persona with a {@link #serial}; empty if it was erased. Part of the caller's transaction. */
    public static OptionalInt ofSerial(StoreTransaction tx, long serial) throws StoreException {
        return tx.list(SERIALS).stream()
                .filter(one -> ByteBuffer.wrap(one.value()).getLong() == serial)
                .mapToInt(one -> (int) ByteBuffer.wrap(one.key()).getLong())
                .findFirst();
    }

    /** Erases a persona that has no channels and contacts any more. Part of the caller's transaction. */
    public static void erase(StoreTransaction tx, int id) throws StoreException {
        eraseInboxes(tx, id);
        tx.delete(IdentityRecord.TABLE, Keys.of(id));
        CoverOrders.erase(tx, id);
        for (AccountRecord account : Accounts.of(tx, id)) {
            tx.delete(AccountRecord.TABLE, Keys.of(account.number()));
        }
        for (String table : List.of(AcceptedHandshake.TABLE, WaitingHandshake.TABLE)) {
            for (StoredRecord entry : tx.list(table, Keys.of(id))) {
                tx.delete(table, entry.key());
            }
        }
        tx.delete(SERIALS, Keys.of(id));
        tx.delete(PersonaRecord.TABLE, Keys.of(id));
    }

    /** Erases the handshakes that arrived in a persona's inboxes. */
    private static void eraseInboxes(StoreTransaction tx, int persona) throws StoreException {
        Set<Long> inboxes = new HashSet<>();
        for (Network network : Network.values()) {
            inboxes.add((long) new ContactInbox(persona, network, false).id());
            inboxes.add((long) new ContactInbox(persona, network, true).id());
        }
        for (String table : List.of(FragmentRecord.TABLE, SeenLocators.TABLE)) {
            for (StoredRecord entry : tx.list(table)) {
                if (inboxes.contains(ByteBuffer.wrap(entry.key()).getLong())) {
                    tx.delete(table, entry.key());
                }
            }
        }
        for (StoredRecord entry : tx.list(SeenLocators.TABLE, Keys.of(persona))) {
            tx.delete(SeenLocators.TABLE, entry.key());
        }
    }

    public static void makeOneCurrent(StoreTransaction tx) throws StoreException {
        List<PersonaRecord> left = all(tx);
        if (left.stream().noneMatch(PersonaRecord::current)) {
            PersonaRecord first = left.get(0);
            put(tx, new PersonaRecord(first.id(), first.name(), true));
        }
    }

    private static List<PersonaRecord> all(StoreTransaction tx) throws StoreException {
        return Tables.all(tx, PersonaRecord.TABLE, PersonaRecord.class);
    }

    private static void put(StoreTransaction tx, PersonaRecord persona) throws StoreException {
        tx.put(PersonaRecord.TABLE, Keys.of(persona.id()), Keys.ALL, Cbor.write(persona), null);
    }
}
