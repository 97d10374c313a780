package org.partyline.secretsunlock;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file with the setting. A command's change is on the disk before the command returns; even after a kill, the file
 * has either the old setting or the new one.
 *
 * @param file etc/org.partyline.unattended.cfg
 */
record SourceFile(Path file) {
    private static final Pattern SOURCE = Pattern.compile("\\s*source\\s*[=:]\\s*(.*?)\\s*");

    /** The setting in the file; empty if there is none. */
    Optional<String> read() throws IOException {
        return lines().stream()
                .map(SOURCE::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .reduce((first, last) -> last);
    }

    /** Changes the setting and keeps every other line. @param word of letters */
    void write(String word) throws IOException {
        List<String> lines = new ArrayList<>(lines());
        lines.removeIf(line -> SOURCE.matcher(line).matches());
        lines.add("source = " + word);
        Path unfinished = file.resolveSibling("." + file.getFileName() + ".new");
        Files.deleteIfExists(unfinished);
        Files.createFile(
                unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            // The key in the old place is deleted next: by then the new name must be on the disk.
            directory.force(true);
        }
    }

    private List<String> lines() throws IOException {
        try {
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
