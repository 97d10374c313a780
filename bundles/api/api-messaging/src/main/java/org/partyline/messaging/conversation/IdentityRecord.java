package org.partyline.messaging.conversation;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A persona's keys, as stored.
 *
 * @param since when they were made, in milliseconds
 * @param messages sealed since then
 * @param oldSigningSeed the previous keys, while contacts may still use them; null if there are none
 * @param oldUntil when those are erased, in milliseconds
 * @param restored when they were imported from a backup, or found in files that may be an old copy, in milliseconds; 0:
 *     neither
 * @param copy whether they were imported from a backup while the original is in use: the persona only reads
 * @param revoked its replaced Ed25519 keys, as {@link RevokedKeys}; null: none is known
 */
@RecordBuilder
public record IdentityRecord(
        int persona,
        byte[] signingSeed,
        byte[] agreementPrivate,
        byte[] inboxSecret,
        long since,
        long messages,
        byte @Nullable [] oldSigningSeed,
        byte @Nullable [] oldAgreementPrivate,
        byte @Nullable [] oldInboxSecret,
        long oldUntil,
        long restored,
        boolean copy,
        byte @Nullable [] revoked)
        implements IdentityRecordBuilder.With {
    /** The table of the store. */
    public static final String TABLE = "identities";

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "Identity";
    }
}
