package org.partyline.settings;

import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the oldest versions of nodes that are used, by their types. */
final class NodeVersions {
    static final String STANDARD = "rpc:250000,bitcoinj:250000";

    private static final int NEWEST = 99_999_999;

    private NodeVersions() {}

    /** @throws IllegalArgumentException says what would be right */
    static Map<String, Integer> parse(String text) {
        Map<String, Integer> versions = new LinkedHashMap<>();
        for (String word : text.split(",")) {
            if (word.isBlank()) {
                continue;
            }
            String[] parts = word.trim().split(":");
            if (parts.length != 2 || !parts[0].matches("[a-z]{1,16}") || !parts[1].matches("[0-9]{1,8}")) {
                throw new IllegalArgumentException(
                        "it must be like rpc:250000,bitcoinj:250000: a node type and a version in Bitcoin Core's numbering (0 to "
                                + NEWEST + ")");
            }
            versions.put(parts[0], Integer.parseInt(parts[1]));
        }
        return versions;
    }
}
