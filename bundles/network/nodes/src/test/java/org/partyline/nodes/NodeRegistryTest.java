package org.partyline.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.config.Setting;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Nodes;
import org.partyline.api.transport.NodeSettingsCheck;
import org.partyline.api.transport.Wallet;
import org.partyline.testkit.TestSettings;

class NodeRegistryTest {
    @TempDir
    Path directory;

    private final TestSettings settings = new TestSettings();
    private NodeRegistry nodes;

    @BeforeEach
    void noNodeStartsFromItsFile() {
        nodes = new NodeRegistry(new NodeFiles(directory, Duration.ofMillis(1)), new SecureRandom(), Clock.systemUTC());
        nodes.setOperatorSettings(settings);
    }

    @AfterEach
    void stop() {
        nodes.stop();
    }

    private Path file(String type) {
        return directory.resolve("org.partyline.transport." + type + "-core.cfg");
    }

    @Test
    void aNodeThatDoesNotStartLeavesNoFileBehind() {
        NoSuchThingException refusal =
                assertThrows(NoSuchThingException.class, () -> nodes.add("core", "rpc", Map.of("poll-interval", "0s")));
        assertEquals(
                "node 'core' did not start and was not added: the log names the rejected value; correct it "
                        + "and add the node again",
                refusal.getMessage());
        assertFalse(Files.exists(file("rpc")));
    }

    /** The reader of the file would insert values from the server's environment. */
    @ParameterizedTest
    @ValueSource(strings = {"${env:HOME}", "http://${user.name}@127.0.0.1", "two\nlines", "\u0085"})
    void aValueThatTheReaderOfTheFileWouldInterpretIsRefused(String value) {
        NoSuchThingException refusal =
                assertThrows(NoSuchThingException.class, () -> nodes.add("core", "rpc", Map.of("url", value)));
        assertEquals("url contains characters that are not allowed in a configuration", refusal.getMessage());
        assertFalse(Files.exists(file("rpc")));
    }

    @Test
    void aValueThatTheNodesBundleRefusesIsToldAtOnceAndNothingIsWritten() {
        nodes.addCheck(new NodeSettingsCheck() {
            @Override
            public String type() {
                return "rpc";
            }

            @Override
            public String title() {
                return "A node.";
            }

            @Override
            public List<Setting<?>> settings() {
                return List.of();
            }

            @Override
            public void check(Map<String, String> settings) {
                assertEquals("core", settings.get("name"));
                throw new IllegalArgumentException("poll-interval = '0s': it must be 100ms to 5m");
            }
        });
        assertEquals(
                "poll-interval = '0s': it must be 100ms to 5m",
                assertThrows(PartylineException.class, () -> nodes.add("core", "rpc", Map.of("poll-interval", "0s")))
                        .getMessage());
        assertFalse(Files.exists(file("rpc")));
        assertTrue(assertThrows(NoSuchThingException.class, () -> nodes.add("core", "embedded", Map.of()))
                .getMessage()
                .contains("did not start"));
    }

    @Test
    void aTypeThatABundleFromOutsideBringsIsKnownForAsLongAsTheBundleIsThere() throws Exception {
        NodeSettingsCheck loopback = new NodeSettingsCheck() {
            @Override
            public String type() {
                return "loopback";
            }

            @Override
            public String title() {
                return "A node.";
            }

            @Override
            public List<Setting<?>> settings() {
                return List.of();
            }

            @Override
            public void check(Map<String, String> settings) {
                // All are suitable.
            }
        };
        assertEquals(
                "there is no node type 'loopback': use one of rpc, bitcoinj, embedded",
                assertThrows(NoSuchThingException.class, () -> nodes.check("core", "loopback", Map.of()))
                        .getMessage());
        nodes.addCheck(loopback);
        nodes.check("core", "loopback", Map.of());
        nodes.removeCheck(loopback);
        assertThrows(NoSuchThingException.class, () -> nodes.check("core", "loopback", Map.of()));
        // The file of a node whose bundle is unavailable is found anyway, and deleted.
        Files.writeString(file("loopback"), "name = core\n");
        assertTrue(assertThrows(NoSuchThingException.class, () -> nodes.check("core", "rpc", Map.of()))
                .getMessage()
                .contains("a node named 'core' already exists"));
        nodes.remove("core");
        assertFalse(Files.exists(file("loopback")));
    }

