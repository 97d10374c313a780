package org.partyline.vault;

import java.io.IOException;
import java.util.Optional;

/** Keeps the tokens of stores outside their homes, so that they are not restored with an old copy of a home. */
public interface TokenPlace {
    /**
     * The token that is kept under a name.
     *
     * @return empty when there is none; not of the right form when it was damaged
     * @throws IOException if that cannot be told; its message is for the operator
     */
    Optional<byte[]> read(String name) throws IOException;

    /**
     * Replaces the previous token; the new one is on the disk when this returns.
     *
     * @throws IOException if it is not; its message is for the operator
     */
    void write(String name, byte[] token) throws IOException;

    /** The place in words. */
    String where();

    /** Why tokens that are kept here would come back with an old copy of the home; empty when they would not. */
    Optional<String> weakness();
}
