package org.partyline.api.secrets;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Reports how the operating system protects the process's memory. A service. */
@ProviderType
public interface Hardening {
    /** How things stand now, one item a measure, in a fixed order. */
    List<Item> items();

    /**
     * One protective measure.
     *
     * @param name of the measure: {@code core-dumps}, {@code attach}, {@code memory-lock}, {@code file-mode}, {@code swap}
     * @param ok whether it holds
     * @param detail one line: what is in force, or what is not and what to do
     */
    record Item(String name, boolean ok, String detail) {}
}
