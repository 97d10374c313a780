package org.partyline.settings.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.partyline.api.PartylineException;
import org.partyline.api.config.Configurations.Section;
import org.partyline.api.config.Configurations.Value;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;
import org.partyline.api.transport.NodeSettingsCheck;

/** Settings that bundles describe are shown and set: both in the file and in the configuration, or not at all. */
class AllConfigurationsTest {
    private static final String ONE = "org.partyline.one";
    private static final String NODE = "org.partyline.transport.rpc";
    private static final SettingsDeclaration FIRST = declared(
            ONE,
            false,
            Setting.duration("time", "1h", "1m", "2h"),
            Setting.text("path", "", "a path outside of the home", text -> {
                if (text.equals("/in/home")) {
                    throw new IllegalArgumentException("choose one outside");
                }
                return text;
            }),
            Setting.text("source", "ask", "a source").command("partyline:secrets-move"));
    private static final SettingsDeclaration NODES = declared(
            NODE, true, Setting.duration("time", "2s", "1s", "5m"), Setting.password("password", "a password"));

    @TempDir
    private Path etc;

    private final Map<String, Dictionary<String, Object>> stored = new TreeMap<>();
    private final AllConfigurations all = with(Optional.empty());

    private static SettingsDeclaration declared(String pid, boolean factory, Setting<?>... settings) {
        return new SettingsDeclaration() {
            @Override
            public String pid() {
                return pid;
            }

            @Override
            public boolean isFactory() {
                return factory;
            }

            @Override
            public String title() {
                return "What " + pid + " is for.";
            }

            @Override
            public List<Setting<?>> settings() {
                return List.of(settings);
            }
        };
    }

    private AllConfigurations with(Optional<Path> files) {
        AllConfigurations made = new AllConfigurations(admin(), files, id -> "bundle-" + id);
        made.addDeclaration(FIRST, Map.of("service.bundleid", 1L));
        made.addDeclaration(NODES, Map.of("service.bundleid", 2L));
        return made;
    }

    private AllConfigurations inFiles() {
        return with(Optional.of(etc));
    }

    private void store(String pid, Map<String, String> values) {
        stored.put(pid, new Hashtable<>(values));
    }

    private ConfigurationAdmin admin() {
        return proxy(ConfigurationAdmin.class, (method, arguments) -> switch (method) {
            case "getConfiguration" -> configuration((String) arguments[0]);
            case "listConfigurations" -> {
                String filter = (String) arguments[0];
                Configuration[] found = stored.keySet().stream()
                        .filter(pid -> filter.equals("(service.pid=" + pid + ")")
                                || filter.equals("(service.factoryPid=" + pid.replaceAll("~.*", "") + ")")
                                        && pid.contains("~"))
                        .map(this::configuration)
                        .toArray(Configuration[]::new);
                yield found.length == 0 ? null : found;
            }
            default -> null;
        });
    }

    private Configuration configuration(String pid) {
        return proxy(Configuration.class, (method, arguments) -> switch (method) {
            case "getPid" -> pid;
            case "getProperties" -> stored.get(pid);
            case "update" -> {
                @SuppressWarnings("unchecked")
                Dictionary<String, Object> after = (Dictionary<String, Object>) arguments[0];
                stored.put(pid, after);
                yield null;
            }
            default -> null;
        });
    }

