package org.partyline.storejdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.partyline.api.store.StoreException;

/** Where the store gets its one connection from. */
@FunctionalInterface
interface ConnectionSource {
    /** A new connection; the caller closes it. */
    Connection open() throws SQLException, StoreException;

    /** How many bytes the database takes on the disk, where it is for the store to keep it small; else 0. */
    default long size() {
        return 0;
    }

    /**
     * How long to go on asking whether a commit took place of which the answer was lost, where the database may be away for a
     * moment.
     */
    default Duration patience() {
        return Duration.ZERO;
    }
}
