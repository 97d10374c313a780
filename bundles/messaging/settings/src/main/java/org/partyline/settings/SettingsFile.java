package org.partyline.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.partyline.api.PrivateFile;

/**
 * The file of the engine's settings. A command's setting is written here before the command ends: a suite that was
 * denied stays denied, whatever happens to the process a moment later.
 */
public final class SettingsFile {
    private final Path file;

    public SettingsFile(Path file) {
        this.file = file;
    }

    /**
     * Sets one key, and leaves every other line as it is.
     *
     * @param value as in the file, with special characters already escaped
     */
    public void set(String key, String value) throws IOException {
        write(key, List.of(key + " = " + value));
    }

    /** Removes one key, and leaves every other line as it is. */
    public void remove(String key) throws IOException {
        write(key, List.of());
    }

    private void write(String key, List<String> instead) throws IOException {
        // Several objects write one file: without a common lock, they would overwrite each other's changes.
        synchronized (SettingsFile.class) {
            replace(key, instead);
        }
    }

    private void replace(String key, List<String> instead) throws IOException {
        Pattern ours = Pattern.compile("\\s*" + Pattern.quote(key) + "\\s*[=:].*");
        List<String> lines = new ArrayList<>();
        boolean dropping = false;
        for (String line : lines()) {
            // A value may continue on the next line.
            boolean drop = dropping || ours.matcher(line).matches();
            dropping = drop && line.endsWith("\\");
            if (!drop) {
                lines.add(line);
            }
        }
        lines.addAll(instead);
        PrivateFile.write(file, String.join("\n", lines) + "\n");
    }

    private List<String> lines() throws IOException {
        try {
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
