package org.partyline.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;

/** Checks whether the store can be written, and its free disk space: on a full disk nothing is sent or read. */
final class DiskCheck implements HealthCheck {
    private static final String NAME = "disk";
    /** The name of a note that does not exist. */
    private static final String NO_NOTE = "doctor";

    private static final long MEBI = 1024L * 1024;
    private static final long LITTLE = 512 * MEBI;
    private static final long NEXT_TO_NOTHING = 64 * MEBI;

    private final DoctorSources sources;
    private final Path home;
    private final Optional<Path> data;

    /**
     * @param sources the store
     * @param home the directory of the store, unless it is in an external database; it may be on a separate disk
     * @param data the directory of all other data of the server
     */
    DiskCheck(DoctorSources sources, Path home, Optional<Path> data) {
        this.sources = sources;
        this.home = home;
        this.data = data;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        List<Finding> all = new ArrayList<>();
        Optional<Path> place =
                Optional.of(home.resolve("store")).filter(Files::isDirectory).or(() -> data);
        if (place.isPresent()) {
            all.add(room(place.get()));
        }
        all.addAll(refusal(place));
        return all;
    }

    private static Finding room(Path place) throws PartylineException {
        try {
            return finding(place, Files.getFileStore(place).getUsableSpace());
        } catch (IOException e) {
            throw new PartylineException(place + " cannot be read: " + e.getMessage());
        }
    }

    /**
     * Only a change detects that a disk or database has become read-only. It must leave no trace in the store, and a
     * locked store is not touched: its length would show how often someone checked.
     */
    private List<Finding> refusal(Optional<Path> place) throws PartylineException {
        try {
            Store store = sources.need(Store.class);
            if (store.state() == Store.State.OPEN) {
                store.note(NO_NOTE, null);
            }
            if (place.isPresent()) {
                Files.delete(Files.createTempFile(place.get(), ".doctor", null));
            }
            return List.of();
        } catch (StoreException e) {
            return List.of(Finding.unsafe(NAME, e.getMessage(), ""));
        } catch (IOException e) {
            return List.of(Finding.unsafe(
                    NAME,
                    "nothing can be written to " + place.get() + ": messages wait",
                    "find the cause (dmesg, findmnt) and make it writable"));
        }
    }

    /** @param room free space in bytes */
    static Finding finding(Path place, long room) {
        String what = room / MEBI + " MiB are left on the disk of the store";
        if (room >= LITTLE) {
            return Finding.ok(NAME, what);
        }
        String remedy = "free space on the disk that holds " + place;
        return room < NEXT_TO_NOTHING
                ? Finding.unsafe(NAME, what + ": messages wait when it is full", remedy)
                : Finding.warning(NAME, what, remedy);
    }
}
