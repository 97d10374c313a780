package org.partyline.itests.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.partyline.testkit.PostgreSqlServer;

/**
 * With {@code -Dserver.store=postgresql}, the store of each server is in a separate database on a real PostgreSQL, as a
 * leader without a standby. So tests that were written for a store in files also test that one.
 */
final class PostgreSqlStore {
    private static final String WANTED = System.getProperty("server.store", "files");

    private PostgreSqlStore() {}

    /** Writes the settings of such a store into a new home's {@code etc}, if requested. */
    static void configure(Path home) {
        switch (WANTED) {
            case "files" -> {}
            case "postgresql" -> write(home);
            default ->
                throw new IllegalArgumentException("server.store must be files or postgresql, not '" + WANTED + "'");
        }
    }

    private static void write(Path home) {
        try {
            PostgreSqlServer database =
                    PostgreSqlServer.shared().orElseThrow(() -> new IllegalStateException(PostgreSqlServer.MISSING));
            Path etc = Files.createDirectory(
                    home.resolve("etc"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.writeString(
                    etc.resolve("org.partyline.store.postgresql.cfg"),
                    "url = " + database.url(database.database()) + "\nuser = " + PostgreSqlServer.USER + "\n");
            Path password = Files.createFile(
                    etc.resolve("postgresql.password"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(password, PostgreSqlServer.PASSWORD + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("a home cannot be told of its database", e);
        }
    }
}
