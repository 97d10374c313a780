package org.partyline.api.transport;

import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.PartylineException;

/**
 * Says whether a node could be started with some settings, before its configuration file is written. A service of each bundle that
 * has a {@link Transport}. Thread-safe.
 */
@ConsumerType
public interface NodeSettingsCheck {
    /** The {@link Transport#type()} of the nodes. */
    String type();

    /**
     * Reads settings as the node would.
     *
     * @param settings keys and values as in its configuration file, {@code name} among them
     * @throws PartylineException the first value that is refused: the key, the value and what would be right; a key
     *     that is none is refused, too
     */
    void check(Map<String, String> settings) throws PartylineException;

    /**
     * Asks the node itself, once, whether it could be used with settings that {@link #check} takes: whether it answers, lets this
     * server in, is on its network, and has the wallet.
     *
     * @throws NodeSettingException what is wrong, and what to do, where it is known which setting that is about
     * @throws PartylineException what is wrong, and what to do
     */
    default void ask(Map<String, String> settings) throws PartylineException {
        // There is nobody to ask.
    }
}
