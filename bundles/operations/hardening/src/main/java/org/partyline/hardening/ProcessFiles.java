package org.partyline.hardening;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads Linux's files about this process and the machine's swap (proc(5)).
 *
 * @param proc /proc
 * @param sys /sys
 */
record ProcessFiles(Path proc, Path sys) {
    private static final int CAP_IPC_LOCK = 14;

    /** At their usual paths. */
    static ProcessFiles ofThisMachine() {
        return new ProcessFiles(Path.of("/proc"), Path.of("/sys"));
    }

    /** A line of this process's status, without its name; empty if there is none. */
    Optional<String> status(String name) throws IOException {
        try (Stream<String> lines = Files.lines(proc.resolve("self/status"))) {
            return lines.filter(line -> line.startsWith(name + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst();
        }
    }

    /** Whether limits for locked memory do not apply to this process. */
    boolean mayLockAll() throws IOException {
        return status("CapEff")
                .map(bits -> (Long.parseUnsignedLong(bits, 16) >> CAP_IPC_LOCK & 1) == 1)
                .orElse(false);
    }

    /** Swap space that keeps its content in clear after the power is off. */
    List<String> readableSwaps() throws IOException {
        try (Stream<String> lines = Files.lines(proc.resolve("swaps"))) {
            // The first line is a heading.
            return lines.skip(1)
                    .filter(line -> !line.isBlank())
                    .map(line -> line.split("\\s")[0])
                    .filter(device -> !vanishes(device))
                    .toList();
        } catch (NoSuchFileException e) {
            // A kernel without swapping.
            return List.of();
        }
    }

    /** In memory (zram), or encrypted by the device mapper (dm-crypt). */
    private boolean vanishes(String device) {
        Path name = Path.of(device).getFileName();
        if (name.toString().startsWith("zram")) {
            return true;
        }
        try {
            Path real = Path.of(device).toRealPath().getFileName();
            return Files.readString(sys.resolve("block").resolve(real).resolve("dm/uuid"))
                    .startsWith("CRYPT-");
        } catch (IOException e) {
            // Not a device of the device mapper: a plain partition or file.
            return false;
        }
    }
}
