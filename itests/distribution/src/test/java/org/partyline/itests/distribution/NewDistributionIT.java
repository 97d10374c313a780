package org.partyline.itests.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * Starts a newer distribution on an existing home: the operator's changes stay, and files that must match the
 * distribution are updated.
 */
public class NewDistributionIT {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Path distribution;
    private Path home;
    private Path java;

    @Before
    public void startOnce() throws Exception {
        String name = "partyline-" + System.getProperty("project.version");
        Process tar = new ProcessBuilder(
                        "tar",
                        "-xzf",
                        System.getProperty("partyline.distribution"),
                        "-C",
                        folder.getRoot().toString(),
                        name + "/partyline",
                        name + "/etc")
                .inheritIO()
                .start();
        assertEquals(0, tar.waitFor());
        distribution = folder.getRoot().toPath().resolve(name);
        Files.createDirectories(distribution.resolve("system/org/partyline"));
        Files.createDirectory(distribution.resolve("lib"));
        pack("old");
        home = folder.getRoot().toPath().resolve("home");

        // A JVM that ends at once: these tests examine only the settings.
        java = folder.newFolder("java").toPath();
        Path program = Files.createDirectory(java.resolve("bin")).resolve("java");
        Files.writeString(program, "#!/bin/sh\n[ \"$1\" = -version ] && echo 'openjdk version \"17.0.1\"' >&2\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        start();
    }

    @Test
    public void settingsThatTheOperatorDidNotTouchAreReplaced() throws Exception {
        append(distribution.resolve("etc/org.apache.karaf.shell.cfg"), "# newer");

        start();

        assertTrue(read("org.apache.karaf.shell.cfg").contains("# newer"));
        assertFalse(Files.exists(home.resolve("etc/org.apache.karaf.shell.cfg.new")));
    }

    @Test
    public void settingsThatKarafWroteAnewAreReplacedToo() throws Exception {
        append(home.resolve("etc/org.apache.karaf.command.acl.jaas.cfg"), "");
        append(distribution.resolve("etc/org.apache.karaf.command.acl.jaas.cfg"), "# newer");

        start();

        assertTrue(read("org.apache.karaf.command.acl.jaas.cfg").contains("# newer"));
        assertFalse(Files.exists(home.resolve("etc/org.apache.karaf.command.acl.jaas.cfg.new")));
    }

    @Test
    public void settingsThatTheOperatorChangedAreKeptWithTheNewOnesBeside() throws Exception {
        append(home.resolve("etc/org.ops4j.pax.logging.cfg"), "# mine");
        append(distribution.resolve("etc/org.ops4j.pax.logging.cfg"), "# newer");

        start();

        assertTrue(read("org.ops4j.pax.logging.cfg").contains("# mine"));
        assertFalse(read("org.ops4j.pax.logging.cfg").contains("# newer"));
        assertTrue(read("org.ops4j.pax.logging.cfg.new").contains("# newer"));
    }

    @Test
    public void filesThatMustFitTheDistributionAreReplacedAndTheOldOnesKeptBeside() throws Exception {
        append(home.resolve("etc/startup.properties"), "# mine");
        append(distribution.resolve("etc/startup.properties"), "# newer");

        start();

        assertTrue(read("startup.properties").contains("# newer"));
        assertTrue(read("startup.properties.old").contains("# mine"));
    }

    @Test
    public void usersAndNodesAndSettingsOfTheOperatorsOwnSurvive() throws Exception {
        append(home.resolve("etc/users.properties"), "# mine");
        String users = read("users.properties");
        Files.writeString(home.resolve("etc/org.partyline.transport.rpc-mine.cfg"), "url = http://127.0.0.1:8332\n");
        append(distribution.resolve("etc/users.properties"), "# newer");

        start();

        assertEquals(users, read("users.properties"));
        assertTrue(read("org.partyline.transport.rpc-mine.cfg").contains("8332"));
    }

    @Test
    public void filesThatTheDistributionNoLongerHasGo() throws Exception {
        Files.delete(distribution.resolve("etc/org.apache.karaf.command.acl.system.cfg"));

        start();

        assertFalse(Files.exists(home.resolve("etc/org.apache.karaf.command.acl.system.cfg")));
    }

    @Test
    public void theBundlesOfTheOldDistributionAreForgotten() throws Exception {
        Path cached = Files.createDirectories(home.resolve("data/cache")).resolve("bundle");
        Files.writeString(cached, "old");
        // Karaf's record of a start that installed everything.
        Path record =
                Files.createDirectories(home.resolve("data/cache/bundle9/data")).resolve("state.json");
        Files.writeString(record, "{\"bootDone\":true}");
        start();
        assertTrue("the same distribution keeps its cache", Files.exists(cached));
        pack("new");

        start();

        assertFalse(Files.exists(cached));
    }

    /** Adds a bundle to the distribution. */
    private void pack(String kernel) throws Exception {
        Files.writeString(distribution.resolve("system/org/partyline/vault.jar"), kernel);
        String sum = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(kernel.getBytes(StandardCharsets.UTF_8)));
        Files.writeString(distribution.resolve("lib/system.sha256"), sum + "  system/org/partyline/vault.jar\n");
    }

    @Test
    public void aFileOfTheDistributionThatWasOverwrittenKeepsTheServerFromStarting() throws Exception {
        Files.writeString(distribution.resolve("system/org/partyline/vault.jar"), "other code");

        assertEquals(
                "Error: " + distribution
                        + "/system/org/partyline/vault.jar was changed since the distribution was packed:"
                        + " unpack it again.\n",
                said());

        Files.delete(distribution.resolve("lib/system.sha256"));
        Files.writeString(distribution.resolve("etc/startup.properties"), "");
        assertEquals(
                "Error: " + distribution
                        + " is incomplete: lib/system.sha256 is missing. Unpack the distribution again.\n",
                said());
    }

    @Test
    public void whatTheOperatorAllowsSurvives() throws Exception {
        append(home.resolve("etc/allowed-bundles"), "# mine");
        append(distribution.resolve("etc/allowed-bundles"), "# newer");

        start();

        assertTrue(read("allowed-bundles").contains("# mine"));
    }

    private void start() throws Exception {
        assertEquals("Error: the server exited during startup: see " + home + "/log.\n", said());
    }

    private String said() throws Exception {
        ProcessBuilder script =
                new ProcessBuilder(distribution.resolve("partyline").toString(), "server");
        script.environment().put("PARTYLINE_HOME", home.toString());
        script.environment().put("JAVA_HOME", java.toString());
        Process process = script.start();
        process.getOutputStream().close();
        String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(1, process.waitFor());
        return said;
    }

    private String read(String file) throws IOException {
        return Files.readString(home.resolve("etc").resolve(file));
    }

    private static void append(Path file, String line) throws IOException {
        Files.writeString(file, "\n" + line + "\n", StandardOpenOption.APPEND);
    }
}
