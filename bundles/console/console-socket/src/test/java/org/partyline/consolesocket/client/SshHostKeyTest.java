package org.partyline.consolesocket.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SshHostKeyTest {
    @TempDir
    Path home;

    @BeforeEach
    void etc() throws IOException {
        Files.createDirectory(home.resolve("etc"));
    }

    /** A key, and its form according to {@code ssh-keygen -i -m PKCS8}. */
    @Test
    void aKeyThatIsThereIsPinnedAsOpenSshWritesIt() throws IOException {
        Files.writeString(home.resolve("etc/host.key"), "its private part");
        Files.writeString(home.resolve("etc/host.key.pub"), """
                -----BEGIN PUBLIC KEY-----
                MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENW6dlgATHxj2ncBEFOxpMBkDHHgr
                cgxfuZ5DubI1sxjKAEhH1I0NHv286E3OBq9OHKqBh84B6j0wpUkNWACJaQ==
                -----END PUBLIC KEY-----
                """);

        new SshHostKey(home, home.resolve("etc")).pin(20_001);

        assertEquals(
                "[127.0.0.1]:20001 ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBDVunZYAEx8Y9p3A"
                        + "RBTsaTAZAxx4K3IMX7meQ7myNbMYygBIR9SNDR79vOhNzgavThyqgYfOAeo9MKVJDVgAiWk=\n",
                Files.readString(home.resolve("known_hosts")));
        assertEquals("its private part", Files.readString(home.resolve("etc/host.key")));
    }

    @Test
    void aNewKeyIsForItsOwnerAloneAndStays() throws IOException {
        SshHostKey key = new SshHostKey(home, home.resolve("etc"));

        key.pin(20_001);
        String pinned = Files.readString(home.resolve("known_hosts"));
        key.pin(20_001);

        assertEquals(pinned, Files.readString(home.resolve("known_hosts")));
        assertTrue(Files.readString(home.resolve("etc/host.key")).startsWith("-----BEGIN PRIVATE KEY-----\n"));
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("etc/host.key"))));
    }

    /** As the package installs it. */
    @Test
    void theKeyIsWithTheSettingsAlsoWhereTheyAreApart(@TempDir Path etc) throws IOException {
        Files.delete(home.resolve("etc"));

        new SshHostKey(home, etc).pin(20_001);

        assertTrue(Files.exists(etc.resolve("host.key")));
        assertTrue(Files.readString(home.resolve("known_hosts")).startsWith("[127.0.0.1]:20001 "));
    }

    @Test
    void anotherKindOfKeyIsRefusedInOneLine() throws IOException {
        Files.writeString(home.resolve("etc/host.key"), "x");
        Files.writeString(home.resolve("etc/host.key.pub"), "ssh-rsa AAAA");

        IOException refused = assertThrows(IOException.class, () -> new SshHostKey(home, home.resolve("etc")).pin(1));

        assertEquals(
                home.resolve("etc/host.key.pub") + " is not a P-256 key: remove it and " + home.resolve("etc/host.key")
                        + ", and new ones are generated",
                refused.getMessage());
    }
}
