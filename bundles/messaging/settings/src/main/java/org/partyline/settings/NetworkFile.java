package org.partyline.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.partyline.api.PartylineException;

/** The file of the network policy's settings, which apply at once. */
public final class NetworkFile {
    private static final String NAME = "org.partyline.network.cfg";
    private static final String KEY = "proxy-required";

    private final Optional<Path> file;

    /** @param etc the directory of the configurations; empty if there is none */
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
            // Without a file, nothing is required.
            return false;
        }
    }

    /** From now on, nothing leaves this machine except through a proxy. */
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
