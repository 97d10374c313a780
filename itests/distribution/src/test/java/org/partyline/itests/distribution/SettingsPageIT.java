package org.partyline.itests.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;
import org.partyline.api.transport.NodeSettingsCheck;

/**
 * Checks the settings of all bundles in the packed distribution: each has a default, a range and a unit, and a line in
 * docs/settings.md. That page is generated from them; {@code -Dsettings.write=true} rewrites it.
 */
public class SettingsPageIT {
    private static final Path DOCS = Path.of("..", "..", "docs");
    private static final Path PAGE = DOCS.resolve("settings.md");
    private static final String BEGIN = "<!-- Made by the build from the packed bundles: SettingsPageIT. -->\n";
    private static final String END = "<!-- The end of what is made. -->\n";
    /** Settings of third-party bundles that ours read are described by their authors. */
    private static final String OURS = "org.partyline.";

    private static final Pattern PID = Pattern.compile("configuration-pid=\"([^\"]+)\"");
    private static final Pattern CLASS = Pattern.compile("<implementation class=\"([^\"]+)\"");

    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    /** By PID. */
    private static final Map<String, SettingsDeclaration> SETTINGS = new TreeMap<>();

    /** The PIDs that our components read. */
    private static final Set<String> READ = new TreeSet<>();

    private static URLClassLoader packed;
    private static Path etc;

