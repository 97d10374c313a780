package org.partyline.panic;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.Overwriting;
import org.partyline.api.PartylineException;
import org.partyline.api.panic.Erasable;

/** The server's log. The file that is written to is emptied, the older ones are deleted. */
@Component
public final class ErasableLogs implements Erasable {
    /** What the files that are written to end with: lines of text, and lines of JSON. */
    private static final List<String> CURRENT = List.of(".log", ".jsonl");

    /** When a line of JSON was written. */
    private static final Pattern JSON_TIME = Pattern.compile("\"time\": *\"(\\d{4}-\\d\\d-\\d\\dT[0-9:.,]+)Z?\"");

    /** How a line begins, in the pattern of the log. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss");

    private static final DateTimeFormatter JSON_TIMES = TIME.withZone(ZoneOffset.UTC);

    /** What the kernel logs when a store is opened or made. */
    private static final List<String> USED =
            List.of("the store is open", "the store was made", "The store was brought from");

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

    /** Keeps what this start has logged before a store was opened: a log that begins in the middle tells that it was cut. */
    @Override
    public void eraseQuietly() throws PartylineException {
        eraseBut(this::sinceStart);
    }

    private byte[] sinceStart(Path file) throws IOException {
        StringBuilder kept = new StringBuilder();
        boolean now = false;
        for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
            now |= isOfThisStart(line);
            if (now && USED.stream().anyMatch(line::contains)) {
                break;
            }
            if (now) {
                kept.append(line).append('\n');
            }
        }
        return kept.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private boolean isOfThisStart(String line) {
        String start = TIME.format(started);
        Matcher json = JSON_TIME.matcher(line);
        if (json.find()) {
            return json.group(1).compareTo(JSON_TIMES.format(started.atZone(ZoneId.systemDefault()))) >= 0;
        }
        // As text: the times of a pattern without a zone are in their order.
        return line.length() > start.length() && line.matches("\\d{4}-\\d\\d-.*") && line.compareTo(start) >= 0;
    }

    /** What stays of the file that is written to. */
    @FunctionalInterface
    private interface Keeping {
        byte[] of(Path file) throws IOException;
    }

    private void eraseBut(Keeping keeping) throws PartylineException {
        if (directory.isEmpty() || !Files.isDirectory(directory.get())) {
            return;
        }
        List<String> left = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.get())) {
            for (Path file : files) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && !erased(file, keeping)) {
                    left.add(file.getFileName().toString());
                }
            }
        } catch (IOException e) {
            throw new PartylineException("the logs in " + directory.get() + " cannot be read: delete them by hand", e);
        }
        if (!left.isEmpty()) {
            throw new PartylineException(
                    "in " + directory.get() + " are left: " + String.join(", ", left) + "; delete them by hand");
        }
    }

    private static boolean erased(Path file, Keeping keeping) {
        try {
            String name = file.getFileName().toString();
            if (CURRENT.contains(name.substring(Math.max(0, name.indexOf('.'))))) {
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
