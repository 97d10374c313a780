package org.partyline.engine;

import java.util.ArrayList;
import java.util.List;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;

/** A channel's beacon of a day, and those who share it (two personas in one channel do); or an inbox's, for ever. */
final class Beacon implements AutoCloseable {
    final int id;
    /** Not set for an inbox. */
    final int day;
    /** The inbox; null for a channel. */
    final ContactInbox contactInbox;

    final Network network;
    final SecretBytes key;
    final SecretBytes root;
    final List<Integer> members = new ArrayList<>();

    Beacon(int id, int day, ContactInbox contactInbox, Network network, SecretBytes key, SecretBytes root) {
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
