package org.partyline.itests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Prometheus takes all of the alert rules or none of them: one sentence that YAML reads otherwise leaves an operator without any. */
class AlertRulesTest {
    private static final Path RULES = Path.of("../../karaf-assembly/src/main/resources/watch/partyline.rules.yml");
    /** A plain value must not contain a colon before a blank, nor a comment (YAML 1.2, section 7.3.3). */
    private static final Pattern AMBIGUOUS = Pattern.compile("\\s+\\w+: (?!['\"{|>]).*(: | #).*");

    @Test
    void eachSentenceWithAColonIsQuoted() throws IOException {
        List<String> lines = Files.readAllLines(RULES);
        assertEquals(
                List.of(),
                lines.stream().filter(line -> AMBIGUOUS.matcher(line).matches()).toList());
    }
}
