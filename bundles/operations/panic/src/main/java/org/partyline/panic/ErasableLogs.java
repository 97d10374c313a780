package org.partyline.panic;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.Overwriting;
import org.partyline.api.PartylineException;
import org.partyline.api.panic.Erasable;

/** Erases the server's log. The current file is emptied, the older ones are deleted. */
@Component
public final class ErasableLogs implements Erasable {
    /** The suffixes of the current files: lines of text, and lines of JSON. */
    private static final List<String> CURRENT = List.of(".log", ".jsonl");

    /** The maximum number of full files of a log; number 1 is the oldest. */
    private static final int MOST_FULL = 4;

    private final Optional<Path> directory;
    private final LocalDateTime started;

    /** For Declarative Services. */
    @Activate
    public ErasableLogs(BundleContext context) {
        this(Optional.ofNullable(context.getProperty("karaf.log")).map(Path::of), start());
    }

    ErasableLogs(Optional<Path> directory, LocalDateTime started) {
        this.directory = directory;
        this.started = started;
    }

    private static LocalDateTime start() {
        return LocalDateTime.ofInstant(
                Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime()), ZoneId.systemDefault());
    }

    @Override
    public String name() {
        return "logs";
    }

    @Override
    public int rank() {
        return RECORDS + 1;
    }

    @Override
    public void erase() throws PartylineException {
        eraseBut(file -> new byte[0]);
    }

    @Override
    public void eraseQuietly() throws PartylineException {
        eraseBut(this::ofAnEmptyStore);
    }

    /** @param file the current one; the full ones are included */
    private byte[] ofAnEmptyStore(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 1; i <= MOST_FULL; i++) {
            String name = file.getFileName().toString();
            int end = name.lastIndexOf('.');
            Path full = file.resolveSibling(name.substring(0, end) + "." + i + name.substring(end));
            if (Files.isRegularFile(full, LinkOption.NOFOLLOW_LINKS)) {
                lines.addAll(Files.readAllLines(full, StandardCharsets.ISO_8859_1));
            }
        }
        lines.addAll(Files.readAllLines(file, StandardCharsets.ISO_8859_1));
        StringBuilder kept = new StringBuilder();
        EmptyStoreLog.of(lines, started).forEach(line -> kept.append(line).append('\n'));
        return kept.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The part of the current file that is kept. */
    @FunctionalInterface
    private interface Keeping {
        byte[] of(Path file) throws IOException;
    }

    private void eraseBut(Keeping keeping) throws PartylineException {
        if (directory.isEmpty() || !Files.isDirectory(directory.get())) {
            return;
        }
        List<String> left = new ArrayList<>();
        try (Stream<Path> listed = Files.list(directory.get())) {
            // The full files are read for the lines to keep, and deleted last.
            listed.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .sorted(Comparator.comparing(file -> !isWrittenTo(file)))
                    .filter(file -> !erased(file, keeping))
                    .forEach(file -> left.add(file.getFileName().toString()));
        } catch (IOException e) {
            throw new PartylineException("the logs in " + directory.get() + " cannot be read: delete them by hand", e);
        }
        if (!left.isEmpty()) {
            throw new PartylineException(
                    "in " + directory.get() + " are not deleted: " + String.join(", ", left) + "; delete them by hand");
        }
    }

    private static boolean isWrittenTo(Path file) {
        String name = file.getFileName().toString();
        return CURRENT.contains(name.substring(Math.max(0, name.indexOf('.'))));
    }

    private static boolean erased(Path file, Keeping keeping) {
        try {
            if (isWrittenTo(file)) {
                byte[] kept = keeping.of(file);
                Overwriting.empty(file);
                Files.write(file, kept, StandardOpenOption.APPEND);
            } else {
                Overwriting.delete(file);
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
