package org.partyline.messaging.personas;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.AccountRecord;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Manages wallet accounts that pay for some contacts only. They are numbered in the same series as the personas,
 * because restoring a wallet from its words searches accounts by number.
 */
public final class Accounts {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,23}");

    private Accounts() {}

    /** A persona's additional accounts. */
    public static List<AccountRecord> of(StoreTransaction tx, int persona) throws StoreException {
        return Tables.read(tx.list(AccountRecord.TABLE, Keys.of(persona)), AccountRecord.class);
    }

    public static Optional<AccountRecord> find(StoreTransaction tx, int persona, String name) throws StoreException {
        return of(tx, persona).stream()
                .filter(account -> account.name().equals(name))
                .findFirst();
    }

    /** A persona's account of that name; created if missing. Part of the caller's transaction. */
    public static AccountRecord ensure(StoreTransaction tx, int persona, String name) throws StoreException {
        Optional<AccountRecord> found = find(tx, persona, name);
        if (found.isPresent()) {
            return found.get();
        }
        AccountRecord made = new AccountRecord((int) Tables.next(tx, "persona"), persona, name);
        put(tx, made);
        return made;
    }

    public static void put(StoreTransaction tx, AccountRecord account) throws StoreException {
        tx.put(AccountRecord.TABLE, Keys.of(account.number()), Keys.of(account.persona()), Cbor.write(account), null);
    }

    public static void check(String name) throws NoSuchThingException {
        if (!NAME.matcher(name).matches()) {
            throw new NoSuchThingException(
                    "'" + name
                            + "' is not an account name: use 1 to 24 lower-case letters, digits and hyphens, starting with a letter");
        }
    }
}
