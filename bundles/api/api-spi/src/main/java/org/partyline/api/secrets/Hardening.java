package org.partyline.api.secrets;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Reports how the operating system protects the process's memory. A service. */
@ProviderType
public interface Hardening {
    /** The present state, one item for each measure, in a fixed order. */
    List<Item> items();

    /**
     * One protective measure.
     *
     * @param name {@code core-dumps}, {@code attach}, {@code memory-lock}, {@code file-mode} or {@code swap}
     * @param ok whether it is effective
     * @param detail one line: what is in force, or what is missing and what to do
     */
    record Item(String name, boolean ok, String detail) {}
}
