package org.partyline.shell.config;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.PartylineException;
import org.partyline.api.config.Configurations.Value;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;
import org.partyline.shell.error.CommandError;

/** Completes the value of the setting that precedes it on the line. */
public final class SettingValues implements Values {
    @Override
    public Collection<String> list(Engine engine, Session session) {
        return List.of();
    }

    @Override
    public Collection<String> list(Engine engine, Session session, List<String> arguments)
            throws CommandError, PartylineException {
        if (arguments.isEmpty()) {
            return List.of();
        }
        Value value = engine.configurations().get(arguments.get(0));
        Set<String> values = new LinkedHashSet<>(value.traits().choices().keySet());
        if (value.range().equals("true or false")) {
            values.addAll(List.of("true", "false"));
        }
        if (!value.traits().secret()) {
            values.add(value.standard());
            values.add(value.value());
        }
        values.remove("");
        return values;
    }
}
