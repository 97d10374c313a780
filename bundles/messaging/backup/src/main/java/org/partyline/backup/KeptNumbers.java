package org.partyline.backup;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.AccountRecord;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.delivery.KeptTransaction;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.store.Tables;

/**
 * Restores the account numbers of personas and contacts: their coins are in those accounts of the wallets. A number is
 * restored only if nobody uses it here, because coins of two personas are never used in the same transaction.
 */
final class KeptNumbers {
    /** The server's own wallets do not support higher numbers. */
    private static final int HIGHEST = 10_000;

    private static final String SERIES = "persona";

    private final Set<Integer> taken = new HashSet<>();

    private KeptNumbers() {}

    static KeptNumbers of(StoreTransaction tx, List<PersonaRecord> personas) throws StoreException {
        KeptNumbers numbers = new KeptNumbers();
        personas.forEach(persona -> numbers.taken.add(persona.id()));
        for (AccountRecord account : Tables.all(tx, AccountRecord.TABLE, AccountRecord.class)) {
            numbers.taken.add(account.number());
        }
        // A deleted persona's transaction may still be in flight.
        for (KeptTransaction kept : KeptTransactionRecords.all(tx)) {
            numbers.taken.add(kept.persona());
        }
        return numbers;
    }

    /** Reserves a number; returns whether it was free. */
    boolean keep(int number) {
        return number >= 1 && number <= HIGHEST && taken.add(number);
    }

    /** Frees a number. */
    void free(int number) {
        taken.remove(number);
    }

    /** The description of the account with a number. */
    static String account(int number) {
        return number == 1 ? "(the wallets' first)" : "p" + number;
    }

    /** Marks a number as used, so that it is not assigned. */
    static void use(StoreTransaction tx, int number) throws StoreException {
        Tables.skip(tx, SERIES, number);
    }

    /** @param kept 0: a new number is assigned */
    static int take(StoreTransaction tx, int kept) throws StoreException {
        return kept == 0 ? (int) Tables.next(tx, SERIES) : kept;
    }
}
