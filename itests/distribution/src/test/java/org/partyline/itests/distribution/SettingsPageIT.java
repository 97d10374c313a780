package org.partyline.itests.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.partyline.settings.config.Attribute;
import org.partyline.settings.config.Described;
import org.partyline.settings.config.MetatypeDocument;

/**
 * What can be set, in all bundles of the packed distribution: each setting has a default, a range and a unit, and a line in
 * docs/settings.md. That page is made from them; {@code -Dsettings.write=true} writes it anew.
 */
public class SettingsPageIT {
    private static final Path DOCS = Path.of("..", "..", "docs");
    private static final Path PAGE = DOCS.resolve("settings.md");
    private static final String BEGIN = "<!-- Made by the build from the packed bundles: SettingsPageIT. -->\n";
    private static final String END = "<!-- The end of what is made. -->\n";
    /** What one of our bundles reads of someone else's is described by who made that. */
    private static final String OURS = "org.partyline.";

    private static final Pattern PID = Pattern.compile("configuration-pid=\"([^\"]+)\"");

    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    /** By PID. */
    private static final Map<String, Described> SETTINGS = new TreeMap<>();

    /** The PIDs that components of ours read. */
    private static final Set<String> READ = new TreeSet<>();

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
                        name + "/system/org/partyline",
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
        for (Path jar : jars) {
            try (InputStream in = Files.newInputStream(jar)) {
                read(in);
            }
        }
    }

    private static void read(InputStream jar) throws IOException {
        JarInputStream entries = new JarInputStream(jar);
        for (JarEntry entry = entries.getNextJarEntry(); entry != null; entry = entries.getNextJarEntry()) {
            if (!entry.getName().startsWith("OSGI-INF/") || !entry.getName().endsWith(".xml")) {
                continue;
            }
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            entries.transferTo(text);
            if (entry.getName().startsWith(MetatypeDocument.DIRECTORY + "/")) {
                MetatypeDocument.read(new ByteArrayInputStream(text.toByteArray())).stream()
                        .filter(each -> each.pid().startsWith(OURS))
                        .forEach(each -> SETTINGS.put(each.pid(), each));
            } else {
                Matcher pids = PID.matcher(text.toString(StandardCharsets.UTF_8));
                while (pids.find()) {
                    Stream.of(pids.group(1).split(" "))
                            .filter(each -> each.startsWith(OURS))
                            .forEach(READ::add);
                }
            }
        }
    }

    @Test
    public void everyConfigurationThatIsReadIsDescribed() throws Exception {
        assertTrue(READ.contains("org.partyline.engine"));
        assertEquals(READ, SETTINGS.keySet());
        // And none is shipped that nobody reads.
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
                .forEach(each -> each.attributes().forEach(attribute -> {
                    String name = each.pid() + " " + attribute.key();
                    if (attribute.what().isBlank()) {
                        faults.add(name + " does not say what it is for");
                    }
                    if (attribute.range().isEmpty()) {
                        faults.add(name + " has no range");
                    }
                    if (attribute.more().unit().isEmpty()
                            || attribute.limits().min().matches(".*[0-9].*")
                                    && attribute.more().unit().equals("none")) {
                        faults.add(name + " has no unit");
                    }
                    if (attribute.more().effect().isEmpty()) {
                        faults.add(name + " does not say when a change counts");
                    }
                    if (attribute.standard().isEmpty()
                            && !attribute.range().contains("nothing")
                            && !nameOfANode(attribute)) {
                        faults.add(name + " has no default");
                    }
                    try {
                        attribute.check(attribute.standard());
                    } catch (IllegalArgumentException e) {
                        faults.add(name + ": the default is refused: " + e.getMessage());
                    }
                }));
        assertEquals(List.of(), faults);
        assertTrue(SETTINGS.values().stream()
                        .mapToInt(each -> each.attributes().size())
                        .sum()
                > 90);
    }

    /** By default that of its file. */
    private static boolean nameOfANode(Attribute attribute) {
        return attribute.key().equals("name");
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

    private static String table(Described of) {
        StringBuilder table = new StringBuilder("\n## etc/" + of.pid() + (of.factory() ? "-NAME" : "") + ".cfg\n\n"
                + of.title() + "\n\n| key | default | range | unit | |\n| --- | --- | --- | --- | --- |\n");
        for (Attribute each : of.attributes()) {
            table.append("| `" + each.key() + "` | "
                    + (each.standard().isEmpty() ? "nothing" : "`" + each.standard() + "`")
                    + " | " + cell(each.range()) + " | "
                    + (each.more().unit().equals("none") ? "" : cell(each.more().unit())) + " | "
                    + cell(each.what() + choices(each) + more(each)) + " |\n");
        }
        return table.toString();
    }

    private static String choices(Attribute of) {
        StringBuilder words = new StringBuilder();
        of.limits().options().forEach((value, label) -> {
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

    private static String more(Attribute of) {
        return (of.more().effect().equals("at once")
                        ? ""
                        : " Takes effect " + of.more().effect() + ".")
                + (of.more().command().isEmpty() ? "" : " Set by " + of.more().command() + ".");
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;");
    }
}
