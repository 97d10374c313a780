package org.partyline.itests.harness;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Lets a server have another time than this machine, by Debian's libfaketime. */
public final class ShiftedClock {
    private static final Path LIBRARY = Path.of("/usr/lib", "x86_64-linux-gnu", "faketime", "libfaketimeMT.so.1");

    private ShiftedClock() {}

    /**
     * The environment of a server that goes by it; without the library the test is left out.
     *
     * @param offset a file that says how far its clock is off: {@code +1d}; read again each second
     */
    public static Map<String, String> environment(Path offset) {
        assumeTrue(Files.exists(LIBRARY), "there is no libfaketime: install Debian's faketime");
        return Map.of(
                "LD_PRELOAD",
                LIBRARY.toString(),
                // Durations are measured by another clock of the kernel, which nobody sets. Without this and the next
                // one what waits by that clock never rests, and the server does not come to start.
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
