package org.partyline.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.partyline.api.audit.AuditLog.Entry;

/**
 * Reads the files of a log from the oldest line to the newest, and verifies that each line refers to the one before it.
 *
 * <p>It detects a line that was removed, inserted, changed or moved, unless it is the last one. It cannot detect lines
 * removed at the end, or someone with write access who computes all hashes again. There is no key for it, because the
 * log is written while the keys are locked.
 */
final class AuditLogReader {
    /** The event that records a broken chain. */
    static final String BROKEN = "audit-chain-broken";

    /**
     * The result of reading the log.
     *
     * @param newest the newest entries, in order of time
     * @param number the number of the last line; 0 if there is none
     * @param hash the hash of the last line
     * @param problems where the chain is broken, in plain words
     * @param reported whether the log itself already records this
     */
    record Result(List<Entry> newest, long number, String hash, List<String> problems, boolean reported) {}

    private final Deque<Entry> newest = new ArrayDeque<>();
    private final List<String> problems = new ArrayList<>();
    private final int most;
    private long number;
    private String hash = AuditLine.FIRST;
    private boolean reported;

    private AuditLogReader(int most) {
        this.most = most;
    }

    /** @param most the number of entries to keep */
    static Result read(AuditFiles files, int most) throws IOException {
        AuditLogReader reader = new AuditLogReader(most);
        boolean anyStart = files.isFull();
        for (Path file : files.oldestFirst()) {
            int place = 0;
            for (byte[] line : AuditFiles.lines(file)) {
                place++;
                reader.take(line, file.getFileName() + " line " + place, anyStart);
                anyStart = false;
            }
        }
        return new Result(
                List.copyOf(reader.newest), reader.number, reader.hash, List.copyOf(reader.problems), reader.reported);
    }

    private void take(byte[] line, String place, boolean anyStart) {
        Optional<AuditLine> read = AuditLine.decode(line);
        if (read.isEmpty()) {
            problem(place + " is not a line of this log");
        } else {
            AuditLine known = read.get();
            // Before the check: a line cannot report the break that precedes it.
            reported |= known.entry().event().equals(BROKEN);
            if (!anyStart && !known.previous().equals(hash)) {
                problem(place + ", number " + known.number() + ", does not follow number " + number
                        + ": lines were removed, added or changed");
            }
            number = known.number();
            keep(known.entry());
        }
        hash = AuditLine.hash(line);
    }

    private void problem(String words) {
        problems.add(words);
        reported = false;
    }

    private void keep(Entry entry) {
        newest.addLast(entry);
        if (newest.size() > most) {
            newest.removeFirst();
        }
    }
}
