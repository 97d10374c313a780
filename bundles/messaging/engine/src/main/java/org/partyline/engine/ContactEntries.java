package org.partyline.engine;

import java.nio.charset.StandardCharsets;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;

/** Contacts as they are stored. */
final class ContactEntries {
    private ContactEntries() {}

    static void put(StoreTransaction tx, Records.Contact entry) throws StoreException {
        Core.putSecret(tx, Records.CONTACTS, Records.key(entry.id()), Records.key(entry.persona()), entry);
    }

    /** Characters that would make two names look the same. */
    private static boolean isUnseen(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    /** A name as it may be given to a contact. */
    static void checkName(String name) throws NoSuchThingException {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length < 1
                || length > 32
                || !name.equals(name.strip())
                || name.codePoints().anyMatch(ContactEntries::isUnseen)) {
            throw new NoSuchThingException("a contact's name has 1 to 32 bytes of UTF-8, no control or invisible"
                    + " characters, and no space around it: give one with --name");
        }
    }
}
