package org.partyline.itests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks what the source of the bundles' unit tests uses of other bundles. */
class UnitTestsTest {
    private static final Path BUNDLES = Path.of("..", "..", "bundles");
    /** Contains the tests of all stages together, in one process. */
    private static final Path SERVERS = Path.of("..", "messaging");

    private static final int MOST_WHOLE_PERCENT = 15;
    private static final int LEAST_TARGETS = 52;

    private static final Pattern TEST =
            Pattern.compile("^ +@(Test|ParameterizedTest|RepeatedTest|FuzzTest|TestFactory)\\b", Pattern.MULTILINE);
    private static final Pattern PACKAGE = Pattern.compile("^package ([\\w.]+);", Pattern.MULTILINE);
    private static final Pattern IMPORT =
            Pattern.compile("^import (?:static )?(org\\.partyline\\.[a-z0-9.]+)\\.[A-Z]\\w*", Pattern.MULTILINE);
    /** A fuzz target of Jazzer; .ci/fuzz finds them in the same way. */
    private static final Pattern FUZZ_TARGET =
            Pattern.compile("^ +@FuzzTest[^\n]*\n +void (\\w+)\\(", Pattern.MULTILINE);

    /** Bundles whose classes tests of others may use: shared ones, and those for tests alone. */
    private static final Set<String> SHARED = Set.of(
            "api-spi",
            "api-app",
            "api-messaging",
            "testkit",
            "testkit-messaging",
            "bitcoin-tx",
            "bitcoin-signer",
            "shell",
            "console-line");

    /** Bundles whose tests use others' implementations, and why. */
    private static final Map<String, String> TOGETHER = Map.of(
            "vault", "state and vault start together",
            "session", "the known answers of PROTOCOL 6 are whole packets",
            "secrets-file", "a file that was written with the real algorithms has to open for ever");

    private record Source(String bundle, String name, String text) {
        int tests() {
            return (int) TEST.matcher(text).results().count();
        }
    }

    private static List<Source> sources(Path in, String kind) throws IOException {
        List<Source> all = new ArrayList<>();
        try (Stream<Path> files = Files.walk(in)) {
            for (Path file : files.filter(one -> one.toString().endsWith(".java"))
                    .filter(one -> one.toString().contains("/src/" + kind + "/"))
                    .toList()) {
                String bundle = file.startsWith(BUNDLES)
                        ? BUNDLES.relativize(file).getName(1).toString()
                        : in.getFileName().toString();
                all.add(new Source(bundle, file.getFileName().toString().replace(".java", ""), Files.readString(file)));
            }
        }
        return all;
    }

    @Test
    void fewTestsOfMessagingStartAWholeServer() throws IOException {
        int own = sources(BUNDLES.resolve("messaging"), "test").stream()
                .mapToInt(Source::tests)
                .sum();
        int whole = sources(SERVERS, "test").stream().mapToInt(Source::tests).sum();

        assertTrue(whole > 0);
        assertTrue(
                whole * 100 <= (own + whole) * MOST_WHOLE_PERCENT,
                () -> whole + " of " + (own + whole) + " tests of messaging start a whole server");
    }

    @Test
    void eachFuzzTargetHasInputsThatEveryBuildReplays() throws IOException {
        Set<String> without = new TreeSet<>();
        int all = 0;
        try (Stream<Path> files = Files.walk(BUNDLES)) {
            for (Path file : files.filter(one -> one.toString().endsWith(".java"))
                    .filter(one -> one.toString().contains("/src/test/"))
                    .toList()) {
                for (Matcher target = FUZZ_TARGET.matcher(Files.readString(file)); target.find(); all++) {
                    Path inputs = Path.of(file.toString()
                                    .replace("/src/test/java/", "/src/test/resources/")
                                    .replace(".java", "Inputs"))
                            .resolve(target.group(1));
                    if (!Files.isDirectory(inputs) || isEmpty(inputs)) {
                        without.add(inputs.toString());
                    }
                }
            }
        }
        assertEquals(Set.of(), without);
        assertTrue(all >= LEAST_TARGETS, all + " targets were found");
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    @Test
    void unitTestsNeedNoImplementationOfAnotherBundle() throws IOException {
        Map<String, String> owners = new HashMap<>();
        for (Source source : sources(BUNDLES, "main")) {
            Matcher name = PACKAGE.matcher(source.text());
            if (name.find()) {
                owners.put(name.group(1), source.bundle());
            }
        }
        Set<String> found = new TreeSet<>();
        for (Source source : sources(BUNDLES, "test")) {
            Matcher used = IMPORT.matcher(source.text());
            while (used.find()) {
                String owner = owners.getOrDefault(used.group(1), source.bundle());
                if (!owner.equals(source.bundle())
                        && !SHARED.contains(owner)
                        && !TOGETHER.containsKey(source.bundle())) {
                    found.add(source.bundle() + ": " + source.name() + " uses " + owner);
                }
            }
        }
        assertEquals(Set.of(), found);
    }
}
