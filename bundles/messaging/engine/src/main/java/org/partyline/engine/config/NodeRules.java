package org.partyline.engine.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How nodes are held against each other.
 *
 * @param resendAfter a transaction that the other nodes do not show in this time goes in by another node
 * @param check how often nodes are compared
 * @param quarantine how long a node is set aside at the least
 * @param minimumVersions the oldest version that is used, as Bitcoin Core counts, by the nodes' type
 */
public record NodeRules(
        Duration resendAfter, Duration check, Duration quarantine, Map<String, Integer> minimumVersions) {
    static final String RESEND_AFTER = "resend-after";
    static final String CHECK = "node-check";
    static final String QUARANTINE = "node-quarantine";
    public static final String MINIMUM_VERSION = "minimum-node-version";
    static final String STANDARD_VERSIONS = "rpc:250000,bitcoinj:250000";

    private static final int NEWEST = 99_999_999;

    public NodeRules {
        minimumVersions = Map.copyOf(minimumVersions);
    }

    /** The oldest version of a type that is used; 0: any. */
    public int minimumVersion(String type) {
        return minimumVersions.getOrDefault(type, 0);
    }

    /** @throws IllegalArgumentException says what would be right */
    static Map<String, Integer> versions(String text) {
        Map<String, Integer> versions = new LinkedHashMap<>();
        for (String word : text.split(",")) {
            if (word.isBlank()) {
                continue;
            }
            String[] parts = word.trim().split(":");
            if (parts.length != 2 || !parts[0].matches("[a-z]{1,16}") || !parts[1].matches("[0-9]{1,8}")) {
                throw new IllegalArgumentException(
                        "it must be like rpc:250000,bitcoinj:250000: a node type, a version as Bitcoin Core counts (0 to "
                                + NEWEST + ")");
            }
            versions.put(parts[0], Integer.parseInt(parts[1]));
        }
        return versions;
    }
}
