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
 * Restores the account numbers of personas and contacts: their coins are in those accounts of the wallets. It has them
 * again where nobody has them here, as coins of two personas never meet.
 */
final class KeptNumbers {
    /** Wallets of this server know no higher one. */
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
        // A deleted persona's transaction may still be on its way.
        for (KeptTransaction kept : KeptTransactionRecords.all(tx)) {
            numbers.taken.add(kept.persona());
        }
        return numbers;
    }

    /** Whether a number can be had; nobody else has it from now on. */
    boolean keep(int number) {
        return number >= 1 && number <= HIGHEST && taken.add(number);
    }

    /** The owner of a number gives it up. */
    void free(int number) {
        taken.remove(number);
    }

    /** The account of a number, in words. */
    static String account(int number) {
        return number == 1 ? "(the wallets' first)" : "p" + number;
    }

    /** Nobody new gets a number. */
    static void use(StoreTransaction tx, int number) throws StoreException {
        Tables.skip(tx, SERIES, number);
    }

    /** @param kept 0: a new one is taken */
    static int take(StoreTransaction tx, int kept) throws StoreException {
        return kept == 0 ? (int) Tables.next(tx, SERIES) : kept;
    }
}
