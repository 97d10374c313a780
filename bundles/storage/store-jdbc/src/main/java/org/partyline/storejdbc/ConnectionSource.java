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
     * Migrates a store from an older format to the present one, after copying it. No connection is open meanwhile. A
     * failure leaves the store unchanged.
     *
     * @param fence checked in the transaction that changes a shared database
     */
    default void migrate(Migrations migrations, Fence fence) throws SQLException, StoreException {
        throw new StoreException("the store cannot be migrated to format " + migrations.format()
                + ": start the older program that wrote it");
    }

    /**
     * Called before a store is created.
     *
     * @throws StoreException if it would make another one unreadable
     */
    default void checkNew() throws StoreException {}

    /** The size of the database on the disk in bytes, if the store must keep it small; otherwise 0. */
    default long size() {
        return 0;
    }

    /** Files that must still be overwritten. */
    @FunctionalInterface
    interface Remains {
        void overwrite() throws IOException;
    }

    /**
     * Writes all live data into a new file with a new key, and erases the previous key, so that this file and every
     * older copy of it become noise. A failure leaves either the old file with the old key, or the new one with the new
     * key.
     *
     * @param connection to the database, at the beginning of a transaction; not usable any more if this returns true or
     *     fails
     * @param meta replacements for rows of the meta table in the new file, by name; their previous content is not in it
     * @return false if the file does not belong to this server: then nothing was done
     */
    default boolean rewrite(Connection connection, Map<String, byte[]> meta) throws SQLException, StoreException {
        return false;
    }

    /** Overwrites this home's part of the store's keys in place, also while the database is in use. */
    default void overwriteKeys() throws IOException {}

    /**
     * Destroys this home's part of the store's keys, and moves the database's file out of the way. There must be no
     * open connection; the next one creates a new database.
     *
     * @return the remaining work on files, which are noise by then; empty if the database itself must do it
     */
    default Optional<Remains> destroy() throws IOException {
        return Optional.empty();
    }

    /** The additional key share for the store key; empty if the key of the database's own file has the same effect. */
    default Optional<KeyShare> share() {
        return Optional.empty();
    }

    /** The remaining work of an earlier {@link #destroy}. */
    default Remains remains() {
        return () -> {};
    }

    /**
     * How long to keep asking whether a commit succeeded whose answer was lost, if the database may be briefly
     * unavailable.
     */
    default Duration patience() {
        return Duration.ZERO;
    }
}
