package org.partyline.shell.config;

import java.util.Collection;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;
import org.partyline.shell.error.CommandError;

/** Completes sections, and settings with their full names. */
public final class SettingNames implements Values {
    @Override
    public Collection<String> list(Engine engine, Session session) throws CommandError {
        return engine.configurations().list().stream()
                .flatMap(section -> Stream.concat(
                        Stream.of(section.name()), section.settings().stream().map(each -> each.name())))
                .toList();
    }
}
