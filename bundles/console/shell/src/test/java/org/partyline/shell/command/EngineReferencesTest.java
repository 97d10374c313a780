package org.partyline.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A service without a reference is unavailable forever, and tests that set it by hand do not notice. */
class EngineReferencesTest {
    private static final Pattern FIELD = Pattern.compile("private volatile [\\w<>.]+ (\\w+)(?: = [^;]+)?;");

    @Test
    void everyServiceOfTheConsoleIsBound() throws IOException {
        String source = Files.readString(Path.of("src/main/java/org/partyline/shell/command/Engine.java"));
        List<MatchResult> fields = FIELD.matcher(source).results().toList();
        assertEquals(
                List.of(),
                fields.stream()
                        .filter(field -> !source.substring(0, field.start())
                                .stripTrailing()
                                .endsWith(")"))
                        .map(field -> field.group(1))
                        .toList());
        assertEquals(source.split("private volatile ", -1).length - 1, fields.size());
    }
}
