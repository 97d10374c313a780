package org.partyline.api.ratchet;

import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.SecretBytes;

/**
 * Holds the beacon keys of readable sealed packets, and recognises a packet by one HMAC-SHA256 per key, over cached
 * states (PROTOCOL 4). Reads and writes from one thread, or guarded.
 */
@ProviderType
public interface BeaconTable {
    /**
     * Adds a key.
     *
     * @param id a number the caller gives it; must be new
     * @param beacon 32 bytes; still the caller's to wipe
     */
    void add(int id, SecretBytes beacon);

    /** Forgets a key. */
    void remove(int id);

    /**
     * @param packet a whole packet; bytes 1 to 16 are its locator
     * @return the id of the key that made the locator, or -1. The bytes are compared in constant time.
     */
    int match(byte[] packet);

    /** How many keys there are. */
    int size();

    /** Forgets all. */
    void clear();
}
