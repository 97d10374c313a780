package org.partyline.api.settings;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Settings of nodes: which are used, and how they are compared.
 *
 * @param paused the names of nodes that are neither watched nor sent by, in the order in which they were paused
 * @param resendAfter a transaction that the other nodes do not show in this time goes in by another node
 * @param check how often nodes are compared
 * @param quarantine how long a node is set aside at the least
 * @param minimumVersions the oldest version that is used, as Bitcoin Core counts, by the nodes' type
 */
public record NodeSettings(
        Set<String> paused,
        Duration resendAfter,
        Duration check,
        Duration quarantine,
        Map<String, Integer> minimumVersions) {
    /** The key of {@link #paused}. */
    public static final String PAUSED = "paused-nodes";
    /** The key of {@link #minimumVersions}. */
    public static final String MINIMUM_VERSION = "minimum-node-version";

    public NodeSettings {
        paused = Collections.unmodifiableSet(new LinkedHashSet<>(paused));
        minimumVersions = Map.copyOf(minimumVersions);
    }

    /** The oldest version of a type that is used; 0: any. */
    public int minimumVersion(String type) {
        return minimumVersions.getOrDefault(type, 0);
    }
}
