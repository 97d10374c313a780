package org.partyline.itests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Checks that Prometheus can parse all alert rules: if YAML reads one sentence differently, Prometheus rejects the
 * whole file.
 */
class AlertRulesTest {
    private static final Path RULES = Path.of("../../karaf-assembly/src/main/resources/watch/partyline.rules.yml");
    /** A plain value must not contain a colon before a space, nor a comment (YAML 1.2, section 7.3.3). */
    private static final Pattern AMBIGUOUS = Pattern.compile("\\s+\\w+: (?!['\"{|>]).*(: | #).*");

    @Test
    void eachSentenceWithAColonIsQuoted() throws IOException {
        List<String> lines = Files.readAllLines(RULES);
        assertEquals(
                List.of(),
                lines.stream().filter(line -> AMBIGUOUS.matcher(line).matches()).toList());
    }
}
