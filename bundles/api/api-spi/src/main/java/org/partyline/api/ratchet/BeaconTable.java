package org.partyline.api.ratchet;

import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.SecretBytes;

/**
 * Holds the beacon keys of readable sealed packets, and recognises a packet by one HMAC-SHA256 per key, over cached
 * states (PROTOCOL 4). Use it from one thread, or guard it.
 */
@ProviderType
public interface BeaconTable {
    /**
     * Adds a key.
     *
     * @param id a new number, chosen by the caller
     * @param beacon 32 bytes; the caller wipes it
     */
    void add(int id, SecretBytes beacon);

    /** Removes a key. */
    void remove(int id);

    /**
     * @param packet a whole packet; bytes 1 to 16 are its locator
     * @return the id of the key that created the locator, or -1. The bytes are compared in constant time.
     */
    int match(byte[] packet);

    /** The number of keys. */
    int size();

    /** Removes all keys. */
    void clear();
}
