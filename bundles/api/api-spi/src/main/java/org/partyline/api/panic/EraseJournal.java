package org.partyline.api.panic;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.partyline.api.PrivateFile;

/**
 * The file that lists what is still to be erased: written first, so that an interrupted erasure continues at the next
 * start. The file exists only during an erasure.
 */
public final class EraseJournal {
    private static final String NAME = "erasing";

    private final Path file;

    /** @param home the server's home */
    public EraseJournal(Path home) {
        file = home.resolve(NAME);
    }

    /** Begins. @param names everything that is to be erased */
    public synchronized void begin(Set<String> names) throws IOException {
        TreeSet<String> all = new TreeSet<>(pending());
        all.addAll(names);
        write(all);
    }

    /** The names that are still to be erased; empty if there are none. */
    public synchronized Set<String> pending() throws IOException {
        try {
            return new TreeSet<>(Files.readAllLines(file, StandardCharsets.UTF_8).stream()
                    .filter(line -> !line.isBlank())
                    .toList());
        } catch (NoSuchFileException e) {
            return new TreeSet<>();
        }
    }

    /** Records that one of them was erased. */
    public synchronized void done(String name) throws IOException {
        TreeSet<String> left = new TreeSet<>(pending());
        if (!left.remove(name)) {
            return;
        }
        if (left.isEmpty()) {
            PrivateFile.delete(file);
        } else {
            write(left);
        }
    }

    private void write(Set<String> names) throws IOException {
        PrivateFile.write(file, String.join("\n", List.copyOf(names)) + "\n");
    }
}
