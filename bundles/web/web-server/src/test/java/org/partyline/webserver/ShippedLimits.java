package org.partyline.webserver;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * The distribution's limits for the JDK's web server, which reads them once in a process; only one time is shorter
 * here.
 */
final class ShippedLimits {
    static final String SLOWEST = "sun.net.httpserver.maxReqTime";

    private static final Path FILE =
            Path.of("..", "..", "..", "karaf-assembly/src/main/resources/etc/system.properties");
    private static final Properties SHIPPED = new Properties();

    static {
        try (Reader file = Files.newBufferedReader(FILE)) {
            SHIPPED.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        SHIPPED.stringPropertyNames().stream()
                .filter(name -> name.contains("httpserver"))
                .forEach(name -> System.setProperty(name, SHIPPED.getProperty(name)));
        System.setProperty(SLOWEST, "1");
    }

    private ShippedLimits() {}

    /** A limit of the distribution; null: none. Must be called before a server is started. */
    static String get(String name) {
        return SHIPPED.getProperty(name);
    }
}
