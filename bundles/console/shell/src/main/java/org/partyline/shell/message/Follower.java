package org.partyline.shell.message;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Event;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Query;
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

    private final Set<Long> printed = new HashSet<>();
    private SharedMessages shared = new SharedMessages();

    Follower(Context context, boolean json, int enough) {
        this.context = context;
        this.json = json;
        this.enough = enough;
    }

    void run(Query query) throws CommandError, PartylineException {
        BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        Messages messages = context.engine().messages();
        begin();
        // Subscribed before what is kept is read, so that nothing falls between.
        try (Subscription subscription = Subscription.to(messages, query, events::add)) {
            if (query.since().isPresent()) {
                for (Message message : messages.messages(query)) {
                    print(message);
                }
            }
            while (printed.size() < enough) {
                Event event = events.take();
                event.message().ifPresent(this::print);
            }
        } catch (InterruptedException e) {
            // Ctrl-C is how this ends.
        } finally {
            end();
        }
    }

    /** With {@code --json} one document that grows: a program may read it as it comes, or whole. */
    private void begin() {
        if (json) {
            context.console().piece("{\"messages\":[");
        }
    }

    private void end() {
        if (json) {
            context.console().line("]}");
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
            console.piece((printed.size() > 1 ? "," : "") + Json.write(MessageView.of(message)));
            return;
        }
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
}
