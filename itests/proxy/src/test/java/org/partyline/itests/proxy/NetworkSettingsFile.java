package org.partyline.itests.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.partyline.itests.harness.PartylineServer;

/** A server's {@code etc/org.partyline.network.cfg}. */
final class NetworkSettingsFile {
    private final Path file;

    NetworkSettingsFile(PartylineServer server) {
        file = server.home().resolve("etc/org.partyline.network.cfg");
    }

    /** Writes it as an operator would; also before the first start. */
    void write(String proxy, String required) {
        try {
            Files.createDirectories(file.getParent());
            Path next = file.resolveSibling("network.next");
            Files.writeString(next, "proxy = " + proxy + "\nproxy-required = " + required + "\n");
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
