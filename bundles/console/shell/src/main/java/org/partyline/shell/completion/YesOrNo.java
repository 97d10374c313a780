package org.partyline.shell.completion;

import java.util.Collection;
import java.util.List;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;

/** Completes yes and no. */
public final class YesOrNo implements Values {
    @Override
    public Collection<String> list(Engine engine, Session session) {
        return List.of("yes", "no");
    }
}
