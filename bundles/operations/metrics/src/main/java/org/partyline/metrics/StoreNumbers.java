package org.partyline.metrics;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Vault;
import org.partyline.api.store.Store;

/** Provides the state and size of the store, and the free disk space. */
final class StoreNumbers implements MetricSource {
    private static final double MEBI = 1 << 20;

    private final Path home;

    /** @param home the server's home */
    StoreNumbers(Path home) {
        this.home = home;
    }

    @Override
    public void write(Sources sources, Page page) throws PartylineException {
        Store.State state = sources.find(Vault.class).map(Vault::state).orElse(null);
        Arrays.stream(Store.State.values())
                .forEach(each -> page.flag(
                        "store_state",
                        "Whether the store is open, locked or new.",
                        each == state,
                        "state",
                        each.name().toLowerCase(Locale.ROOT)));
        try {
            page.gauge(
                    "store_bytes",
                    "Size of the store's files: 1, 2, 5, 10 … MiB, rounded down.",
                    Steps.of(size(), MEBI));
            page.gauge(
                    "store_disk_free_bytes",
                    "Free space on the disk of the store: 1, 2, 5, 10 … MiB, rounded down.",
                    Steps.of(Files.getFileStore(home).getUsableSpace(), MEBI));
        } catch (IOException | UncheckedIOException e) {
            throw new PartylineException("the disk of the store cannot be checked");
        }
    }

    private long size() throws IOException {
        Path store = home.resolve("store");
        if (Files.notExists(store)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(store)) {
            return files.map(Path::toFile)
                    .filter(java.io.File::isFile)
                    .mapToLong(java.io.File::length)
                    .sum();
        }
    }
}
