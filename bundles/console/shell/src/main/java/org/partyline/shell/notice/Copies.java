package org.partyline.shell.notice;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.partyline.api.engine.Messages.Message;

/** Knows the last messages, of which each persona in a channel has a copy of its own. Not thread-safe. */
final class Copies {
    private static final int REMEMBERED = 200;

    private record Key(String channel, String sender, Instant sent, OptionalInt sequence, Optional<String> text) {}

    private final Set<Key> known = new LinkedHashSet<>();

    /** Whether it is the first copy. */
    boolean isFirst(Message message) {
        if (message.direct()) {
            return true;
        }
        boolean first = known.add(
                new Key(message.channel(), message.sender(), message.sent(), message.sequence(), message.text()));
        if (known.size() > REMEMBERED) {
            known.remove(known.iterator().next());
        }
        return first;
    }
}
