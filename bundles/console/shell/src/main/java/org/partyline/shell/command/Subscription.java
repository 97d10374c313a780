package org.partyline.shell.command;

import java.util.function.Consumer;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.audit.AuditLog.Entry;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Event;
import org.partyline.api.engine.Messages.Query;

/** A subscription whose closing throws no checked exception, since nobody could handle it. */
public final class Subscription implements AutoCloseable {
    private final AutoCloseable subscription;

    private Subscription(AutoCloseable subscription) {
        this.subscription = subscription;
    }

    /** @param listener receives each message that the query matches, on a thread of the engine */
    public static Subscription to(Messages messages, Query query, Consumer<Event> listener) {
        return new Subscription(messages.follow(query, listener));
    }

    /** @param listener receives each security event, on a thread of the engine */
    public static Subscription to(AuditLog audit, Consumer<Entry> listener) {
        return new Subscription(audit.follow(listener));
    }

    @Override
    public void close() {
        try {
            subscription.close();
        } catch (Exception e) {
            throw new IllegalStateException("could not close a subscription", e);
        }
    }
}
