package org.partyline.messaging.conversation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.partyline.api.identity.IdentityKeys;

/** A persona's keys. */
public final class PersonaKeys implements AutoCloseable {
    public final int persona;
    public final IdentityKeys keys;
    /** The previous keys, while contacts may still use them; null if there are none. */
    public final @Nullable IdentityKeys old;

    public final long oldUntil;
    public final long since;
    public long messages;
    /** When it was imported from a backup, or found in files that may be an old copy, in milliseconds; 0: neither. */
    public long restored;
    /** Whether it was imported from a backup while the original is in use: it only reads (PROTOCOL 5). */
    public boolean copy;
    /** The replaced Ed25519 keys, as {@link RevokedKeys}; null: none is known. */
    public byte @Nullable [] revoked;

    public PersonaKeys(
            int persona,
            IdentityKeys keys,
            @Nullable IdentityKeys old,
            long oldUntil,
            long since,
            long messages,
            long restored) {
        this.persona = persona;
        this.keys = keys;
        this.old = old;
        this.oldUntil = oldUntil;
        this.since = since;
        this.messages = messages;
        this.restored = restored;
    }

    /** Whether an X25519 key is one of the persona's own. */
    public boolean has(byte[] agreement) {
        return Arrays.equals(keys.identity().agreement(), agreement)
                || old != null && Arrays.equals(old.identity().agreement(), agreement);
    }

    /** The keys as known to a contact: one that was not informed of the newest ones knows the previous ones. */
    public IdentityKeys knownTo(ContactConversation contact) {
        return contact.entry.told() || old == null ? keys : old;
    }

    /** The record to store. */
    public IdentityRecord toStore() {
        return IdentityRecordBuilder.builder()
                .persona(persona)
                .signingSeed(keys.signingSeed().expose())
                .agreementPrivate(keys.agreementPrivate().expose())
                .inboxSecret(keys.inboxSecret().expose())
                .since(since)
                .messages(messages)
                .oldSigningSeed(old == null ? null : old.signingSeed().expose())
                .oldAgreementPrivate(old == null ? null : old.agreementPrivate().expose())
                .oldInboxSecret(old == null ? null : old.inboxSecret().expose())
                .oldUntil(oldUntil)
                .restored(restored)
                .copy(copy)
                .revoked(revoked)
                .build();
    }

    @Override
    public void close() {
        keys.close();
        if (old != null) {
            old.close();
        }
    }
}
