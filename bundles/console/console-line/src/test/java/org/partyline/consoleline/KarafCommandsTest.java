package org.partyline.consoleline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class KarafCommandsTest {
    private static final Pattern ROW = Pattern.compile("\\| `([a-z]+:[a-z-]+)` \\| (.+) \\|");

    @Test
    void theDocumentsListThemAllWithTheirReasons() throws IOException {
        String commands = Files.readString(Path.of("../../../docs/commands.md"));
        String section = commands.substring(commands.indexOf("\n## Karaf's commands\n"));
        Map<String, String> documented = new TreeMap<>();
        section.lines().forEach(line -> {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                documented.put(row.group(1), row.group(2));
            }
        });
        assertEquals(new TreeMap<>(KarafCommands.reasons()), documented);
    }

    @Test
    void noneOfThemRunsProgramsReadsFilesOrLoadsClasses() {
        for (String name : KarafCommands.reasons().keySet()) {
            assertTrue(
                    !name.matches(
                                    ".*:(exec|java|source|cat|nano|ls|cd|new|set|eval|load.*|find-class|classes|script|.*install-.*|edit|"
                                            + "update|while|if|each|watch|history|addcommand|tac|type|alias)")
                            || name.equals("bundle:update"),
                    name);
        }
    }
}
