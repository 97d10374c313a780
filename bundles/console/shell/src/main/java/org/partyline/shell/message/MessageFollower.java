package org.partyline.shell.message;

import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Change;
import org.partyline.api.engine.Messages.Event;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Query;
import org.partyline.api.json.Json;
import org.partyline.api.json.MessageView;
import org.partyline.consoleline.KeepAlive;
import org.partyline.shell.command.Context;
import org.partyline.shell.command.Subscription;
import org.partyline.shell.contact.ContactText;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;

/** Prints new messages as they arrive, until Ctrl-C or a given number. */
final class MessageFollower {
    private final Context context;
    private final boolean json;
    private final int enough;
    /** An SSH connection on which nothing is sent for hours is closed unless it is reported to be in use. */
    private static final Duration KEEP_ALIVE = Duration.ofMinutes(1);

    /** An event of a printed message follows soon after it. */
    private static final int MOST_PRINTED = 10_000;

    private final Set<Long> printed = new LinkedHashSet<>();
    private final Copies copies = new Copies();
    private long count;
    /** Of the last message; null before the first. */
    private @Nullable LocalDate day;

    MessageFollower(Context context, boolean json, int enough) {
        this.context = context;
        this.json = json;
        this.enough = enough;
    }

    void run(Query query) throws CommandError, PartylineException {
        BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        Messages messages = context.engine().messages();
        OwnWords own = new OwnWords(messages, context.clock().instant());
        // Subscribed before the stored messages are read, so that none is missed in between.
        try (Subscription subscription = Subscription.to(messages, query, events::add)) {
            if (query.since().isPresent()) {
                for (Message message : messages.messages(query)) {
                    print(message);
                }
            }
            long kept = System.nanoTime();
            while (count < enough) {
                Event event = events.poll(1, TimeUnit.SECONDS);
                if (event == null && context.engine().messages() != messages) {
                    throw new CommandError(
                            "the message service was replaced while this command was following it: run it again, with "
                                    + "--since for messages that arrived meanwhile");
                }
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
                if (!json) {
                    event.change().ifPresent(this::tellChange);
                }
            }
        } catch (InterruptedException e) {
            // Ended by Ctrl-C.
        }
    }

    private void print(Message message) {
        if (count >= enough || printed.contains(message.id())) {
            return;
        }
        if (!json && !copies.isFirst(message)) {
            return;
        }
        count++;
        printed.add(message.id());
        if (printed.size() > MOST_PRINTED) {
            printed.remove(printed.iterator().next());
        }
        if (json) {
            // One line for each, at once: programs read it as it arrives.
            context.console().line(Json.write(MessageView.of(message)));
            return;
        }
        show(message);
    }

    private void show(Message message) {
        Console console = context.console();
        sayDay(message);
        // A contact may be verified while this runs.
        ContactText contacts = ContactText.of(context.engine());
        String where = MessageText.where(message, contacts);
        String mark = MessageText.mark(message);
        String first = console.paint(Style.DIM, Units.clock(message.sent())) + "  "
                + (mark.isEmpty() ? "" : console.paint(MessageText.markStyle(message), mark) + "  ")
                + console.paint(Style.DIM, where) + "  "
                + (message.notice()
                        ? ""
                        : console.paint(MessageText.style(message), MessageText.from(message, contacts)) + "  ");
        console.hanging(first, RemarkText.quote(message) + MessageText.text(message));
    }

    private void tellChange(Change change) {
        if (change.kind() == Change.Kind.GAP) {
            change.message().ifPresent(this::show);
        } else if (change.kind() == Change.Kind.RECEIPT) {
            change.message()
                    .ifPresent(message -> notify(
                            message,
                            MessageText.reached(message)
                                    .map(word -> ", " + word)
                                    .orElse("")));
        } else {
            change.message().ifPresent(message -> notify(message, RemarkText.changes(message)));
        }
    }

    /** Prints a remark about a message, or a change to it: once, if several personas here have it. */
    private void notify(Message message, String now) {
        if (!copies.isNews(message, now + " " + MessageText.text(message))) {
            return;
        }
        Console console = context.console();
        String first = console.paint(Style.DIM, Units.clock(context.clock().instant())) + "  "
                + console.paint(
                        Style.WARN,
                        "message " + message.id()
                                + (now.isEmpty() ? ": reaction removed" : ": " + now.substring(", ".length())))
                + "  " + console.paint(MessageText.style(message), MessageText.sender(message)) + "  ";
        console.hanging(first, MessageText.text(message));
    }

    /** Prints the day, for someone who follows for days. */
    private void sayDay(Message message) {
        LocalDate sent = MessageTimes.day(message.sent());
        LocalDate before = day == null ? MessageTimes.day(context.clock().instant()) : day;
        day = sent;
        if (context.console().isTerminal() && !sent.equals(before)) {
            context.console().line(context.console().paint(Style.DIM, "-- " + sent + " --"));
        }
    }
}
