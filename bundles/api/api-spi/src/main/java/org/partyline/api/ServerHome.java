package org.partyline.api;

import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** The directory with a server's own files: its store, settings, logs and sockets. */
public final class ServerHome {
    private static final String HOME = "partyline.home";
    private static final String KARAF_DATA = "karaf.data";

    private ServerHome() {}

    /**
     * Returns the absolute path named by the property {@code partyline.home}; without it, the directory {@code partyline}
     * in Karaf's data.
     *
     * @param property returns the value of a property of the OSGi framework, or null: {@code BundleContext::getProperty}
     */
    public static Path of(UnaryOperator<String> property) {
        String home = property.apply(HOME);
        if (home != null && !home.isBlank()) {
            return Path.of(home).toAbsolutePath();
        }
        String data = property.apply(KARAF_DATA);
        return Path.of(data == null ? "data" : data, "partyline").toAbsolutePath();
    }
}
