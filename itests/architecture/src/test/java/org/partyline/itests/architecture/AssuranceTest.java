package org.partyline.itests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks that each claim of docs/security.md is in docs/assurance.md, with tests that exist. */
class AssuranceTest {
    private static final Path ROOT = Path.of("..", "..");
    private static final String PROMISES = "What is promised";
    /** Sections without security claims. */
    private static final Set<String> NO_CLAIMS = Set.of("Who might be after you", PROMISES, "Reporting");
    /** Claims that state limits. */
    private static final Set<String> LIMITS = Set.of("Not against the passphrase");

    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:Test|IT))`");
    private static final Pattern ROW =
            Pattern.compile("^\\| \\[([^]]+)]\\(security\\.md#([^)]+)\\) \\| (.+) \\|$", Pattern.MULTILINE);
    private static final Pattern HEADING = Pattern.compile("^###? (.+)$", Pattern.MULTILINE);
    private static final Pattern PROMISE = Pattern.compile("^\\*\\*([^*]+)\\.\\*\\*", Pattern.MULTILINE);

    private final String security = page("security.md");
    private final String assurance = page("assurance.md");

    private static String page(String name) {
        try {
            return Files.readString(ROOT.resolve("docs").resolve(name));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Maps each claim to its section. */
    private Map<String, String> claims() {
        Map<String, String> claims = new LinkedHashMap<>();
        HEADING.matcher(security).results().map(found -> found.group(1)).forEach(title -> {
            if (!NO_CLAIMS.contains(title)) {
                claims.put(title, title);
            }
        });
        int from = security.indexOf("## " + PROMISES);
        Matcher promise = PROMISE.matcher(security.substring(from, security.indexOf("\n## ", from)));
        while (promise.find()) {
            if (!LIMITS.contains(promise.group(1))) {
                claims.put(promise.group(1), PROMISES);
            }
        }
        return claims;
    }

    private static String anchor(String title) {
        return title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 -]", "").replace(' ', '-');
    }

    @Test
    void eachClaimHasItsRowAndEachRowItsClaim() {
        Map<String, String> rows = new LinkedHashMap<>();
        ROW.matcher(assurance).results().forEach(row -> rows.put(row.group(1), row.group(2)));
        Map<String, String> expected = new LinkedHashMap<>();
        claims().forEach((claim, section) -> expected.put(claim, anchor(section)));
        assertEquals(expected, rows);
        assertTrue(expected.size() > 20, expected.size() + " claims were found");
    }

    @Test
    void eachRowNamesATest() {
        ROW.matcher(assurance).results().forEach(row -> {
            assertTrue(TEST.matcher(row.group(3)).find(), row.group(1) + " has no test");
        });
    }

    @Test
    void eachTestThatIsNamedExistsAndEachFuzzerAndMeasurementIsNamed() throws IOException {
        Set<String> there = new TreeSet<>();
        for (String folder : new String[] {"bundles", "itests"}) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
                files.map(Path::toString)
                        .filter(file -> file.contains("/src/test/java/") && file.endsWith(".java"))
                        .map(file -> file.substring(file.lastIndexOf('/') + 1, file.length() - ".java".length()))
                        .forEach(there::add);
            }
        }
        Set<String> named = new TreeSet<>();
        TEST.matcher(assurance).results().forEach(found -> named.add(found.group(1)));
        Set<String> missing = new TreeSet<>(named);
        TEST.matcher(security).results().forEach(found -> missing.add(found.group(1)));
        missing.removeAll(there);
        assertEquals(Set.of(), missing, "these tests do not exist");

        Set<String> unnamed = new TreeSet<>(there);
        unnamed.removeIf(test -> !test.endsWith("FuzzTest") && !test.endsWith("TimingTest"));
        unnamed.removeAll(named);
        assertEquals(Set.of(), unnamed, "docs/assurance.md does not name these");
    }
}
