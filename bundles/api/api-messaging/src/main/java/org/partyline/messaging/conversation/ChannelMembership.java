package org.partyline.messaging.conversation;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Messages;
import org.partyline.api.ratchet.ChannelKeys;

/** A persona's membership in a channel, with its root. */
public final class ChannelMembership extends Conversation implements AutoCloseable {
    private static final byte[] NONE = {};

    /** The stored record, without the root. */
    public MembershipRecord entry;

    /** Null if version-1 messages are not read. */
    public final @Nullable SecretBytes legacyKey;

    private SecretBytes root;

    public ChannelMembership(MembershipRecord entry) {
        super(entry.persona(), Network.ofCode(entry.network()).orElseThrow());
        this.root = SecretBytes.wrap(entry.root());
        this.legacyKey = entry.legacyKey() == null ? null : SecretBytes.wrap(entry.legacyKey());
        this.entry = entry.withRoot(entry.rootDay(), NONE);
    }

    @Override
    public int id() {
        return entry.id();
    }

    @Override
    public String name() {
        return entry.name();
    }

    @Override
    public Optional<Messages.Carrier> itsCarrier() {
        return entry.itsCarrier();
    }

    @Override
    public long lastTimestamp() {
        return entry.lastTimestamp();
    }

    /** The root of a day; the caller wipes it. The day must not precede the stored one. */
    public SecretBytes root(ChannelKeys keys, int day) {
        return keys.advance(root, day - entry.rootDay());
    }

    /** Advances the root to a later day, and wipes the previous one. */
    public void moveTo(ChannelKeys keys, int day) {
        SecretBytes later = root(keys, day);
        root.close();
        root = later;
        entry = entry.withRoot(day, NONE);
    }

    /** The record to store, including the root. */
    public MembershipRecord toStore() {
        return entry.withRoot(entry.rootDay(), root.expose());
    }

    @Override
    public void close() {
        root.close();
        if (legacyKey != null) {
            legacyKey.close();
        }
    }
}
