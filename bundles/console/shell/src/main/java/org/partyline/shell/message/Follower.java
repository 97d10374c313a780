package org.partyline.shell.message;

import java.time.Duration;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Event;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Query;
import org.partyline.consoleline.KeepAlive;
import org.partyline.shell.command.Context;
import org.partyline.shell.command.Subscription;
import org.partyline.shell.contact.ContactText;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.Json;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;

/** Prints messages as they come, until Ctrl-C or until there were enough. */
final class Follower {
    private final Context context;
    private final boolean json;
    private final int enough;
    /** So many messages back is looked for copies of what comes. */
    private static final int REMEMBERED = 200;

    /** An SSH connection on which nothing comes for hours is closed where nobody says that it is in use. */
    private static final Duration KEEP_ALIVE = Duration.ofMinutes(1);

    private final Set<Long> printed = new HashSet<>();
    private SharedMessages shared = new SharedMessages();
    private LocalDate day;

    Follower(Context context, boolean json, int enough) {
        this.context = context;
        this.json = json;
        this.enough = enough;
    }

    void run(Query query) throws CommandError, PartylineException {
        BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        Messages messages = context.engine().messages();
        OwnWords own = new OwnWords(messages, context.clock().instant());
        // Subscribed before what is kept is read, so that nothing falls between.
        try (Subscription subscription = Subscription.to(messages, query, events::add)) {
            if (query.since().isPresent()) {
                for (Message message : messages.messages(query)) {
                    print(message);
                }
            }
            long kept = System.nanoTime();
            while (printed.size() < enough) {
                Event event = events.poll(KEEP_ALIVE.toNanos(), TimeUnit.NANOSECONDS);
                if (System.nanoTime() - kept >= KEEP_ALIVE.toNanos()) {
                    kept = System.nanoTime();
                    KeepAlive.of(context.session());
                }
                if (event == null) {
                    continue;
                }
                event.message().filter(message -> json || !own.isCopy(message)).ifPresent(this::print);
                event.outgoing()
                        .filter(outgoing -> !printed.contains(outgoing.id()))
                        .flatMap(own::of)
                        .ifPresent(this::print);
            }
        } catch (InterruptedException e) {
            // Ctrl-C is how this ends.
        }
    }

    private void print(Message message) {
        if (printed.size() >= enough || printed.contains(message.id())) {
            return;
        }
        if (!json && !shared.add(message)) {
            return;
        }
        if (shared.all().size() >= REMEMBERED) {
            shared = new SharedMessages();
        }
        printed.add(message.id());
        Console console = context.console();
        if (json) {
            // A line for each, at once: programs read it as it comes.
            console.line(Json.write(MessageView.of(message)));
            return;
        }
        sayDay(message);
        // A contact may be verified while this runs.
        String where = message.direct()
                ? MessageText.where(message, ContactText.of(context.engine()))
                : Sanitizer.line(message.channel());
        String mark = MessageText.mark(message);
        String first = console.paint(Style.DIM, Units.clock(message.sent())) + "  "
                + (mark.isEmpty() ? "" : console.paint(MessageText.markStyle(message), mark) + "  ")
                + console.paint(Style.DIM, where) + "  "
                + (message.notice()
                        ? ""
                        : console.paint(MessageText.style(message), MessageText.sender(message)) + "  ");
        console.hanging(first, RemarkText.quote(message) + MessageText.text(message));
    }

    /** For who follows for days. */
    private void sayDay(Message message) {
        LocalDate sent = MessageTimes.day(message.sent());
        LocalDate before = day == null ? MessageTimes.day(context.clock().instant()) : day;
        day = sent;
        if (context.console().isTerminal() && !sent.equals(before)) {
            context.console().line(context.console().paint(Style.DIM, "-- " + sent + " --"));
        }
    }
}
