package org.partyline.backup;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.partyline.messaging.conversation.AccountRecord;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.messaging.conversation.MembershipRecord;

/**
 * A persona in a backup, with all its data.
 *
 * @param number of its account in the wallets, which contains its coins; 0 in backups without it
 * @param accounts its additional accounts
 * @param revoked its replaced Ed25519 keys, as {@link org.partyline.messaging.conversation.RevokedKeys}; null: none is
 *     known
 */
public record SavedPersona(
        String name,
        boolean current,
        byte[] signingSeed,
        byte[] agreementPrivate,
        byte[] inboxSecret,
        long since,
        long messages,
        List<ContactRecord> contacts,
        List<MembershipRecord> channels,
        int number,
        List<AccountRecord> accounts,
        byte @Nullable [] revoked) {
    public SavedPersona {
        accounts = accounts == null ? List.of() : accounts;
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "SavedPersona";
    }
}
