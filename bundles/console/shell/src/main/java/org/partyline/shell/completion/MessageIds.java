package org.partyline.shell.completion;

import java.util.Collection;
import java.util.List;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;

/** Completes the messages that were listed last: reading others would mark them as shown. */
public final class MessageIds implements Values {
    /** Session variable with the numbers of the messages that were listed last. */
    private static final String LISTED = "partyline.listed";

    /** Remembers the listed messages. */
    public static void listed(Session session, List<Long> ids) {
        session.put(LISTED, ids.stream().map(String::valueOf).toList());
    }

    @Override
    public Collection<String> list(Engine engine, Session session) {
        return session.get(LISTED) instanceof Collection<?> ids
                ? ids.stream().map(String::valueOf).toList()
                : List.of();
    }
}
