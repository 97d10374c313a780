package org.partyline.storejdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.partyline.api.store.StoreException;

/** Where the store gets its one connection from. */
@FunctionalInterface
interface ConnectionSource {
    /** A new connection; the caller closes it. */
    Connection open() throws SQLException, StoreException;

    /**
     * Brings a store of an older format to the present one, after a copy of it was made. No connection is open meanwhile. What
     * fails leaves the store as it was.
     */
    default void migrate(Migrations migrations) throws SQLException, StoreException {
        new TransactionalMigration(this).run(migrations);
    }

    /** How many bytes the database takes on the disk, where it is for the store to keep it small; else 0. */
    default long size() {
        return 0;
    }
}
