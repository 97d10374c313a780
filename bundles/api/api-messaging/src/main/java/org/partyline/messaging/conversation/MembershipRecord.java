package org.partyline.messaging.conversation;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Messages;

/**
 * A persona's membership in a channel, as stored.
 *
 * @param root the root of {@code rootDay}, the oldest day that is kept
 * @param legacyKey the key of version-1 messages; null if they are not read
 * @param lastTimestamp the newest timestamp that we have used, so that ours never go back
 * @param carrier of messages that do not name one; empty or null: the configured one
 * @param kdfName the name of a derivation outside the protocol's table; empty or null: the code identifies it
 */
@RecordBuilder
public record MembershipRecord(
        int id,
        int persona,
        String name,
        int network,
        String mode,
        int kdf,
        int timeCost,
        int memory,
        int parallelism,
        byte[] salt,
        int startDay,
        int rootDay,
        byte[] root,
        byte @Nullable [] legacyKey,
        long lastTimestamp,
        @Nullable String carrier,
        @Nullable String kdfName)
        implements MembershipRecordBuilder.With {
    /** The table of the store. */
    public static final String TABLE = "memberships";

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "Membership";
    }

    public KdfParameters parameters() {
        KdfId id = kdfName == null || kdfName.isEmpty() ? KdfId.ofProtocol(kdf).orElseThrow() : new KdfId(kdf, kdfName);
        return new KdfParameters(id, timeCost, memory, parallelism);
    }

    /** The stored name of a derivation. */
    public static String nameOf(KdfId id) {
        return KdfId.PROTOCOL.contains(id) ? "" : id.name();
    }

    public MembershipRecord withRoot(int day, byte[] newRoot) {
        return with().rootDay(day).root(newRoot).build();
    }

    /** The same membership for another persona, with another number. */
    public MembershipRecord movedTo(int newId, int newPersona) {
        return with().id(newId)
                .persona(newPersona)
                .root(root.clone())
                .legacyKey(legacyKey == null ? null : legacyKey.clone())
                .build();
    }

    public MembershipRecord withTimestamp(long timestamp) {
        return withLastTimestamp(timestamp);
    }

    /** Empty: the configured one. */
    public Optional<Messages.Carrier> itsCarrier() {
        return carrier == null || carrier.isEmpty() ? Optional.empty() : Optional.of(new Messages.Carrier(carrier));
    }

    public MembershipRecord withCarrier(Optional<Messages.Carrier> chosen) {
        return withCarrier(carrierName(chosen));
    }

    public static String carrierName(Optional<Messages.Carrier> chosen) {
        return chosen.map(Messages.Carrier::id).orElse("");
    }
}
