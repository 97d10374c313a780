package org.partyline.storejdbc;

import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.store.StoreException;

/**
 * Checks for copies of the store that an upgrade left in PostgreSQL: they still contain data that was deleted since.
 */
final class OldTablesCheck implements HealthCheck {
    /** Finds the tables that a migration left. */
    @FunctionalInterface
    interface Copies {
        List<String> names() throws StoreException;
    }

    private static final Pattern FORMAT = Pattern.compile(".*_format([0-9]+)");

    private final Copies copies;

    OldTablesCheck(Copies copies) {
        this.copies = copies;
    }

    @Override
    public String name() {
        return "old-stores";
    }

    @Override
    public List<Finding> examine() throws StoreException {
        List<String> names = copies.names();
        TreeSet<Integer> formats = new TreeSet<>();
        names.forEach(name -> {
            Matcher format = FORMAT.matcher(name);
            if (format.matches()) {
                formats.add(Integer.parseInt(format.group(1)));
            }
        });
        return formats.stream()
                .map(format -> Finding.warning(
                        name(),
                        "the database still has the store from before a migration from format " + format
                                + ", including texts and keys deleted since",
                        "partyline:passphrase-change, which drops it, or in psql: drop table " + of(format, names)))
                .toList();
    }

    private static String of(int format, List<String> names) {
        return String.join(
                ", ",
                names.stream().filter(name -> name.endsWith("_format" + format)).toList());
    }
}
