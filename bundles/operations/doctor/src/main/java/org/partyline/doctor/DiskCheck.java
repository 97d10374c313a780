package org.partyline.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;

/** Room for the store: with a full disk nothing is sent and nothing is read. */
final class DiskCheck implements HealthCheck {
    private static final long MEBI = 1024L * 1024;
    private static final long LITTLE = 512 * MEBI;
    private static final long NEXT_TO_NOTHING = 64 * MEBI;

    private final Optional<Path> data;

    DiskCheck(Optional<Path> data) {
        this.data = data;
    }

    @Override
    public String name() {
        return "disk";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        if (data.isEmpty()) {
            return List.of();
        }
        try {
            return List.of(finding(Files.getFileStore(data.get()).getUsableSpace()));
        } catch (IOException e) {
            throw new PartylineException(data.get() + " cannot be read: " + e.getMessage());
        }
    }

    /** @param room in bytes */
    Finding finding(long room) {
        String what = room / MEBI + " MiB are left on the disk of the store";
        if (room >= LITTLE) {
            return Finding.ok(name(), what);
        }
        String remedy =
                "make room on the disk that has " + data.map(Path::toString).orElse("the store");
        return room < NEXT_TO_NOTHING
                ? Finding.unsafe(name(), what + ": messages wait when it is full", remedy)
                : Finding.warning(name(), what, remedy);
    }
}
