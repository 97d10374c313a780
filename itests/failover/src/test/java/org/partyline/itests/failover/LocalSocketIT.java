package org.partyline.itests.failover;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.testkit.PostgreSqlServer;

/**
 * A server whose database is on the same machine: both its lock and its store use the Unix socket, without a password.
 */
class LocalSocketIT {
    @Test
    void aServerNeedsNoPasswordForADatabaseThatKnowsItsUser() throws Exception {
        assumeTrue(PostgreSqlServer.shared().isPresent(), PostgreSqlServer.MISSING);
        PostgreSqlServer database = PostgreSqlServer.shared().orElseThrow();
        try (PartylineServer server = PartylineServer.create("local")) {
            Path etc = Files.createDirectory(
                    server.home().resolve("etc"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.writeString(
                    etc.resolve("org.partyline.store.postgresql.cfg"),
                    "url = jdbc:postgresql://:" + database.port() + "/" + database.database() + "\nuser = "
                            + PostgreSqlServer.USER + "\n");
            server.start();
            new Operator(server).setUp("Alice");
            String doctor = server.run("partyline:doctor", "--all").text();
            assertTrue(
                    doctor.contains("this server leads (epoch 1), the database answers through its Unix socket"),
                    doctor);
        }
    }
}
