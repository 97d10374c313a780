package org.partyline.itests.harness;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Gives a server a time that differs from this machine's, by Debian's libfaketime. */
public final class ShiftedClock {
    private static final Path LIBRARY = Path.of("/usr/lib", "x86_64-linux-gnu", "faketime", "libfaketimeMT.so.1");

    private ShiftedClock() {}

    /**
     * Returns the environment of a server with that time; without the library, the test is skipped.
     *
     * @param offset a file with the offset of its clock: {@code +1d}; read again each second
     */
    public static Map<String, String> environment(Path offset) {
        assumeTrue(Files.exists(LIBRARY), "there is no libfaketime: install Debian's faketime");
        return Map.of(
                "LD_PRELOAD",
                LIBRARY.toString(),
                // Durations are measured by another clock of the kernel, which nobody sets. Without these two
                // variables, code that waits by that clock never sleeps, and the server does not start.
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1",
                "FAKETIME_FORCE_MONOTONIC_FIX",
                "0",
                "FAKETIME_CACHE_DURATION",
                "1",
                "NO_FAKE_STAT",
                "1",
                "FAKETIME_TIMESTAMP_FILE",
                offset.toString());
    }
}
