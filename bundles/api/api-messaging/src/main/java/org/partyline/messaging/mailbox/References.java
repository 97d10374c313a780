package org.partyline.messaging.mailbox;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.control.Locator;

/**
 * Finds the messages that locators refer to, among the stored ones of a conversation (PROTOCOL 6.1): in a list, or in
 * the store with {@link MessageCounts#references}.
 */
public final class References {
    private final Known known;
    private final long now;

    /**
     * Finds the only live message of a conversation that a locator fits; empty if there is none or there are several.
     */
    @FunctionalInterface
    interface Known {
        Optional<MessageRecord> only(int conversation, Locator locator) throws StoreException;
    }

    References(Known known, long now) {
        this.known = known;
        this.now = now;
    }

    /** @param messages expired ones are ignored @param now in milliseconds */
    public References(List<MessageRecord> messages, long now) {
        this(among(messages, now), now);
    }

    private static Known among(List<MessageRecord> messages, long now) {
        Map<String, List<MessageRecord>> named = new HashMap<>();
        for (MessageRecord message : messages) {
            if (message.expires() > now && message.locator().length() == 2 * Locator.WHOLE) {
                named.computeIfAbsent(key(message.membership(), message.locator()), key -> new ArrayList<>(1))
                        .add(message);
            }
        }
        return (conversation, locator) -> {
            List<MessageRecord> fitting = named.getOrDefault(key(conversation, locator.hex()), List.of()).stream()
                    .filter(message -> locator.fits(message.locator()))
                    .toList();
            return fitting.size() == 1 ? Optional.of(fitting.get(0)) : Optional.empty();
        };
    }

    private static String key(int conversation, String locator) {
        return conversation + ":" + locator.substring(0, 2 * Locator.SHORT);
    }

    /** The only matching message, if it accepts annotations; empty if there is none, or if several match. */
    public Optional<MessageRecord> find(int conversation, Locator locator) throws StoreException {
        return known.only(conversation, locator).filter(message -> message.takesAnnotations(now));
    }

    /** The message that another one replies to. */
    public Optional<MessageRecord> answered(MessageRecord reply) throws StoreException {
        return reply.annotations().reply().isEmpty()
                ? Optional.empty()
                : find(reply.membership(), new Locator(reply.annotations().reply()));
    }
}
