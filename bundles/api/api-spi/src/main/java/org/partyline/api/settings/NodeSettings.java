package org.partyline.api.settings;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Settings of nodes: which are used, and how they are compared.
 *
 * @param paused the names of nodes that are neither watched nor used for sending, in the order in which they were
 *     paused
 * @param resendAfter a transaction that the other nodes do not show within this time is sent through another node
 * @param check how often nodes are compared
 * @param quarantine how long a node is quarantined at least
 * @param minimumVersions the oldest accepted version by node type, in Bitcoin Core's numbering
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

    /** The oldest accepted version of a type; 0 for any. */
    public int minimumVersion(String type) {
        return minimumVersions.getOrDefault(type, 0);
    }
}
