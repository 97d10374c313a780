package org.partyline.networkpolicy;

import java.util.Map;
import org.partyline.api.transport.ProxyChoice;

/**
 * The validated network settings.
 *
 * @param proxy {@link ProxyChoice.Kind#NONE} or {@link ProxyChoice.Kind#OWN}
 * @param required whether nothing may leave without a proxy
 * @param fault what is wrong with them, in one line; then nothing leaves at all. Empty when all is well
 */
record NetworkSettings(ProxyChoice proxy, boolean required, String fault) {
    /** The PID. */
    static final String PID = NetworkSettingsFile.PID;

    /** Never fails: what cannot be read lets nothing out. */
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
