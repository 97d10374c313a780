package org.partyline.messaging.recognition;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.messaging.conversation.ContactInbox;

/**
 * A channel's beacon for a day, with the memberships that share it (two personas may be in one channel), or an inbox's
 * permanent beacon.
 */
public final class Beacon implements AutoCloseable {
    public final int id;
    /** Not set for an inbox. */
    public final int day;
    /** The inbox; null for a channel. */
    public final @Nullable ContactInbox contactInbox;

    public final Network network;
    public final SecretBytes key;
    public final SecretBytes root;
    public final List<Integer> members = new ArrayList<>();

    public Beacon(
            int id, int day, @Nullable ContactInbox contactInbox, Network network, SecretBytes key, SecretBytes root) {
        this.id = id;
        this.day = day;
        this.contactInbox = contactInbox;
        this.network = network;
        this.key = key;
        this.root = root;
    }

    @Override
    public void close() {
        key.close();
        root.close();
    }
}
