package org.partyline.itests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Draws the house from the packed bundles: which provide a service, and which use it. {@code docs/architecture.md}
 * contains the drawing; if it differs, this test fails, and with {@code -Ddrawing.write=true} rewrites it.
 */
class HouseDrawingTest {
    private static final Path ROOT = Path.of("..", "..");
    private static final Path PAGE = ROOT.resolve("docs/architecture.md");
    private static final String BEGIN = "<!-- Made by the build from the packed bundles: HouseDrawingTest. -->\n";
    private static final String END = "<!-- The end of the drawing. -->\n";
    /** The top floor first. */
    private static final List<String> FLOORS =
            List.of("web", "console", "operations", "messaging", "network", "storage", "protocol", "crypto");

    private static final Pattern OFFERED = Pattern.compile("objectClass:List<String>=\"([^\"]*)\"");
    private static final Pattern ASKED = Pattern.compile("\\(objectClass=(org\\.partyline[^)]*)\\)");
    private static final Pattern PACKAGE = Pattern.compile("(org\\.partyline\\.(?!api\\b)[a-z0-9.]+)");

    /**
     * A packed bundle: the services that it provides and uses, and the packages of other bundles from which it loads
     * classes.
     */
    private record Packed(String floor, String name, Set<String> offers, Set<String> asks, Set<String> imports) {}

    @Test
    void theDocsShowTheHouseAsItIsBuilt() throws IOException {
        List<Packed> bundles = packed();
        assumeTrue(!bundles.isEmpty(), "nothing is packed: mvn verify");
        String drawing = draw(bundles);
        String page = Files.readString(PAGE);
        int from = page.indexOf(BEGIN);
        int to = page.indexOf(END);
        assertTrue(from >= 0 && to > from, "docs/architecture.md has a place for the drawing");
        if (Boolean.getBoolean("drawing.write")) {
            Files.writeString(PAGE, page.substring(0, from) + BEGIN + drawing + page.substring(to));
            return;
        }
        assertEquals(
                drawing,
                page.substring(from + BEGIN.length(), to),
                "docs/architecture.md shows another house: write it anew with -Ddrawing.write=true");
    }

    private static List<Packed> packed() throws IOException {
        List<Packed> all = new ArrayList<>();
        for (String floor : FLOORS) {
            for (Path bundle : folders(ROOT.resolve("bundles").resolve(floor))) {
                String name = bundle.getFileName().toString();
                for (Path jar : jars(bundle.resolve("target"), name)) {
                    try (JarFile file = new JarFile(jar.toFile())) {
                        Attributes manifest = file.getManifest().getMainAttributes();
                        all.add(new Packed(
                                floor,
                                name,
                                found(OFFERED, manifest.getValue("Provide-Capability")),
                                found(ASKED, manifest.getValue("Require-Capability")),
                                found(PACKAGE, manifest.getValue("Import-Package"))));
                    }
                }
            }
        }
        return all;
    }

    private static Set<String> found(Pattern pattern, String header) {
        Set<String> found = new TreeSet<>();
        Matcher matcher = pattern.matcher(header == null ? "" : header);
        while (matcher.find()) {
            found.addAll(List.of(matcher.group(1).split(",")));
        }
        return found;
    }

    private static List<Path> folders(Path in) throws IOException {
        try (Stream<Path> all = Files.list(in)) {
            return all.filter(one -> Files.exists(one.resolve("pom.xml")))
                    .sorted()
                    .toList();
        }
    }

    private static List<Path> jars(Path in, String name) throws IOException {
        if (!Files.exists(in)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(in)) {
            return all.filter(jar -> jar.getFileName().toString().matches(Pattern.quote(name) + "-[0-9][0-9.]*\\.jar"))
                    .toList();
        }
    }

    private static String draw(List<Packed> bundles) {
        StringBuilder drawing = new StringBuilder("```mermaid\nflowchart TD\n");
        TreeMap<Integer, Set<String>> floors = new TreeMap<>();
        bundles.forEach(bundle -> floors.computeIfAbsent(FLOORS.indexOf(bundle.floor()), none -> new TreeSet<>())
                .add(node(bundle)));
        floors.forEach((floor, names) -> {
            drawing.append("  subgraph ").append(FLOORS.get(floor)).append('\n');
            names.forEach(name -> drawing.append("    ").append(name).append('\n'));
            drawing.append("  end\n");
        });
        Map<String, Set<String>> arrows = new LinkedHashMap<>();
        for (Packed user : bundles) {
            for (Packed used : bundles) {
                if (user == used) {
                    continue;
                }
                if (used.offers().stream().anyMatch(user.asks()::contains)) {
                    arrows.computeIfAbsent(node(user) + " --> ", none -> new LinkedHashSet<>())
                            .add(node(used));
                } else if (user.imports().stream().anyMatch(name -> isOf(name, used))) {
                    arrows.computeIfAbsent(node(user) + " -.-> ", none -> new LinkedHashSet<>())
                            .add(node(used));
                }
            }
        }
        arrows.forEach((from, to) ->
                drawing.append("  ").append(from).append(String.join(" & ", to)).append('\n'));
        return drawing.append("```\n").toString();
    }

    /** Ciphers share one box, and derivations another: no bundle asks for a certain one. */
    private static String node(Packed bundle) {
        return bundle.name().replaceFirst("^(aead|kdf)-.*", "$1");
    }

    private static boolean isOf(String packageName, Packed bundle) {
        return packageName.equals("org.partyline." + bundle.name().replace("-", ""));
    }
}
