package org.partyline.storepostgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsDigestTest {
    @TempDir
    Path etc;

    private String before;

    @BeforeEach
    void writesSettings() throws IOException {
        write("org.partyline.engine", "default-ttl = 1d\n");
        before = SettingsDigest.of(etc);
    }

    private void write(String pid, String text) throws IOException {
        Files.writeString(etc.resolve(pid + ".cfg"), text);
    }

    @Test
    void anotherSettingOrAnotherNodeIsAnotherDigest() throws IOException {
        write("org.partyline.engine", "default-ttl = 2d\n");
        assertNotEquals(before, SettingsDigest.of(etc));
        write("org.partyline.engine", "default-ttl = 1d\n");
        write("org.partyline.transport.rpc-core", "network = regtest\n");
        assertNotEquals(before, SettingsDigest.of(etc));
    }

    @Test
    void commentsSpacesAndOrderDoNotCount() throws IOException {
        write("org.partyline.engine", "# as it was\n\n  default-ttl=1d\n");
        assertEquals(before, SettingsDigest.of(etc));
    }

    @Test
    void theOrderOfTheFilesDoesNotCount() throws Exception {
        Files.delete(etc.resolve("org.partyline.engine.cfg"));
        StringBuilder all = new StringBuilder();
        for (int i = 10; i < 30; i++) {
            // In an order that is neither forwards nor backwards.
            write("org.partyline.x" + (10 + i * 7 % 20), "a = b\n");
            all.append("org.partyline.x").append(i).append(".cfg\na=b\n\n");
        }
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(all.toString().getBytes(StandardCharsets.UTF_8));
        assertEquals(HexFormat.of().formatHex(hash, 0, 16), SettingsDigest.of(etc));
    }

    @Test
    void noPasswordCanBeGuessedFromIt() throws IOException {
        write("org.partyline.transport.rpc-core", "user = alice\n");
        String without = SettingsDigest.of(etc);
        for (String line : new String[] {"password = tulip", "  password=rose", "password: lily", "password iris"}) {
            write("org.partyline.transport.rpc-core", "user = alice\n" + line + "\n");
            assertEquals(without, SettingsDigest.of(etc), line);
        }
        write("org.partyline.transport.rpc-core", "user = alice\npassword-file = /etc/rpc\n");
        assertNotEquals(without, SettingsDigest.of(etc));
    }

    @Test
    void whatMayDifferDoesNotCount() throws IOException {
        write("org.partyline.store.postgresql", "name = north\n");
        write("org.partyline.unattended", "source = credential\n");
        write("org.apache.karaf.shell", "x = y\n");
        assertEquals(before, SettingsDigest.of(etc));
    }
}
