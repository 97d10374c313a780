package org.partyline.shell.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.audit.AuditLog.Entry;
import org.partyline.api.json.Json;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.command.Subscription;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Lists security events, or prints new ones as they occur. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "audit",
        description = "List security events, newest last; with --follow, print new ones until Ctrl-C",
        detailedDescription = "partyline:audit --last 50\npartyline:audit --follow")
@Needs(Role.OPERATE)
final class AuditCommand extends PartylineCommand {
    private static final int USUAL = 20;
    private static final int MOST = 10_000;

    @Option(
            name = "--last",
            description = "How many, 1 to 10000; otherwise 20, or none with --follow",
            valueToShowInHelp = "N")
    @Completion(
            values = {"20", "100", "1000"},
            value = String.class)
    private @Nullable Integer last;

    @Option(name = "--follow", description = "Print new events as they arrive")
    private boolean follow;

    @Option(name = "--count", description = "With --follow: stop after that many", valueToShowInHelp = "N")
    private @Nullable Integer count;

    private int printed;

    @Override
    protected void run() throws CommandError {
        if (last != null && (last < 1 || last > MOST)) {
            throw new CommandError("--last must be 1 to " + MOST + ", not " + last);
        }
        if (count != null && !follow) {
            throw new CommandError("--count requires --follow");
        }
        if (count != null && count < 1) {
            throw new CommandError("--count must be 1 or more, not " + count);
        }
        AuditLog audit = engine().audit();
        if (follow) {
            follow(audit);
            return;
        }
        List<Entry> entries = audit.newest(last == null ? USUAL : last);
        print(new Document(entries.stream().map(AuditView::of).toList()), () -> {
            Table table = new Table().time("TIME (UTC)").column("EVENT").text("DETAIL");
            entries.forEach(entry -> table.row(
                    Units.time(entry.time()),
                    Table.Cell.of(entry.event(), Style.BOLD),
                    Sanitizer.line(entry.detail())));
            table.print(console(), "No security events yet.");
        });
    }

    private void follow(AuditLog audit) throws CommandError {
        int enough = count == null ? Integer.MAX_VALUE : count;
        BlockingQueue<Entry> events = new LinkedBlockingQueue<>();
        if (json()) {
            console().piece("{\"events\":[");
        }
        // Subscribed before the stored events are read, so that none is missed in between.
        try (Subscription subscription = Subscription.to(audit, events::add)) {
            List<Entry> kept = last == null ? List.of() : new ArrayList<>(audit.newest(last));
            for (Entry entry : kept) {
                print(entry, enough);
            }
            while (printed < enough) {
                Entry entry = events.poll(1, TimeUnit.SECONDS);
                if (entry == null && engine().audit() != audit) {
                    throw new CommandError(
                            "the audit service was replaced while this command was following it: run the command "
                                    + "again");
                }
                if (entry != null && !kept.contains(entry)) {
                    print(entry, enough);
                }
            }
        } catch (InterruptedException e) {
            // Ended by Ctrl-C.
        } finally {
            if (json()) {
                console().line("]}");
            }
        }
    }

    private void print(Entry entry, int enough) {
        if (printed >= enough) {
            return;
        }
        printed++;
        if (json()) {
            console().piece((printed > 1 ? "," : "") + Json.write(AuditView.of(entry)));
            return;
        }
        console()
                .hanging(
                        console().paint(Style.DIM, Units.time(entry.time())) + "  "
                                + console().paint(Style.BOLD, Sanitizer.line(entry.event())) + "  ",
                        Sanitizer.line(entry.detail()));
    }

    record Document(List<AuditView> events) {}
}
