package org.partyline.networkpolicy;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * Checks whether a configuration matches its file. At a start the framework hands out what it remembers first, and
 * reads the files after that: in between, a file that was edited while the server was off would not count.
 */
final class NetworkSettingsFile {
    /** The PID of the configuration, and the name of its file. */
    static final String PID = "org.partyline.network";

    /** Where the framework says which file a configuration came from. */
    static final String KEY = "felix.fileinstall.filename";

    private static final List<String> KEYS = List.of("proxy", "proxy-required");

    private NetworkSettingsFile() {}

    /** What is wrong, in one line; empty when the file says the same, or the configuration has no file. */
    static String fault(Map<String, ?> values) {
        Object name = values.get(KEY);
        if (name == null) {
            return "";
        }
        Properties file = new Properties();
        try (Reader reader = Files.newBufferedReader(path(String.valueOf(name)), StandardCharsets.UTF_8)) {
            file.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            return PID + ".cfg cannot be read";
        }
        for (String key : KEYS) {
            String written = file.getProperty(key, "").strip();
            Object value = values.get(key);
            String inForce = value == null ? "" : String.valueOf(value).strip();
            // What has a variable in it becomes something else; what, is not known here.
            if (!written.contains("${") && !written.equals(inForce)) {
                return PID + ".cfg has another " + key + " than the one in force";
            }
        }
        return "";
    }

    private static Path path(String name) {
        return name.startsWith("file:") ? Path.of(URI.create(name)) : Path.of(name);
    }
}
