package org.partyline.shell.message;

import java.time.Duration;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.engine.Events;
import org.partyline.api.engine.Events.Event;
import org.partyline.api.engine.Events.Type;
import org.partyline.api.json.EventView;
import org.partyline.api.json.Json;
import org.partyline.consoleline.KeepAlive;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Prints the log of events. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "events",
        description = "List the log of events, oldest first; with --follow, until Ctrl-C",
        detailedDescription = "partyline:events --after 120\n" + "partyline:events --json --follow --ack backup-bot")
@Needs(Role.TALK)
final class EventsCommand extends PartylineCommand {
    private static final int PAGE = 100;
    private static final Duration WAIT = Duration.ofSeconds(1);
    private static final Duration KEEP_ALIVE = Duration.ofMinutes(1);

    @Option(
            name = "--after",
            description = "Only events after this number, or now: only new ones",
            valueToShowInHelp = "N")
    private @Nullable String after;

    @Option(name = "--follow", description = "Print new events as they are stored")
    private boolean follow;

    @Option(
            name = "--ack",
            description = "Begin after the last event that this consumer acknowledged; acknowledge each one once it is "
                    + "printed",
            valueToShowInHelp = "NAME")
    private @Nullable String consumer;

    private long cursor;
    private boolean toldEnd;
    private long kept = System.nanoTime();

    @Override
    protected void run() throws CommandError, PartylineException {
        try {
            list();
        } catch (InterruptedException e) {
            // Ended by Ctrl-C.
        }
    }

    private void list() throws CommandError, PartylineException, InterruptedException {
        if (after != null && consumer != null) {
            throw new CommandError("--after and --ack exclude each other: --ack continues where its consumer stopped");
        }
        cursor = begin();
        if (json() && !follow) {
            List<Event> some = engine().events().after(cursor, Events.MOST, Selection.EVERYTHING);
            console().json(EventView.All.of(some));
            acknowledge(some.get(some.size() - 1));
            return;
        }
        boolean caughtUp = false;
        while (!caughtUp || follow) {
            if (!caughtUp || awaited()) {
                List<Event> some = engine().events().after(cursor, PAGE, Selection.EVERYTHING);
                for (Event event : some) {
                    print(event);
                }
                caughtUp = some.get(some.size() - 1).type() == Type.CAUGHT_UP;
            }
        }
    }

    private long begin() throws CommandError, PartylineException {
        if (consumer != null) {
            return engine().events().acknowledged(Events.CONSOLE, consumer);
        }
        if (after == null) {
            return 0;
        }
        if (after.equals("now")) {
            return engine().events().newest();
        }
        if (!after.matches("[0-9]{1,18}")) {
            throw new CommandError("--after must be the number of an event, or now, not " + Sanitizer.line(after));
        }
        return Long.parseLong(after);
    }

    private boolean awaited() throws CommandError, InterruptedException {
        if (System.nanoTime() - kept >= KEEP_ALIVE.toNanos()) {
            kept = System.nanoTime();
            KeepAlive.of(context().session());
        }
        return engine().events().await(cursor, WAIT);
    }

    private void print(Event event) throws CommandError, PartylineException {
        if (event.type() != Type.CAUGHT_UP) {
            console().line(json() ? Json.write(EventView.of(event)) : text(event));
            acknowledge(event);
        } else if (!toldEnd && json()) {
            toldEnd = true;
            console().line(Json.write(EventView.of(event)));
        }
        cursor = event.cursor();
    }

    private void acknowledge(Event event) throws CommandError, PartylineException {
        if (console().isBroken()) {
            throw new CommandError("the output is no longer read: stopped before event " + event.cursor());
        }
        if (consumer != null) {
            engine().events().acknowledge(Events.CONSOLE, consumer, event.cursor());
        }
    }

    private String text(Event event) {
        if (event.from().isPresent()) {
            return console()
                    .paint(
                            Style.WARN,
                            "events " + event.from().getAsLong() + " to " + event.cursor()
                                    + " expired before they were read");
        }
        return event.cursor() + "  "
                + console().paint(Style.DIM, event.time().map(Units::clock).orElse(""))
                + "  " + event.type().word()
                + event.subject().map(one -> " " + Sanitizer.line(one)).orElse("")
                + event.state().map(state -> " " + state).orElse("")
                + (event.messageId().isPresent()
                        ? "  message " + event.messageId().getAsLong()
                        : "")
                + event.conversation().map(id -> "  " + Sanitizer.line(id)).orElse("");
    }
}
