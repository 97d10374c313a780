package org.partyline.api.transport;

import java.util.Map;
import org.partyline.api.PartylineException;

/**
 * Says whether a node could be started with some settings, before its configuration file is written. A service of each bundle that
 * has a {@link Transport}. Thread-safe; asks no node.
 */
public interface NodeSettingsCheck {
    /** The {@link Transport#type()} of the nodes. */
    String type();

    /**
     * Reads settings as the node would.
     *
     * @param settings keys and values as in its configuration file, {@code name} among them
     * @throws PartylineException the first value that is refused: the key, the value and what would be right
     */
    void check(Map<String, String> settings) throws PartylineException;
}
