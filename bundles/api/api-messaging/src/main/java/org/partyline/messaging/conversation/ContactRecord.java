package org.partyline.messaging.conversation;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;
import org.partyline.api.settings.ReceiptMode;

/**
 * A contact, as stored. Its number is in the same series as those of memberships.
 *
 * @param signing Ed25519, 32 bytes; null for a stranger whose card is not known
 * @param agreement X25519, 32 bytes
 * @param inboxSecret 16 bytes; null for a stranger
 * @param trust a {@link org.partyline.api.engine.Contacts.Trust}
 * @param added in milliseconds
 * @param told whether it was informed of the persona's newest keys
 * @param lastTimestamp the newest timestamp that we have used, so that ours never go back
 * @param account name of the account that pays for messages to it; empty: the persona's
 * @param accountNumber its number; 0 if the persona's account pays
 * @param receipts the {@link ReceiptMode} for this contact; empty: the general setting
 * @param requiresPostQuantum whether messages wait until the session is protected (PROTOCOL 6.2)
 * @param formerSigning its previous Ed25519 key; null if there is none, or someone may know it
 * @param formerAgreement its previous X25519 key; null if there is none, or someone may know it
 * @param renewed when it announced its present keys, in seconds by its own clock; 0: never
 * @param revoked its replaced Ed25519 keys, as {@link RevokedKeys}; null: none is known
 */
@RecordBuilder
public record ContactRecord(
        int id,
        int persona,
        String name,
        int network,
        byte @Nullable [] signing,
        byte[] agreement,
        byte @Nullable [] inboxSecret,
        String trust,
        long added,
        boolean told,
        long lastTimestamp,
        String account,
        int accountNumber,
        String receipts,
        boolean requiresPostQuantum,
        byte @Nullable [] formerSigning,
        byte @Nullable [] formerAgreement,
        long renewed,
        byte @Nullable [] revoked)
        implements ContactRecordBuilder.With {
    /** The table of the store. */
    public static final String TABLE = "contacts";

    public ContactRecord {
        account = account == null ? "" : account;
        receipts = receipts == null ? "" : receipts;
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "Contact";
    }

    public boolean isStranger() {
        return signing == null;
    }

    public ContactRecord withKeys(
            byte @Nullable [] newSigning, byte[] newAgreement, byte @Nullable [] newInbox, String newTrust) {
        return with().signing(newSigning)
                .agreement(newAgreement)
                .inboxSecret(newInbox)
                .trust(newTrust)
                .build();
    }

    @Override
    public ContactRecord withTrust(String newTrust) {
        return withKeys(signing, agreement, inboxSecret, newTrust);
    }

    public ContactRecord withTimestamp(long timestamp) {
        return withLastTimestamp(timestamp);
    }

    public ContactRecord withAccount(String newAccount, int number) {
        return with().account(newAccount).accountNumber(number).build();
    }
}