    @Test
    void aNodeThatIsConfiguredAndDoesNotRunIsNamedWithItsBundle() throws Exception {
        assertEquals(List.of(), nodes.idle());
        Files.writeString(file("rpc"), "name = core\n");
        Files.writeString(directory.resolve("org.partyline.engine.cfg"), "");
        assertEquals(List.of(new Nodes.Idle("core", "rpc", "org.partyline.transport-rpc")), nodes.idle());
    }

    @Test
    void aNodeIsAskedWhetherItWouldDoAndNothingIsWritten() throws Exception {
        nodes.addCheck(new NodeSettingsCheck() {
            @Override
            public String type() {
                return "rpc";
            }

            @Override
            public String title() {
                return "A node.";
            }

            @Override
            public List<Setting<?>> settings() {
                return List.of();
            }

            @Override
            public void check(Map<String, String> settings) {
                // All are suitable.
            }

            @Override
            public void ask(Map<String, String> settings) throws PartylineException {
                if (!settings.containsKey("url")) {
                    throw new PartylineException("node core at 127.0.0.1:8332 does not answer");
                }
            }
        });
        assertEquals(
                "node core at 127.0.0.1:8332 does not answer",
                assertThrows(PartylineException.class, () -> nodes.check("core", "rpc", Map.of()))
                        .getMessage());
        nodes.check("core", "rpc", Map.of("url", "http://127.0.0.1:18443"));
        assertThrows(NoSuchThingException.class, () -> nodes.check("core", "magic", Map.of()));
        assertThrows(NoSuchThingException.class, () -> nodes.check("a b", "rpc", Map.of()));
        assertFalse(Files.exists(file("rpc")));
    }

    private static Wallet wallet(String name, Network network) {
        return (Wallet) Proxy.newProxyInstance(
                Wallet.class.getClassLoader(),
                new Class<?>[] {Wallet.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "name" -> name;
                    case "network" -> network;
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    default -> name;
                });
    }

    @Test
    void aNodesOwnWalletPaysElseTheServersElseAnother() {
        Wallet core = wallet("core", Network.REGTEST);
        assertEquals(Optional.empty(), nodes.wallet(Network.REGTEST, "bare"));
        nodes.addWallet(core);
        assertEquals(Optional.of(core), nodes.wallet(Network.REGTEST, "bare"));
        Wallet own = wallet("local-regtest", Network.REGTEST);
        nodes.addWallet(own);
        nodes.addWallet(wallet("local", Network.SIGNET));
        assertEquals(Optional.of(own), nodes.wallet(Network.REGTEST, "bare"));
        assertEquals(Optional.of(core), nodes.wallet(Network.REGTEST, "core"));
    }

    @Test
    void noNodeGetsTheNameOfTheServersOwnWallet() {
        for (String name : List.of("local", "local-regtest")) {
            assertTrue(assertThrows(NoSuchThingException.class, () -> nodes.add(name, "rpc", Map.of()))
                    .getMessage()
                    .contains("reserved for this server's own wallet"));
        }
    }

    @Test
    void aFileThatStartedNoNodeCanBeRemoved() throws Exception {
        Files.writeString(file("embedded"), "block-interval = never\n");
        nodes.remove("core");
        assertFalse(Files.exists(file("embedded")));
    }

    @Test
    void aFileThatIsThereIsNotWrittenOver() throws Exception {
        Files.writeString(file("embedded"), "block-interval = never\n");
        assertThrows(NoSuchThingException.class, () -> nodes.add("core", "rpc", Map.of()));
        assertTrue(Files.exists(file("embedded")));
        assertFalse(Files.exists(file("rpc")));
    }

    @Test
    void whatIsNeitherConfiguredNorRunningCannotBeRemoved() {
        assertEquals(
                "there is no node 'core': see partyline:node-list",
                assertThrows(NoSuchThingException.class, () -> nodes.remove("core"))
                        .getMessage());
    }
}
