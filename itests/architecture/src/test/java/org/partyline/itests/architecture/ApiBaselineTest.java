package org.partyline.itests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import aQute.bnd.differ.Baseline;
import aQute.bnd.differ.DiffPluginImpl;
import aQute.bnd.osgi.Instructions;
import aQute.bnd.service.diff.Delta;
import aQute.bnd.service.diff.Diff;
import aQute.bnd.service.diff.Tree;
import aQute.libg.reporter.ReporterAdapter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks that a change of the API raises the version of its package according to semantic versioning, since the last
 * release: its API is in {@code bundles/api/NAME/baseline.txt}. {@code -Dbaseline.write=true} writes the present API
 * there, for a release.
 */
class ApiBaselineTest {
    private static final Path BUNDLES = Path.of("..", "..", "bundles", "api");
    private static final String PACKAGE = "PACKAGE +MINOR -MAJOR org.example";

    @ParameterizedTest
    @ValueSource(strings = {"api-spi", "api-app"})
    void everyChangeSinceTheLastReleaseHasItsVersion(String bundle) throws Exception {
        List<String> built = ApiText.of(BUNDLES.resolve(bundle).resolve("target/classes"));
        Path file = BUNDLES.resolve(bundle).resolve("baseline.txt");
        if (Boolean.getBoolean("baseline.write")) {
            Files.write(file, built);
            return;
        }
        List<String> wrong = wrong(built, Files.readAllLines(file));
        if (!wrong.isEmpty()) {
            fail(bundle + ": " + String.join("\n", wrong) + "\n(docs/architecture.md, Versions of the api)");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"api-spi", "api-app"})
    void everyPackageIsExportedInAVersion(String bundle) throws Exception {
        Path classes = BUNDLES.resolve(bundle).resolve("target/classes");
        Tree api = ApiText.tree(ApiText.of(classes));
        try (Stream<Path> all = Files.walk(classes)) {
            List<String> packages = all.filter(file -> file.toString().endsWith(".class"))
                    .map(file -> classes.relativize(file.getParent()).toString().replace('/', '.'))
                    .distinct()
                    .sorted()
                    .toList();
            assertEquals(
                    packages, ApiText.exports(api).keySet().stream().sorted().toList());
        }
    }

    @Test
    void aMethodMoreForCallersIsAMinorStep() throws Exception {
        List<String> before = api("1.4.0", "INTERFACE", "METHOD +MINOR -MAJOR one()");
        assertEquals(
                List.of(
                        "package org.example changed since 1.4.0 (MINOR: Thing): its package-info.java needs @Version(\"1.5.0\"), and has 1.4.0"),
                wrong(api("1.4.0", "INTERFACE", "METHOD +MINOR -MAJOR one()", "METHOD +MINOR -MAJOR two()"), before));
        assertEquals(
                List.of(),
                wrong(api("1.5.0", "INTERFACE", "METHOD +MINOR -MAJOR one()", "METHOD +MINOR -MAJOR two()"), before));
    }

    @Test
    void aMethodMoreForWhoImplementsIsAMajorStep() throws Exception {
        assertEquals(
                List.of(
                        "package org.example changed since 1.4.0 (MAJOR: Thing): its package-info.java needs @Version(\"2.0.0\"), and has 1.5.0"),
                wrong(
                        api("1.5.0", "INTERFACE", "METHOD +MINOR -MAJOR one()", "METHOD +MAJOR -MAJOR two()"),
                        api("1.4.0", "INTERFACE", "METHOD +MINOR -MAJOR one()")));
    }

    @Test
    void aMethodLessIsAMajorStep() throws Exception {
        assertEquals(
                List.of(
                        "package org.example changed since 1.4.0 (MAJOR: Thing): its package-info.java needs @Version(\"2.0.0\"), and has 1.4.0"),
                wrong(api("1.4.0", "CLASS"), api("1.4.0", "CLASS", "METHOD +MINOR -MAJOR one()")));
    }

    @Test
    void anotherVersionOfTheSameIsNoFault() throws Exception {
        assertEquals(List.of(), wrong(api("1.5.0", "CLASS"), api("1.4.0", "CLASS")));
    }

    @Test
    void anApiThatOnlyGrewByAPackageHasNoFault() throws Exception {
        assertEquals(List.of(), wrong(api("1.0.0", "CLASS"), List.of()));
    }

    @Test
    void aPackageThatIsGoneIsSaid() throws Exception {
        assertEquals(
                List.of(
                        "package org.example is gone, and bundles of others import it: put it back, or take it out of baseline.txt"),
                wrong(List.of(), api("1.0.0", "CLASS")));
    }

    @Test
    void whatIsWrittenIsReadAsTheSame() throws Exception {
        List<String> built = ApiText.of(BUNDLES.resolve("api-spi").resolve("target/classes"));
        assertFalse(built.isEmpty());
        assertEquals(
                Delta.UNCHANGED,
                ApiText.tree(built).diff(ApiText.tree(new ArrayList<>(built))).getDelta());
    }

    private static List<String> api(String version, String type, String... members) {
        List<String> lines = new ArrayList<>(List.of(
                PACKAGE, "  VERSION +IGNORED -IGNORED " + version, "  " + type + " +MINOR -MAJOR org.example.Thing"));
        Stream.of(members).map(member -> "    " + member).forEach(lines::add);
        return lines;
    }

    private static List<String> wrong(List<String> built, List<String> released) throws Exception {
        Tree newer = ApiText.tree(built);
        Tree older = ApiText.tree(released);
        Baseline baseline = new Baseline(new ReporterAdapter(), new DiffPluginImpl());
        List<String> wrong = new ArrayList<>();
        for (Baseline.Info one : baseline.baseline(
                newer, ApiText.exports(newer), older, ApiText.exports(older), new Instructions("*"))) {
            if (one.packageDiff.getDelta() == Delta.REMOVED) {
                wrong.add("package " + one.packageName
                        + " is gone, and bundles of others import it: put it back, or take it out of baseline.txt");
            } else if (one.mismatch) {
                wrong.add("package " + one.packageName + " changed since " + one.olderVersion + " ("
                        + one.packageDiff.getDelta() + ": " + changed(one.packageDiff)
                        + "): its package-info.java needs @Version(\"" + one.suggestedVersion + "\"), and has "
                        + one.newerVersion);
            }
        }
        wrong.sort(null);
        return wrong;
    }

    private static String changed(Diff of) {
        return of.getChildren().stream()
                .filter(child -> child.getName().startsWith(of.getName()))
                .filter(child -> child.getDelta() != Delta.UNCHANGED)
                .map(child ->
                        child.getName().substring(of.getName().length() + 1).replace('$', '.'))
                .collect(Collectors.joining(", "));
    }
}