    @BeforeClass
    public static void readWhatIsPacked() throws Exception {
        String name = "partyline-" + System.getProperty("project.version");
        Process tar = new ProcessBuilder(
                        "tar",
                        "-xzf",
                        System.getProperty("partyline.distribution"),
                        "-C",
                        FOLDER.getRoot().toString(),
                        name + "/system",
                        name + "/etc")
                .inheritIO()
                .start();
        assertEquals(0, tar.waitFor());
        Path root = FOLDER.getRoot().toPath().resolve(name);
        etc = root.resolve("etc");
        List<Path> jars;
        try (Stream<Path> files = Files.walk(root.resolve("system"))) {
            jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
        assertTrue(jars.size() > 30);
        List<URL> urls = new ArrayList<>();
        for (Path jar : jars) {
            urls.add(jar.toUri().toURL());
        }
        // The declarations use this test's copy of the API; everything else is the packed code.
        packed = new URLClassLoader(urls.toArray(URL[]::new), SettingsPageIT.class.getClassLoader());
        for (Path jar : jars) {
            if (jar.toString().contains("/org/partyline/")) {
                try (InputStream in = Files.newInputStream(jar)) {
                    read(in);
                }
            }
        }
    }

    @AfterClass
    public static void close() throws IOException {
        packed.close();
    }

    private static void read(InputStream jar) throws Exception {
        JarInputStream entries = new JarInputStream(jar);
        for (JarEntry entry = entries.getNextJarEntry(); entry != null; entry = entries.getNextJarEntry()) {
            if (entry.getName().startsWith("OSGI-INF/") && entry.getName().endsWith(".xml")) {
                read(new String(entries.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
    }

    /** Reads the description of a component. */
    private static void read(String component) throws Exception {
        Matcher pids = PID.matcher(component);
        while (pids.find()) {
            Stream.of(pids.group(1).split(" "))
                    .filter(each -> each.startsWith(OURS))
                    .forEach(READ::add);
        }
        if (component.contains("<provide interface=\"" + SettingsDeclaration.class.getName() + "\"")
                || component.contains("<provide interface=\"" + NodeSettingsCheck.class.getName() + "\"")) {
            Matcher name = CLASS.matcher(component);
            assertTrue(component, name.find());
            SettingsDeclaration declaration = declaration(Class.forName(name.group(1), true, packed));
            SETTINGS.put(declaration.pid(), declaration);
        }
    }

    private static SettingsDeclaration declaration(Class<?> component) throws Exception {
        if (component.getSimpleName().equals("TokenDirectory")) {
            UnaryOperator<String> environment = name -> null;
            return (SettingsDeclaration) component
                    .getConstructor(Path.class, UnaryOperator.class, String.class, Map.class)
                    .newInstance(Path.of(""), environment, "", Map.of());
        }
        return (SettingsDeclaration) component.getConstructor().newInstance();
    }

    @Test
    public void everyConfigurationThatIsReadIsDescribed() throws Exception {
        assertTrue(READ.contains("org.partyline.engine"));
        assertEquals(READ, SETTINGS.keySet());
        // And no file is shipped that no bundle reads.
        try (Stream<Path> files = Files.list(etc)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("org.partyline.") && name.endsWith(".cfg"))
                    .forEach(name ->
                            assertTrue(name, SETTINGS.containsKey(name.substring(0, name.length() - ".cfg".length()))));
        }
    }

    @Test
    public void everySettingHasADefaultThatIsAllowedARangeAndAUnit() {
        List<String> faults = new ArrayList<>();
        SETTINGS.values()
                .forEach(each -> each.settings().forEach(setting -> {
                    String name = each.pid() + " " + setting.key();
                    if (setting.what().isBlank()) {
                        faults.add(name + " does not say what it is for");
                    }
                    if (setting.range().isEmpty()) {
                        faults.add(name + " has no range");
                    }
                    if (setting.type() == Setting.Type.INTEGER && setting.unit().equals("none")) {
                        faults.add(name + " has no unit");
                    }
                    if (setting.standard().isEmpty() && !setting.range().contains("nothing") && !nameOfANode(setting)) {
                        faults.add(name + " has no default");
                    }
                    try {
                        setting.check(setting.standard());
                    } catch (IllegalArgumentException e) {
                        faults.add(name + ": the default is refused: " + e.getMessage());
                    }
                }));
        assertEquals(List.of(), faults);
        assertTrue(SETTINGS.values().stream()
                        .mapToInt(each -> each.settings().size())
                        .sum()
                > 90);
    }

    /** The default is that of its file. */
    private static boolean nameOfANode(Setting<?> setting) {
        return setting.key().equals("name");
    }

    @Test
    public void theDocsHaveALineForEach() throws Exception {
        StringBuilder made = new StringBuilder();
        SETTINGS.values().forEach(each -> made.append(table(each)));
        String page = Files.readString(PAGE);
        int from = page.indexOf(BEGIN) + BEGIN.length();
        int to = page.indexOf(END);
        assertTrue("docs/settings.md has a place for them", from >= BEGIN.length() && to >= from);
        if (Boolean.getBoolean("settings.write")) {
            Files.writeString(PAGE, page.substring(0, from) + made + page.substring(to));
            return;
        }
        assertEquals(
                "docs/settings.md shows other settings: write it anew with -Dsettings.write=true",
                made.toString(),
                page.substring(from, to));
    }

    private static String table(SettingsDeclaration of) {
        StringBuilder table = new StringBuilder("\n## etc/" + of.pid() + (of.isFactory() ? "-NAME" : "") + ".cfg\n\n"
                + of.title() + "\n\n| key | default | range | unit | |\n| --- | --- | --- | --- | --- |\n");
        for (Setting<?> each : of.settings()) {
            table.append("| `" + each.key() + "` | "
                    + (each.standard().isEmpty() ? "nothing" : "`" + each.standard() + "`")
                    + " | " + cell(each.range()) + " | "
                    + (each.unit().equals("none") ? "" : cell(each.unit())) + " | "
                    + cell(each.what() + choices(each) + more(each)) + " |\n");
        }
        return table.toString();
    }

    private static String choices(Setting<?> of) {
        StringBuilder words = new StringBuilder();
        of.choices().forEach((value, label) -> {
            if (!label.equals(value)
                    && !of.what().contains(value + ": ")
                    && !of.what().contains(label)) {
                words.append(words.isEmpty() ? " " : "; ")
                        .append(value.isEmpty() ? "nothing" : "`" + value + "`")
                        .append(": ")
                        .append(label);
            }
        });
        return words.isEmpty() ? "" : words + ".";
    }

    private static String more(Setting<?> of) {
        return (of.effect().equals("at once") ? "" : " Takes effect " + of.effect() + ".")
                + (of.command().isEmpty() ? "" : " Set by " + of.command() + ".");
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;");
    }
}
