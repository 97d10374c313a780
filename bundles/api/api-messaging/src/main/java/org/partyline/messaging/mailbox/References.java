package org.partyline.messaging.mailbox;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Finds the messages that are meant by locators, among those that are kept of a conversation (PROTOCOL 6.1). */
public final class References {
    private final long now;
    private final Map<String, List<MessageRecord>> known = new HashMap<>();

    /** @param messages those whose time has ended are not looked at @param now in milliseconds */
    public References(List<MessageRecord> messages, long now) {
        this.now = now;
        for (MessageRecord message : messages) {
            if (message.expires() > now && message.locator().length() == 2 * Locator.WHOLE) {
                known.computeIfAbsent(key(message.membership(), message.locator()), key -> new ArrayList<>(1))
                        .add(message);
            }
        }
    }

    /** Those of one conversation. */
    public static References of(StoreTransaction tx, int conversation, long now) throws StoreException {
        return new References(
                Tables.read(tx.list(MessageRecord.TABLE, Keys.of(conversation)), MessageRecord.class), now);
    }

    private static String key(int conversation, String locator) {
        return conversation + ":" + locator.substring(0, 2 * Locator.SHORT);
    }

    /** The only one that is meant, if it takes what is said about it; empty where there is none, or where several fit. */
    public Optional<MessageRecord> find(int conversation, Locator locator) {
        List<MessageRecord> fitting = known.getOrDefault(key(conversation, locator.hex()), List.of()).stream()
                .filter(message -> locator.fits(message.locator()))
                .toList();
        return fitting.size() == 1
                ? fitting.stream()
                        .filter(message -> message.takesAnnotations(now))
                        .findFirst()
                : Optional.empty();
    }

    /** The message that another one answers. */
    public Optional<MessageRecord> answered(MessageRecord reply) {
        return reply.annotations().reply().isEmpty()
                ? Optional.empty()
                : find(reply.membership(), new Locator(reply.annotations().reply()));
    }
}
