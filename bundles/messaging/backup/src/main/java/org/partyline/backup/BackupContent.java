package org.partyline.backup;

import java.util.List;
import java.util.Map;

/**
 * Holds the contents of a backup.
 *
 * @param form the version of this record
 * @param made in milliseconds
 */
public record BackupContent(int form, long made, List<SavedPersona> personas, Map<String, String> settings) {
    /** Does not show the contents. */
    @Override
    public String toString() {
        return "BackupContent";
    }
}
