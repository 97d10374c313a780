package org.partyline.itests.extension;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.Reply;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * Third-party bundles leave the same lines in the audit log however they are installed: by a command, from a watched
 * directory, as a part of a feature. A server cannot read kar files.
 */
@ExtendWith(ShowLogs.class)
class ForeignOriginsIT {
    private static final String COMMAND = "com.example.command";
    private static final String DROPPED = "com.example.dropped";
    private static final String FEATURE = "com.example.feature";
    private static final List<String> STEPS = List.of("refused", "allowed", "started", "removed");

    @TempDir
    Path directory;

    private PartylineServer server;

    @Test
    void eachStepOfAForeignBundleIsInTheAuditWhicheverWayItCame() throws Exception {
        Path drop = Files.createDirectory(directory.resolve("drop"));
        Path command = jar(COMMAND);
        Path dropped = jar(DROPPED);
        Path part = jar(FEATURE);
        Path features = Files.writeString(directory.resolve("features.xml"), """
                <features name="foreign" xmlns="http://karaf.apache.org/xmlns/features/v1.6.0">
                  <feature name="foreign" version="1.0.0"><bundle>%s</bundle></feature>
                </features>
                """.formatted(part.toUri()));
        try (PartylineServer started = PartylineServer.create("origins").start()) {
            server = started;
            server.stop();
            Path etc = server.home().resolve("etc");
            Path settings = etc.resolve("org.apache.karaf.features.cfg");
            Files.writeString(
                    settings,
                    Files.readString(settings)
                            .replace("featuresRepositories = ", "featuresRepositories = " + features.toUri() + ", "));
            Files.writeString(
                    etc.resolve("org.apache.felix.fileinstall-drop.cfg"),
                    "felix.fileinstall.dir = " + drop + "\nfelix.fileinstall.tmpdir = " + directory.resolve("tmp")
                            + "\nfelix.fileinstall.poll = 500\nfelix.fileinstall.log.level = 3\n");
            erase(server.home().resolve("data"));
            server.start();
            new Operator(server).setUp("alice");

            server.run("bundle:install", "-s", command.toUri().toString());
            Files.copy(dropped, drop.resolve("dropped.jar"));
            feature("install");
            for (String name : List.of(COMMAND, DROPPED, FEATURE)) {
                await(name, "refused");
            }

            for (Path jar : List.of(command, dropped, part)) {
                Files.writeString(
                        etc.resolve("allowed-bundles"), OtherBytes.sum(jar) + "  a test\n", StandardOpenOption.APPEND);
            }
            done(server.run("bundle:start", COMMAND));
            feature("install");
            for (String name : List.of(COMMAND, DROPPED, FEATURE)) {
                await(name, "started");
            }

            done(server.run("bundle:uninstall", COMMAND));
            Files.delete(drop.resolve("dropped.jar"));
            feature("uninstall");
            for (String name : List.of(COMMAND, DROPPED, FEATURE)) {
                await(name, "removed");
                assertEquals(
                        STEPS,
                        STEPS.stream().filter(step -> written(name, step)).toList(),
                        name);
            }
            assertEquals(2, server.run("kar:install", "file:/none.kar").status());
        }
    }

    private void await(String name, String step) {
        Supplier<Boolean> there = () -> written(name, step);
        Wait.until("the audit has " + name + " as " + step, there::get);
    }

    private boolean written(String name, String step) {
        return Operator.elements(audit().get("events"))
                .anyMatch(entry -> entry.get("event").asText().equals("foreign-bundle-" + step)
                        && Arrays.asList(entry.get("detail").asText("").split("[ ,]+"))
                                .contains(name));
    }

    private JsonNode audit() {
        try {
            return server.json("audit", "--last", "1000");
        } catch (UncheckedIOException e) {
            return server.awaitAnswer().json("audit", "--last", "1000");
        }
    }

    /** Karaf may restart bundles of ours for it, including the console: then there is no answer. */
    private void feature(String verb) {
        try {
            server.run("feature:" + verb, "foreign");
        } catch (UncheckedIOException e) {
            server.awaitAnswer();
        }
    }

    private static void done(Reply reply) {
        assertEquals(0, reply.status(), reply::text);
    }

    /** Creates a third-party bundle that contains only its name. */
    private Path jar(String name) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", name);
        main.putValue("Bundle-Version", "1.0.0");
        Path file = directory.resolve(name + ".jar");
        new JarOutputStream(Files.newOutputStream(file), manifest).close();
        return file;
    }

    private static void erase(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.delete(file);
            }
        }
    }
}
