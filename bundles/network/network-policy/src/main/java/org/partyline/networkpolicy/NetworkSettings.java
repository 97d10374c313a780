package org.partyline.networkpolicy;

import java.util.Locale;
import java.util.Map;
import org.partyline.api.transport.ProxyChoice;

/**
 * The settings, checked.
 *
 * @param proxy {@link ProxyChoice.Kind#NONE} or {@link ProxyChoice.Kind#OWN}
 * @param required whether nothing may leave without a proxy
 * @param fault what is wrong with them, in one line; then nothing leaves at all. Empty when all is well
 */
record NetworkSettings(ProxyChoice proxy, boolean required, String fault) {
    /** The PID. */
    static final String PID = SettingsFile.PID;

    private static final int LONGEST = 80;

    /** Never fails: what cannot be read lets nothing out. */
    static NetworkSettings of(Map<String, ?> values) {
        String proxy = text(values, "proxy");
        String required = text(values, "proxy-required").toLowerCase(Locale.ROOT);
        if (!required.isEmpty() && !required.equals("true") && !required.equals("false")) {
            return closed("proxy-required", required, "true or false");
        }
        String file = SettingsFile.fault(values);
        if (!file.isEmpty()) {
            return new NetworkSettings(ProxyChoice.NONE, true, file);
        }
        try {
            ProxyChoice choice = ProxyChoice.parse(proxy);
            return new NetworkSettings(
                    choice.kind() == ProxyChoice.Kind.OWN ? choice : ProxyChoice.NONE, required.equals("true"), "");
        } catch (IllegalArgumentException e) {
            return closed("proxy", proxy, e.getMessage());
        }
    }

    private static NetworkSettings closed(String key, String value, String right) {
        StringBuilder shown = new StringBuilder();
        value.codePoints()
                .limit(LONGEST)
                .map(point -> Character.isISOControl(point) ? '?' : point)
                .forEach(shown::appendCodePoint);
        return new NetworkSettings(
                ProxyChoice.NONE, true, PID + ".cfg: " + key + "=" + shown + " is invalid: " + right);
    }

    private static String text(Map<String, ?> values, String key) {
        Object value = values.get(key);
        return value == null ? "" : String.valueOf(value).strip();
    }
}
