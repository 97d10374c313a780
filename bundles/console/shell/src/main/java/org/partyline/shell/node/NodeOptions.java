package org.partyline.shell.node;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.partyline.api.transport.LocalWallets;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;

/** Collects the settings of a new node from options. */
public final class NodeOptions {
    private final Map<String, String> settings = new TreeMap<>();

    /** @param value null if not given */
    public NodeOptions put(String key, @Nullable String value) {
        if (value != null) {
            settings.put(key, value);
        }
        return this;
    }

    /**
     * Adds the wallet that pays. A node of type rpc has no wallet of its own if this server's wallet pays.
     *
     * @param wallet null if not given
     */
    public NodeOptions putWallet(String type, @Nullable String wallet) {
        return put("wallet", type.equals("rpc") && LocalWallets.NAME.equals(wallet) ? null : wallet);
    }

    /** @param pairs {@code key=value}; null if there are none */
    NodeOptions putAll(@Nullable List<String> pairs) throws CommandError {
        for (String pair : pairs == null ? List.<String>of() : pairs) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new CommandError("--set requires KEY=VALUE, not '" + Sanitizer.line(pair) + "'");
            }
            String key = pair.substring(0, equals);
            if (key.toLowerCase(Locale.ROOT).equals("password")) {
                throw new CommandError("passwords are not accepted as arguments: use --password-file FILE");
            }
            put(key, pair.substring(equals + 1));
        }
        return this;
    }

    /**
     * Adds a file by its absolute name: the server's directory is not the operator's.
     *
     * @param value null if not given
     */
    public NodeOptions putFile(String key, @Nullable String value, Path here) throws CommandError {
        try {
            return put(
                    key, value == null ? null : here.resolve(value).normalize().toString());
        } catch (InvalidPathException e) {
            throw new CommandError("'" + Sanitizer.line(String.valueOf(value)) + "' is not a file name", e);
        }
    }

    /** Returns the settings that were given, by name. */
    public Map<String, String> all() {
        return Map.copyOf(settings);
    }
}
