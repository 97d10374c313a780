package org.partyline.storejdbc;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.partyline.api.store.StoreException;

/** Where the store gets its one connection from. */
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
        throw new StoreException("the store cannot be brought to format " + migrations.format()
                + ": start the older program that wrote it");
    }

    /** How many bytes the database takes on the disk, where it is for the store to keep it small; else 0. */
    default long size() {
        return 0;
    }

    /** What is left to be overwritten. */
    @FunctionalInterface
    interface Remains {
        void overwrite() throws IOException;
    }

    /**
     * Destroys the wrapped key where it lies, wherever that is, and puts the database's file out of the way. There is no connection
     * now; the next one makes a new database.
     *
     * @param wrap the wrapped key as it is stored; empty where it is not known
     * @return what is to be done about the rest, which is noise by then; empty when the database itself has to be asked
     */
    default Optional<Remains> destroy(byte[] wrap) throws IOException {
        return Optional.empty();
    }

    /** Destroys the copies of the store as it was in older formats: whoever has an older passphrase would read them. */
    default void forgetCopies() throws IOException {}

    /** What an earlier {@link #destroy} has left to do. */
    default Remains remains() {
        return () -> {};
    }

    /**
     * How long to go on asking whether a commit took place of which the answer was lost, where the database may be away for a
     * moment.
     */
    default Duration patience() {
        return Duration.ZERO;
    }
}