    private interface Handler {
        Object handle(String method, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Handler handler) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> handler.handle(method.getName(), arguments)));
    }

    private void assertRefused(String why, String name, String value) {
        Map<String, Dictionary<String, Object>> before = Map.copyOf(stored);
        PartylineException refused =
                assertThrows(PartylineException.class, () -> inFiles().set(name, value));
        assertEquals(why, refused.getMessage());
        assertEquals(before, stored);
        assertFalse(Files.exists(etc.resolve(ONE + ".cfg")));
    }

    @Test
    void whatIsConfiguredIsShownAndElseTheDefault() throws Exception {
        store(ONE, Map.of("time", "5m", "service.pid", ONE));
        store(NODE + "~home", Map.of("felix.fileinstall.filename", "file:/etc/" + NODE + "-home.cfg", "password", "x"));
        List<Section> sections = all.list();
        assertEquals(
                List.of("one", "transport.rpc-home"),
                sections.stream().map(Section::name).toList());
        assertEquals("org.partyline.transport.rpc-home.cfg", sections.get(1).file());
        assertEquals("bundle-2", sections.get(1).bundle());
        Value time = all.get("one.time");
        assertEquals("5m", time.value());
        assertTrue(time.isSet());
        assertEquals("1m to 2h", time.range());
        assertEquals("2s", all.get("transport.rpc-home.time").value());
        assertEquals(Value.HIDDEN, all.get("password").value());
        assertFalse(sections.toString().contains("x,"), sections.toString());
    }

    @Test
    void whatIsSetStandsInTheFileAndTheConfigurationAndNothingElseChanges() throws Exception {
        Files.writeString(etc.resolve(ONE + ".cfg"), "# mine\npath = /a\ntime = 1m\n");
        store(ONE, Map.of("path", "/a", "time", "1m"));
        inFiles().set("time", " 90m ");
        assertEquals("# mine\npath = /a\ntime = 90m\n", Files.readString(etc.resolve(ONE + ".cfg")));
        assertEquals("90m", stored.get(ONE).get("time"));
        assertEquals("/a", stored.get(ONE).get("path"));
        inFiles().set("one.path", "C:\\b");
        assertTrue(Files.readString(etc.resolve(ONE + ".cfg")).contains("path = C:\\\\b\n"));
        assertEquals("C:\\b", stored.get(ONE).get("path"));
        inFiles().reset("time");
        assertEquals("# mine\npath = C:\\\\b\n", Files.readString(etc.resolve(ONE + ".cfg")));
        assertEquals("1h", all.get("time").value());
    }

    @Test
    void theFileOfANodeIsItsOwn() throws Exception {
        store(NODE + "~home", Map.of("felix.fileinstall.filename", "file:/etc/" + NODE + "-home.cfg"));
        inFiles().set("transport.rpc-home.time", "3s");
        assertEquals("time = 3s\n", Files.readString(etc.resolve(NODE + "-home.cfg")));
        assertEquals("3s", stored.get(NODE + "~home").get("time"));
    }

    @Test
    void whatCannotBeIsRefusedAndChangesNothing() {
        store(ONE, Map.of("time", "5m"));
        assertRefused("time = '3h': it must be 1m to 2h", "one.time", "3h");
        assertRefused("there is no setting 'colour': see partyline:config", "colour", "red");
        assertRefused(
                "one.source is set by partyline:secrets-move, which also makes the related changes", "source", "file");
        store(NODE + "~home", Map.of("felix.fileinstall.filename", "file:/etc/" + NODE + "-home.cfg"));
        assertRefused("there are several settings 'time': name one, one.time, transport.rpc-home.time", "time", "5m");
        assertRefused(
                "transport.rpc-home.password is a secret, and others could see it in a command: write it to "
                        + "org.partyline.transport.rpc-home.cfg, mode 0600",
                "password",
                "x");
    }

    @Test
    void theBundleItselfIsAskedBeforeAnythingIsStored() throws Exception {
        AllConfigurations asked = inFiles();
        PartylineException refused = assertThrows(PartylineException.class, () -> asked.set("one.path", "/in/home"));
        assertEquals("path = '/in/home': choose one outside", refused.getMessage());
        assertEquals(Map.of(), stored);
        asked.set("one.path", "/outside");
        assertEquals("/outside", stored.get(ONE).get("path"));
    }

    @Test
    void aFileThatCannotBeWrittenLeavesEverythingAsItWas() throws Exception {
        store(ONE, Map.of("time", "5m"));
        Files.createDirectory(etc.resolve(ONE + ".cfg"));
        Files.createFile(etc.resolve(ONE + ".cfg").resolve("in the way"));
        PartylineException refused =
                assertThrows(PartylineException.class, () -> inFiles().set("one.time", "6m"));
        assertTrue(refused.getMessage().endsWith("one.time is unchanged"), refused.getMessage());
        assertEquals("5m", all.get("one.time").value());
    }

    /** Settings whose values must be consistent, without other checks. */
    private static final class Limits implements SettingsDeclaration {
        @Override
        public String pid() {
            return "org.partyline.limits";
        }

        @Override
        public String title() {
            return "Limits.";
        }

        @Override
        public List<Setting<?>> settings() {
            return List.of(Setting.duration("least", "1m", "1m", "2h"), Setting.duration("most", "1h", "1m", "2h"));
        }

        @Override
        public void check(Map<String, String> values) throws PartylineException {
            if (values.getOrDefault("least", "1m").equals("2h")
                    && values.getOrDefault("most", "1h").equals("1h")) {
                throw new PartylineException("least is above most");
            }
        }
    }

    @Test
    void aValueIsCheckedByItselfAndWithTheOthers() throws Exception {
        AllConfigurations limited = inFiles();
        limited.addDeclaration(new Limits(), Map.of());
        assertEquals(
                "least = '3h': it must be 1m to 2h",
                assertThrows(PartylineException.class, () -> limited.set("limits.least", "3h"))
                        .getMessage());
        assertEquals(
                "least is above most",
                assertThrows(PartylineException.class, () -> limited.set("limits.least", "2h"))
                        .getMessage());
        assertEquals(Map.of(), stored);
        limited.set("limits.most", "2h");
        limited.set("limits.least", "2h");
        assertEquals(
                "least is above most",
                assertThrows(PartylineException.class, () -> limited.reset("limits.most"))
                        .getMessage());
        assertEquals("2h", limited.get("limits.most").value());
    }

    @Test
    void configurationsAreListedByName() {
        AllConfigurations several = with(Optional.empty());
        for (String name : List.of("zebra", "ape", "mouse", "bee")) {
            several.addDeclaration(declared("org.partyline." + name, false), Map.of());
        }
        assertEquals(
                List.of("ape", "bee", "mouse", "one", "zebra"),
                several.list().stream().map(Section::name).toList());
    }

    @Test
    void aDeclarationOfANodeComesAndGoes() {
        NodeSettingsCheck nodes = new NodeSettingsCheck() {
            @Override
            public String type() {
                return "other";
            }

            @Override
            public String title() {
                return "Another node.";
            }

            @Override
            public List<Setting<?>> settings() {
                return List.of(Setting.duration("patience", "2s", "1s", "5m"));
            }
        };
        store(
                "org.partyline.transport.other~home",
                Map.of("felix.fileinstall.filename", "file:/etc/org.partyline.transport.other-home.cfg"));
        all.addNodeDeclaration(nodes, Map.of("service.bundleid", 3L));
        assertEquals("bundle-3", all.list().get(1).bundle());
        all.removeNodeDeclaration(nodes);
        assertEquals(List.of("one"), all.list().stream().map(Section::name).toList());
    }

    @Test
    void whatHasNoPropertiesOrNoFileIsNotListed() throws Exception {
        store(NODE + "~home", Map.of());
        assertEquals(List.of("one"), all.list().stream().map(Section::name).toList());
        AllConfigurations unknown = new AllConfigurations(
                proxy(ConfigurationAdmin.class, (method, arguments) -> new Configuration[] {configuration("none")}),
                Optional.empty(),
                id -> "");
        unknown.addDeclaration(FIRST, Map.of());
        unknown.addDeclaration(NODES, Map.of());
        assertEquals(List.of("one"), unknown.list().stream().map(Section::name).toList());
        assertFalse(unknown.get("one.time").isSet());
    }

    @Test
    void aNameThatIsNoneIsShownWithoutControlCharactersAndNotAtAnyLength() {
        String sixty = "x".repeat(60);
        assertEquals(
                "there is no setting '" + sixty + "': see partyline:config",
                assertThrows(PartylineException.class, () -> all.get(sixty)).getMessage());
        assertEquals(
                "there is no setting '?" + "x".repeat(59) + "\u2026': see partyline:config",
                assertThrows(PartylineException.class, () -> all.get("\u001b" + sixty))
                        .getMessage());
    }

    @Test
    void bundlesAndFilesAreAsKarafSays() throws Exception {
        AllConfigurations karafs =
                new AllConfigurations(admin(), proxy(BundleContext.class, (method, arguments) -> switch (method) {
                    case "getProperty" -> arguments[0].equals("karaf.etc") ? etc.toString() : null;
                    case "getBundle" ->
                        arguments[0].equals(1L)
                                ? proxy(
                                        Bundle.class,
                                        (called, none) -> called.equals("getSymbolicName") ? "its.name" : null)
                                : null;
                    default -> null;
                }));
        karafs.addDeclaration(FIRST, Map.of("service.bundleid", 1L));
        karafs.addDeclaration(new Limits(), Map.of("service.bundleid", 2L));
        assertEquals(
                List.of("", "its.name"),
                karafs.list().stream().map(Section::bundle).toList());
        karafs.set("one.time", "90m");
        assertEquals("time = 90m\n", Files.readString(etc.resolve(ONE + ".cfg")));
    }
}
