package org.partyline.doctor;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;

/** Copies of the store that an upgrade left: what was deleted since is in them yet. */
final class OldStoresCheck implements HealthCheck {
    private static final String COPIES = "partyline.format-*";

    private final Optional<Path> home;
    private final Clock clock;

    OldStoresCheck(Optional<Path> home, Clock clock) {
        this.home = home;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "old-stores";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        Optional<Path> store = home.map(path -> path.resolve("store")).filter(Files::isDirectory);
        if (store.isEmpty()) {
            return List.of();
        }
        List<Finding> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(store.get(), COPIES)) {
            for (Path each : files) {
                long days = Duration.between(Files.getLastModifiedTime(each).toInstant(), clock.instant())
                        .toDays();
                all.add(Finding.warning(
                        name(),
                        each + " is the store as it was before an upgrade, " + days
                                + " days ago: texts and keys that were deleted since are in it",
                        "rm " + each + ", when you miss nothing"));
            }
        } catch (IOException e) {
            throw new PartylineException(store.get() + " cannot be read: " + e.getMessage(), e);
        }
        return all;
    }
}
