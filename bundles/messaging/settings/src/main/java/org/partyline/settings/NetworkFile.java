package org.partyline.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.partyline.api.PartylineException;

/** The file with the network policy's settings, which apply at once. */
public final class NetworkFile {
    private static final String NAME = "org.partyline.network.cfg";
    private static final String KEY = "proxy-required";

    private final Optional<Path> file;

    /** @param etc where configurations are; empty: nowhere */
    public NetworkFile(Optional<Path> etc) {
        this.file = etc.map(directory -> directory.resolve(NAME));
    }

    public boolean isProxyRequired() {
        if (file.isEmpty()) {
            return false;
        }
        try {
            return Files.readAllLines(file.get(), StandardCharsets.UTF_8).stream()
                    .anyMatch(line -> line.matches("\\s*" + KEY + "\\s*[=:]\\s*true\\s*"));
        } catch (IOException e) {
            // No file: nothing is required.
            return false;
        }
    }

    /** Nothing leaves this machine but through a proxy from now on. */
    public void requireProxy() throws PartylineException {
        if (file.isEmpty()) {
            throw new PartylineException("there is no directory for settings: set proxy-required=true by hand");
        }
        try {
            new SettingsFile(file.get()).set(KEY, "true");
        } catch (IOException e) {
            throw new PartylineException(
                    "the file " + file.get() + " cannot be written: set proxy-required=true there");
        }
    }
}
