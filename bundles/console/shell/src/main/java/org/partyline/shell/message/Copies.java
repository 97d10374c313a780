package org.partyline.shell.message;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.partyline.api.engine.Messages.Message;
import org.partyline.shell.command.Fingerprints;

/**
 * Recognises copies of the latest messages while following them: each persona of this server in a channel has its own
 * copy. It continues while the store is locked, so it stores no text. Not thread-safe.
 */
final class Copies {
    /** The number of past messages that are compared with a new one. */
    private static final int REMEMBERED = 200;

    private final Fingerprints fingerprints = new Fingerprints();
    /** The personas that have a message; several identical entries are several messages. */
    private final Map<ByteBuffer, List<Set<String>>> known = new LinkedHashMap<>();
    /** The last reported state of a message. */
    private final Map<ByteBuffer, ByteBuffer> told = new LinkedHashMap<>();

    /** Returns whether no persona here had the message before. */
    boolean isFirst(Message message) {
        // Each persona reads, and so erases, its own copy of a burn message.
        if (message.direct()
                || message.notice()
                || message.burn()
                || message.text().isEmpty()) {
            return true;
        }
        List<Set<String>> alike =
                known.computeIfAbsent(of(message, message.text().get()), fingerprint -> new ArrayList<>(1));
        for (Set<String> personas : alike) {
            if (personas.add(message.persona())) {
                return false;
            }
        }
        alike.add(new HashSet<>(Set.of(message.persona())));
        bound(known);
        return true;
    }

    /** Returns whether this was not just reported for the message. */
    boolean isNews(Message message, String what) {
        ByteBuffer now = fingerprints.of(what);
        boolean fresh = !now.equals(told.put(of(message, ""), now));
        bound(told);
        return fresh;
    }

    private ByteBuffer of(Message message, String text) {
        return fingerprints.of(
                message.channel(),
                MessageText.sender(message),
                message.sent().toString(),
                message.sequence().toString(),
                text);
    }

    private static void bound(Map<ByteBuffer, ?> map) {
        if (map.size() > REMEMBERED) {
            map.remove(map.keySet().iterator().next());
        }
    }
}
