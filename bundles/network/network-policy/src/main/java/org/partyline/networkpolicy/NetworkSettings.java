package org.partyline.networkpolicy;

import java.util.Map;
import org.partyline.api.transport.ProxyChoice;

/**
 * The validated network settings.
 *
 * @param proxy {@link ProxyChoice.Kind#NONE} or {@link ProxyChoice.Kind#OWN}
 * @param required whether connections to other machines need a proxy
 * @param fault what is wrong with the settings, in one line; then no connection to other machines is made. Empty if
 *     they are valid
 */
record NetworkSettings(ProxyChoice proxy, boolean required, String fault) {
    /** The PID of the configuration. */
    static final String PID = NetworkSettingsFile.PID;

    /** Never fails: invalid settings allow no connections to other machines. */
    static NetworkSettings of(Map<String, ?> values) {
        String file = NetworkSettingsFile.fault(values);
        if (!file.isEmpty()) {
            return new NetworkSettings(ProxyChoice.NONE, true, file);
        }
        try {
            ProxyChoice choice = NetworkConfiguration.PROXY.in(values);
            return new NetworkSettings(
                    choice.kind() == ProxyChoice.Kind.OWN ? choice : ProxyChoice.NONE,
                    NetworkConfiguration.PROXY_REQUIRED.in(values),
                    "");
        } catch (IllegalArgumentException e) {
            return new NetworkSettings(ProxyChoice.NONE, true, PID + ".cfg: " + e.getMessage());
        }
    }
}
