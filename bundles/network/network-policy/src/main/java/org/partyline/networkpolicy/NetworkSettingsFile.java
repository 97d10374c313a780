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
 * Checks whether a configuration matches its file. At a start, the framework first provides the configuration that it
 * remembers and reads the files after that, so a file that was edited while the server was off would not apply in
 * between.
 */
final class NetworkSettingsFile {
    /** The PID of the configuration, and the name of its file. */
    static final String PID = "org.partyline.network";

    /** The property with the file that a configuration was read from. */
    static final String KEY = "felix.fileinstall.filename";

    private static final List<String> KEYS = List.of("proxy", "proxy-required");

    private NetworkSettingsFile() {}

    /**
     * The mismatch in one line; empty if the file has the same settings and no others, or the configuration has no
     * file.
     */
    static String fault(Map<String, ?> values) {
        return fault(values, KEYS);
    }

    /** The first setting of the file that does not exist, in one line; empty if there is none, or no file. */
    static String unknown(Map<String, ?> values) {
        return fault(values, List.of());
    }

    private static String fault(Map<String, ?> values, List<String> compared) {
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
        for (String key : file.stringPropertyNames()) {
            if (!KEYS.contains(key)) {
                // Perhaps proxy-required, misspelt, or after the invisible mark that some editors put first.
                return PID + ".cfg has an unknown setting " + key.replaceAll("[^!-~]", "?");
            }
        }
        for (String key : compared) {
            String written = file.getProperty(key, "").strip();
            Object value = values.get(key);
            String inForce = value == null ? "" : String.valueOf(value).strip();
            // The value of a variable is unknown here.
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
