package org.partyline.shell;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Collects the settings of a new node from options. */
final class NodeSettings {
    private final Map<String, String> settings = new TreeMap<>();

    /** @param value null: not given */
    NodeSettings put(String key, String value) {
        if (value != null) {
            settings.put(key, value);
        }
        return this;
    }

    /** @param pairs {@code key=value}; null: none */
    NodeSettings putAll(List<String> pairs) throws Refusal {
        for (String pair : pairs == null ? List.<String>of() : pairs) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new Refusal("--set takes KEY=VALUE, not '" + Shown.line(pair) + "'");
            }
            String key = pair.substring(0, equals);
            if (key.toLowerCase(Locale.ROOT).contains("password")) {
                throw new Refusal("a password is never an argument: use --password-file FILE");
            }
            put(key, pair.substring(equals + 1));
        }
        return this;
    }

    /** A node's password has to be in its configuration, which only its owner can read. */
    NodeSettings password(Passphrases passphrases, String file) throws Refusal, InterruptedException {
        if (file != null) {
            char[] password = passphrases.existing(Optional.of(file), "", "--password-file");
            try {
                put("password", new String(password));
            } finally {
                Arrays.fill(password, '\0');
            }
        }
        return this;
    }

    /** @throws Refusal when the type needs a setting that is not there */
    Map<String, String> forType(String type) throws Refusal {
        if (type.equals("rpc") && !settings.containsKey("url")) {
            throw new Refusal("a node of type rpc needs --url, for example --url http://127.0.0.1:8332");
        }
        return Map.copyOf(settings);
    }
}
