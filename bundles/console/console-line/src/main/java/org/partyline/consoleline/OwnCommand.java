package org.partyline.consoleline;

import java.util.List;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Parser;
import org.apache.karaf.shell.api.console.Session;
import org.jspecify.annotations.Nullable;

/** A command of the console itself. */
final class OwnCommand implements Command, Restricted {
    /** The scope of the console\'s own commands. */
    static final String SCOPE = "console";

    /** The action of a command. */
    @FunctionalInterface
    interface Body {
        @Nullable
        Object run(Session session, List<String> words) throws Exception;
    }

    private final String name;
    private final @Nullable String description;
    private final Body body;

    OwnCommand(String name, @Nullable String description, Body body) {
        this.name = name;
        this.description = description;
        this.body = body;
    }

    @Override
    public String getScope() {
        return SCOPE;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public @Nullable String getDescription() {
        return description;
    }

    @Override
    public @Nullable Completer getCompleter(boolean scoped) {
        return null;
    }

    @Override
    public @Nullable Parser getParser() {
        return null;
    }

    @Override
    public Role role() {
        return Role.EVERYONE;
    }

    @Override
    public @Nullable Object execute(Session session, List<Object> arguments) throws Exception {
        return body.run(session, arguments.stream().map(String::valueOf).toList());
    }
}
