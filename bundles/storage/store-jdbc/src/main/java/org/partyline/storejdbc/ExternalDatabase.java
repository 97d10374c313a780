package org.partyline.storejdbc;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.partyline.api.store.StoreException;

/**
 * A database outside this server's own files.
 *
 * @param dataSource connects to it
 * @param keyShare this home's share of the store's keys
 * @param hasOwnStore whether the home has a store in a file of its own, whose key the share would replace
 */
record ExternalDatabase(DataSource dataSource, KeyShare keyShare, BooleanSupplier hasOwnStore)
        implements ConnectionSource {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Override
    public Connection open() throws SQLException {
        return dataSource.getConnection();
    }

    @Override
    public void migrate(Migrations migrations, Fence fence) throws SQLException, StoreException {
        new TransactionalMigration(this, fence).run(migrations);
    }

    @Override
    public void checkNew() throws StoreException {
        if (hasOwnStore.getAsBoolean()) {
            throw new StoreException("a new store in the database would erase the key of the store in "
                    + keyShare.directory() + ": export a backup of that one without the database, and move it away");
        }
    }

    @Override
    public Duration patience() {
        return PATIENCE;
    }

    @Override
    public Optional<KeyShare> share() {
        return Optional.of(keyShare);
    }

    @Override
    public void overwriteKeys() throws IOException {
        keyShare.overwrite();
    }

    @Override
    public Optional<Remains> destroy() throws IOException {
        keyShare.destroy();
        return Optional.empty();
    }
}
