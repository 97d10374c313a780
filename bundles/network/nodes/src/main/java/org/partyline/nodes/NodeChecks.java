package org.partyline.nodes;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.NodeSettingsCheck;

/** Asks a node type's bundle whether it accepts settings, so that an invalid one is reported at once. */
final class NodeChecks {
    private final List<NodeSettingsCheck> checks = new CopyOnWriteArrayList<>();

    void add(NodeSettingsCheck check) {
        checks.add(check);
    }

    void remove(NodeSettingsCheck check) {
        checks.remove(check);
    }

    /** The types of nodes that can be checked. A type is part of a file's name. */
    List<String> types() {
        return checks.stream()
                .map(NodeSettingsCheck::type)
                .filter(type -> type.matches("[a-z0-9]{1,32}"))
                .sorted()
                .toList();
    }

    /** @throws PartylineException names the invalid value; never thrown if the type cannot be checked */
    void check(String name, String type, Map<String, String> settings) throws PartylineException {
        Map<String, String> all = named(name, settings);
        for (NodeSettingsCheck check : checks) {
            if (check.type().equals(type)) {
                try {
                    check.check(all);
                } catch (IllegalArgumentException e) {
                    throw new PartylineException(e.getMessage(), e);
                }
            }
        }
    }

    /** @throws PartylineException the node's answer, if it is unsuitable */
    void ask(String name, String type, Map<String, String> settings) throws PartylineException {
        Map<String, String> all = named(name, settings);
        for (NodeSettingsCheck check : checks) {
            if (check.type().equals(type)) {
                check.ask(all);
            }
        }
    }

    private static Map<String, String> named(String name, Map<String, String> settings) {
        Map<String, String> all = new TreeMap<>(settings);
        all.put("name", name);
        return all;
    }
}
