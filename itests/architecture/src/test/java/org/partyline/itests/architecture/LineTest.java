package org.partyline.itests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Checks that the stages form a line: according to the descriptions of their components, by which Declarative Services
 * connects them, none refers to a service of a stage to its right.
 */
class LineTest {
    private static final Path FLOOR = Path.of("..", "..", "bundles", "messaging");

    /** From the bottom to the top; stages at the same position do not know each other. */
    private static final List<Set<String>> LINE = List.of(
            Set.of("state"),
            Set.of("mailbox"),
            Set.of("contacts"),
            Set.of("fees"),
            Set.of("sealing"),
            Set.of("receive"),
            Set.of("delivery"),
            Set.of("channels", "messages", "backup", "privacy"),
            Set.of("vault"));

    private static final Pattern REFERENCE = Pattern.compile("<reference [^>]*interface=\"([^\"]+)\"");
    private static final Pattern PROVIDED = Pattern.compile("<provide interface=\"([^\"]+)\"");
    private static final Pattern REGISTERED = Pattern.compile("objectClass:List<String>=\"([^\"]*)\"");

    private static final Pattern COMPONENT = Pattern.compile("<scr:component [^>]*>");

    private final Map<String, Set<String>> provides = new TreeMap<>();
    private final Map<String, Set<String>> refers = new TreeMap<>();
    private final Map<String, Integer> places = new HashMap<>();
    /**
     * Stages that Declarative Services activates only when another bundle asks for a service, and deactivates with that
     * bundle.
     */
    private final Set<String> lazy = new TreeSet<>();

    private void read() throws IOException {
        for (int place = 0; place < LINE.size(); place++) {
            for (String stage : LINE.get(place)) {
                places.put(stage, place);
                read(stage);
            }
        }
    }

    private void read(String stage) throws IOException {
        Set<String> provided = provides.computeIfAbsent(stage, first -> new TreeSet<>());
        Set<String> referred = refers.computeIfAbsent(stage, first -> new TreeSet<>());
        Path target = FLOOR.resolve(stage).resolve("target");
        assumeTrue(Files.exists(target), "nothing is packed: mvn verify");
        List<Path> jars;
        try (Stream<Path> all = Files.list(target)) {
            jars = all.filter(jar -> jar.getFileName().toString().matches(stage + "-[0-9][0-9.]*\\.jar"))
                    .toList();
        }
        assumeTrue(!jars.isEmpty(), "nothing is packed: mvn verify");
        try (JarFile jar = new JarFile(jars.get(0).toFile())) {
            find(REGISTERED, jar.getManifest().getMainAttributes().getValue("Provide-Capability"), provided);
            for (JarEntry entry : jar.stream()
                    .filter(one -> one.getName().matches("OSGI-INF/.*\\.xml"))
                    .toList()) {
                String description = new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
                find(PROVIDED, description, provided);
                find(REFERENCE, description, referred);
                if (entry.getName().matches(".*Stage\\.xml") && !isImmediate(description)) {
                    lazy.add(entry.getName());
                }
            }
        }
    }

    private static void find(Pattern pattern, String text, Set<String> found) {
        Matcher matcher = pattern.matcher(text == null ? "" : text);
        while (matcher.find()) {
            found.addAll(List.of(matcher.group(1).split(",")));
        }
    }

    private static boolean isImmediate(String description) {
        Matcher component = COMPONENT.matcher(description);
        return component.find() && component.group().contains("immediate=\"true\"");
    }

    @Test
    void noStageRefersToOneOnItsRight() throws IOException {
        read();
        Set<String> wrong = new TreeSet<>();
        refers.forEach((stage, services) -> provides.forEach((other, offered) -> {
            boolean isLeft = places.get(other) < places.get(stage);
            services.stream()
                    .filter(service -> !other.equals(stage) && !isLeft && offered.contains(service))
                    // Any bundle may provide one of these, and a reference to them is to all.
                    .filter(service -> !service.matches("org\\.partyline\\.api\\.health\\..*"))
                    .forEach(service -> wrong.add(stage + " refers to " + service + " of " + other));
        }));
        assertEquals(Set.of(), wrong);
    }

    /** The components that open and lock the store find stages only through their participation in the state. */
    @Test
    void neitherTheFirstNorTheLastOfTheLineNamesAStage() throws IOException {
        read();
        Set<String> named = new TreeSet<>(refers.get("vault"));
        named.addAll(refers.get("state"));
        named.removeIf(service -> !service.startsWith("org.partyline.messaging."));
        assertEquals(
                Set.of(
                        "org.partyline.messaging.state.StateOwner",
                        "org.partyline.messaging.state.StateParticipant",
                        "org.partyline.messaging.state.StateServices"),
                named);
    }

    /**
     * Services that a stage registers itself must be listed in its bnd.bnd: otherwise, nobody could report which bundle
     * is missing.
     */
    @Test
    void whateverAStageRefersToSomeStageSaysItProvides() throws IOException {
        read();
        Set<String> all = new TreeSet<>();
        provides.values().forEach(all::addAll);
        Set<String> unknown = new TreeSet<>();
        refers.values().stream()
                .flatMap(Set::stream)
                .filter(service -> service.startsWith("org.partyline.messaging.") && !all.contains(service))
                .forEach(unknown::add);
        assertEquals(Set.of(), unknown);
    }

    /** A stage registers its services itself: it must run even if no bundle watches its threads or its health. */
    @Test
    void eachStageRunsWhetherAnotherBundleAsksForItOrNot() throws IOException {
        read();
        assertEquals(Set.of(), lazy);
    }

    /** Otherwise, a stage might find others in another way, and the test above would not notice. */
    @Test
    void eachStageButTheFirstIsMadeOfWhatTheBottomPublishes() throws IOException {
        read();
        String bottom = "org.partyline.messaging.state.StateServices";
        assertTrue(provides.get("state").contains(bottom));
        refers.forEach((stage, services) -> assertTrue(stage.equals("state") || services.contains(bottom), stage));
    }
}
