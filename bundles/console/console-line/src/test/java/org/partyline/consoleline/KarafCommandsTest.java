package org.partyline.consoleline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class KarafCommandsTest {
    private static final Pattern ROW = Pattern.compile("\\| `([a-z]+)` \\| (`[a-z]+:.+`) \\|");

    /** {@code karaf} prints the reasons. */
    @Test
    void theDocumentsListThemAllByTheirRoles() throws IOException {
        String commands = Files.readString(Path.of("../../../docs/commands.md"));
        String section = commands.substring(commands.indexOf("\n## Karaf's commands\n"));
        Map<String, String> documented = new TreeMap<>();
        section.lines()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .forEach(row -> documented.put(row.group(1), row.group(2)));
        Map<String, String> there = KarafCommands.reasons().keySet().stream()
                .sorted()
                .collect(Collectors.groupingBy(
                        name -> KarafCommands.role(name).label(),
                        TreeMap::new,
                        Collectors.mapping(name -> '`' + name + '`', Collectors.joining(", "))));
        assertEquals(there, documented);
    }

    @Test
    void noneOfThemRunsProgramsReadsFilesLoadsClassesOrBringsFeatures() {
        for (String name : KarafCommands.reasons().keySet()) {
            assertTrue(
                    !name.matches(
                                    ".*:(exec|java|repo-add|source|cat|nano|ls|cd|new|set|eval|load.*|find-class|classes|script|.*install-.*|edit|"
                                            + "update|while|if|each|watch|history|addcommand|tac|type|alias)")
                            || name.equals("bundle:update"),
                    name);
        }
    }

    @Test
    void aServiceIsNotStoppedByWhoeverMayUseItsConsole() {
        for (List<String> words : List.of(List.<String>of(), List.of("-f"), List.of("-r"), List.of("0"))) {
            assertTrue(KarafCommands.refusal("system:shutdown", words, true).isPresent(), words.toString());
            assertEquals(Optional.empty(), KarafCommands.refusal("system:shutdown", words, false), words.toString());
        }
        assertEquals(Optional.empty(), KarafCommands.refusal("system:version", List.of(), true));
    }

    @Test
    void onlySettingsOfThisProgramAreChanged() {
        for (List<String> words : List.of(
                List.of("-p", "org.partyline.engine", "key", "value"),
                List.of("--pid", "org.partyline.node~core", "key", "value"),
                List.of("--pid=org.partyline.engine", "key", "value"),
                List.of("--help"))) {
            assertEquals(Optional.empty(), KarafCommands.refusal("config:property-set", words), words.toString());
        }
        assertEquals(Optional.empty(), KarafCommands.refusal("config:delete", List.of("org.partyline.engine")));
        assertEquals(
                Optional.empty(), KarafCommands.refusal("config:list", List.of("(service.pid=org.ops4j.pax.logging)")));
        for (List<String> words : List.of(
                List.of("-p", "org.ops4j.pax.logging", "log4j2.appender.x.fileName", "etc/allowed-bundles"),
                List.of("--pid", "org.ops4j.pax.logging", "key", "value"),
                List.of("-p=org.ops4j.pax.logging", "key", "value"),
                List.of("-p", "org.partyline.engine", "-p", "org.ops4j.pax.logging", "key", "value"),
                List.of("-p"),
                List.of("key", "value"),
                List.of("--help", "-p", "org.ops4j.pax.logging", "key", "value"))) {
            assertTrue(KarafCommands.refusal("config:property-set", words).isPresent(), words.toString());
        }
        assertTrue(KarafCommands.refusal("config:property-delete", List.of("-p", "org.ops4j.pax.url.mvn", "key"))
                .isPresent());
        assertTrue(KarafCommands.refusal("config:delete", List.of("org.ops4j.pax.logging"))
                .isPresent());
        assertTrue(
                KarafCommands.refusal("config:delete", List.of("-f", "org.partyline.engine", "org.ops4j.pax.logging"))
                        .isPresent());
    }
}
