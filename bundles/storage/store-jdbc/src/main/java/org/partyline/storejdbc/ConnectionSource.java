package org.partyline.storejdbc;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.partyline.api.store.StoreException;

/** Provides the store's single connection. */
@FunctionalInterface
interface ConnectionSource {
    /** A new connection; the caller closes it. */
    Connection open() throws SQLException, StoreException;

    /**
     * Brings a store of an older format to the present one, after a copy of it was made. No connection is open meanwhile. What
     * fails leaves the store as it was.
     *
     * @param fence asked in the transaction that changes a database which servers share
     */
    default void migrate(Migrations migrations, Fence fence) throws SQLException, StoreException {
        throw new StoreException("the store cannot be migrated to format " + migrations.format()
                + ": start the older program that wrote it");
    }

    /** How many bytes the database takes on the disk, where it is for the store to keep it small; else 0. */
    default long size() {
        return 0;
    }

    /** Files that are still to be overwritten. */
    @FunctionalInterface
    interface Remains {
        void overwrite() throws IOException;
    }

    /**
     * Writes all that is alive into a new file under a new key and erases the key of the one before, so that this and every older copy
     * of the file is noise. A failure leaves the old file with the old key, or the new one with the new key.
     *
     * @param connection to the database, at the beginning of a transaction; of no use when this returns true or fails
     * @param meta what takes the place of rows of the meta table, by name, in the new file; what was there before is not in it
     * @return false where the file is not this server's: then nothing was done
     */
    default boolean rewrite(Connection connection, Map<String, byte[]> meta) throws SQLException, StoreException {
        return false;
    }

    /**
     * Destroys what this home has of the store's keys, and puts the database's file out of the way. There is no connection
     * now; the next one makes a new database.
     *
     * @return what is to be done about the rest, which is noise by then; empty when the database itself has to be asked
     */
    default Optional<Remains> destroy() throws IOException {
        return Optional.empty();
    }

    /** What the store key needs besides the passphrase; empty where the key of the database's own file does as much. */
    default Optional<KeyShare> share() {
        return Optional.empty();
    }

    /** What an earlier {@link #destroy} has left to do. */
    default Remains remains() {
        return () -> {};
    }

    /**
     * How long to go on asking whether a commit took place of which the answer was lost, where the database may be unavailable for a
     * moment.
     */
    default Duration patience() {
        return Duration.ZERO;
    }
}
