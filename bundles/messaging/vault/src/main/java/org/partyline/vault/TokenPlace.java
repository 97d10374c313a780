package org.partyline.vault;

import java.io.IOException;
import java.util.Optional;

/** Keeps the tokens of stores outside their homes, so that they are not restored with an old copy of a home. */
public interface TokenPlace {
    /**
     * Returns the token with a name.
     *
     * @return empty if there is none; malformed if it was damaged
     * @throws IOException if this cannot be determined; its message is for the operator
     */
    Optional<byte[]> read(String name) throws IOException;

    /**
     * Replaces the previous token. The new one is on the disk when this returns.
     *
     * @throws IOException if it is not; its message is for the operator
     */
    void write(String name, byte[] token) throws IOException;

    /** Describes the place in words. */
    String where();

    /** Returns why tokens at this place would be restored with an old copy of the home; empty if they would not. */
    Optional<String> weakness();
}
