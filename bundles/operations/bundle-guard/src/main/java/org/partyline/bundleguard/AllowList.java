package org.partyline.bundleguard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads the bundles that the operator allows: lines {@code sum name or comment}, and comments that begin with {@code
 * #}. It is read each time it is needed.
 */
final class AllowList {
    /** Anyone who can write the list can run code, so only the server's user may. */
    private static final Set<PosixFilePermission> FOREIGN =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private final Path file;

    /** @param file may be missing: then nothing is allowed */
    AllowList(Path file) {
        this.file = file;
    }

    Path file() {
        return file;
    }

    /**
     * The current content of the list.
     *
     * @param sums in lower case
     * @param problems entries that have no effect, one line each
     */
    record Content(Set<String> sums, List<String> problems) {}

    Content read() {
        try {
            if (Files.getPosixFilePermissions(file).stream().anyMatch(FOREIGN::contains)) {
                return nothing(file + " is writable by other users and is ignored: run chmod 600 on it");
            }
            Set<String> sums = new HashSet<>();
            List<String> problems = new ArrayList<>();
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i).strip();
                if (line.isEmpty() || line.startsWith("#")) {
                    continue;
                }
                String sum = line.split("\\s", 2)[0].toLowerCase(Locale.ROOT);
                if (Sha256.isSum(sum)) {
                    sums.add(sum);
                } else {
                    problems.add("line " + (i + 1) + " of " + file
                            + " is invalid: it must start with a SHA-256 sum of 64 hexadecimal digits");
                }
            }
            return new Content(Set.copyOf(sums), List.copyOf(problems));
        } catch (NoSuchFileException e) {
            return new Content(Set.of(), List.of());
        } catch (IOException | UnsupportedOperationException e) {
            return nothing(file + " cannot be read and is ignored: " + e);
        }
    }

    private static Content nothing(String why) {
        return new Content(Set.of(), List.of(why));
    }
}
