package org.partyline.messaging.conversation;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Messages;

/**
 * A persona's membership in a channel, as it is stored.
 *
 * @param root of {@code rootDay}, the oldest day that is kept
 * @param legacyKey of version-1 messages; null where they are not read
 * @param lastTimestamp the newest timestamp we gave out, so that ours never go back
 * @param carrier of messages that do not name one; empty or null: as the setting says
 * @param kdfName of a derivation that is not in the protocol's table; empty or null: the code says it
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

    /** Shows nothing of what it holds. */
    @Override
    public String toString() {
        return "Membership";
    }

    public KdfParameters parameters() {
        KdfId id = kdfName == null || kdfName.isEmpty() ? KdfId.ofProtocol(kdf).orElseThrow() : new KdfId(kdf, kdfName);
        return new KdfParameters(id, timeCost, memory, parallelism);
    }

    /** What is stored of a derivation's name. */
    public static String nameOf(KdfId id) {
        return KdfId.PROTOCOL.contains(id) ? "" : id.name();
    }

    public MembershipRecord withRoot(int day, byte[] newRoot) {
        return with().rootDay(day).root(newRoot).build();
    }

    /** The same place for another persona, under another number. */
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

    /** Empty: as the setting says. */
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
