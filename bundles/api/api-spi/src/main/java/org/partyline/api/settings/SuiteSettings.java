package org.partyline.api.settings;

import java.util.List;
import java.util.Set;

/**
 * Settings of algorithms. Their bundles may be started later, so that the names cannot be checked yet.
 *
 * @param preference AEAD suites for sealing, in order of preference
 * @param denied suites and key derivations that may not be used
 */
public record SuiteSettings(List<String> preference, Set<String> denied) {
    /** The key of {@link #preference}. */
    public static final String PREFERENCE = "suite-preference";
    /** The key of {@link #denied}. */
    public static final String DENIED = "suite-denied";

    public SuiteSettings {
        preference = List.copyOf(preference);
        denied = Set.copyOf(denied);
    }
}
