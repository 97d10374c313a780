package org.partyline.shell.message;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Event;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.Query;
import org.partyline.api.engine.Messages.State;
import org.partyline.shell.command.Context;
import org.partyline.shell.command.Subscription;
import org.partyline.shell.error.CommandError;

/** Waits until a message is sent, or cannot be sent. */
public final class SendWaiter {
    /** How long an event may be missed before the message is checked anyway. */
    private static final long LOOK_EVERY_MILLIS = 1000;

    private final Context context;

    /** @param context of the waiting command */
    public SendWaiter(Context context) {
        this.context = context;
    }

    /**
     * @param until when to stop waiting; empty for never
     * @return the message; empty if the operator pressed Ctrl-C, or the time is over
     */
    public Optional<Outgoing> await(long id, Optional<Instant> until) throws CommandError, PartylineException {
        return await(id, until, reason -> {});
    }

    /** @param waits receives the reason for waiting, each time it changes */
    Optional<Outgoing> await(long id, Optional<Instant> until, Consumer<String> waits)
            throws CommandError, PartylineException {
        String told = "";
        BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        Messages messages = context.engine().messages();
        try (Subscription subscription = Subscription.to(messages, Query.ALL, events::add)) {
            while (true) {
                Outgoing message = context.engine().messages().outgoing(id);
                if (hasLeft(message.state())) {
                    return Optional.of(message);
                }
                if (!message.reason().isEmpty() && !message.reason().equals(told)) {
                    told = message.reason();
                    waits.accept(told);
                }
                if (until.isPresent()
                        && Duration.between(context.clock().instant(), until.get())
                                .isNegative()) {
                    return Optional.empty();
                }
                events.poll(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            // Ctrl-C ends the waiting; the message is stored and will be sent.
            return Optional.empty();
        }
    }

    private static boolean hasLeft(State state) {
        return !state.isWaiting();
    }
}
