package org.partyline.shell.message;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.partyline.api.engine.Messages.Message;

/**
 * Joins the copies of a message that several personas of this server received: each copy is stored, read and erased
 * separately, but the console shows one message.
 */
final class SharedMessages {
    /** The properties that the copies of one message share. */
    private record Key(String channel, String sender, Instant sent, OptionalInt sequence, String text) {}

    /** One message, with all personas that have it. */
    static final class Shared {
        private Message first;
        private final Set<String> readers = new LinkedHashSet<>();
        private final Set<String> personas = new LinkedHashSet<>();
        private final Set<String> mentioned = new LinkedHashSet<>();

        private Shared(Message first) {
            this.first = first;
            add(first);
        }

        private void add(Message copy) {
            personas.add(copy.persona());
            if (copy.remarks().mentioned()) {
                mentioned.add(copy.persona());
            }
            if (copy.outgoing()) {
                // The delivery of the sender's own copy says more than that another one arrived.
                first = copy;
            } else {
                readers.add(copy.persona());
            }
        }

        /** Returns the copy that is shown. */
        Message message() {
            return first;
        }

        /** Returns the personas that it mentions: {@code you} if nobody else has it. */
        List<String> mentioned() {
            return mentioned.isEmpty() || personas.size() > 1 ? List.copyOf(mentioned) : List.of("you");
        }

        /** Returns the personas that received it, if there are several; otherwise empty. */
        List<String> readers() {
            return personas.size() > 1 ? List.copyOf(readers) : List.of();
        }
    }

    private final Map<Long, Shared> byId = new HashMap<>();
    private final Map<Key, List<Shared>> known = new HashMap<>();
    private final List<Shared> all = new ArrayList<>();

    /** @return whether no persona here had it before */
    boolean add(Message message) {
        // Each persona reads, and so erases, its own copy of a burn message.
        if (message.direct()
                || message.notice()
                || message.burn()
                || message.text().isEmpty()) {
            add(message, new Shared(message));
            return true;
        }
        List<Shared> alike = known.computeIfAbsent(
                new Key(
                        message.channel(),
                        MessageText.sender(message),
                        message.sent(),
                        message.sequence(),
                        message.text().get()),
                key -> new ArrayList<>(1));
        for (Shared shared : alike) {
            if (!shared.personas.contains(message.persona())) {
                shared.add(message);
                byId.put(message.id(), shared);
                return false;
            }
        }
        Shared shared = new Shared(message);
        alike.add(shared);
        add(message, shared);
        return true;
    }

    private void add(Message message, Shared shared) {
        all.add(shared);
        byId.put(message.id(), shared);
    }

    /** Returns the number of the copy that is shown of a message; its own number if none is. */
    long shown(long id) {
        Shared shared = byId.get(id);
        return shared == null ? id : shared.message().id();
    }

    List<Shared> all() {
        return all;
    }
}
