package org.partyline.logs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.partyline.api.PrivateFile;

/** The file with the log's settings. A command's change is in the file before the command returns. */
final class LogFile {
    private final Path file;

    LogFile(Path file) {
        this.file = file;
    }

    /**
     * Sets keys, removes others, and keeps every other line. An existing key keeps its place.
     *
     * @param values of letters, digits, dots and hyphens, which have no special meaning in the file
     */
    void change(Map<String, String> values, Set<String> gone) throws IOException {
        Map<String, String> left = new TreeMap<>(values);
        Map<String, Pattern> patterns =
                new TreeMap<>(left.keySet().stream().collect(Collectors.toMap(key -> key, LogFile::assigning)));
        gone.forEach(key -> patterns.put(key, assigning(key)));
        List<String> lines = new ArrayList<>();
        boolean dropping = false;
        for (String line : lines()) {
            String key = patterns.entrySet().stream()
                    .filter(each -> each.getValue().matcher(line).matches())
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(null);
            // A value may continue on the next line.
            boolean drop = dropping || key != null;
            dropping = drop && line.endsWith("\\");
            if (!drop) {
                lines.add(line);
            } else if (key != null && left.containsKey(key)) {
                lines.add(key + " = " + left.remove(key));
            }
        }
        left.forEach((key, value) -> lines.add(key + " = " + value));
        PrivateFile.write(file, String.join("\n", lines) + "\n");
    }

    private static Pattern assigning(String key) {
        return Pattern.compile("\\s*" + Pattern.quote(key) + "\\s*[=:].*");
    }

    private List<String> lines() throws IOException {
        try {
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
