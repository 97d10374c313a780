package org.partyline.api.secrets;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** What the process asked of the operating system so that its memory stays its own. A service. */
@ProviderType
public interface Hardening {
    /** How things stand now, one item a measure, in a fixed order. */
    List<Item> items();

    /**
     * @param name of the measure: {@code core-dumps}, {@code attach}, {@code memory-lock}, {@code file-mode}, {@code swap}
     * @param ok whether it holds
     * @param detail one line: what is in force, or what is not and what to do
     */
    record Item(String name, boolean ok, String detail) {}
}
