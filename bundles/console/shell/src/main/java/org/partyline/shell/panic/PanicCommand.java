package org.partyline.shell.panic;

import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Panic;
import org.partyline.api.engine.Panic.Report;
import org.partyline.api.json.JsonValues;
import org.partyline.api.panic.Severable;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.spi.Needs;

/** Locks or erases the server, or replaces all keys. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "panic",
        description = "Lock everything now, erase the server, or replace all keys",
        detailedDescription = "partyline:panic lock\npartyline:panic erase --yes\npartyline:panic move")
@Needs(Role.ERASE)
final class PanicCommand extends PartylineCommand {
    /** The exit status if part of the action failed. */
    private static final int INCOMPLETE = 1;

    /** The three actions. */
    enum Action {
        /** Wipes keys and closes connections. */
        LOCK,
        /** Erases the server. */
        ERASE,
        /** New keys for everybody. */
        MOVE
    }

    @Argument(
            name = "ACTION",
            description = "lock: erase keys from memory, go on collecting packets; erase: erase store, logs, audit "
                    + "log and known backups, then stop; move: new keys everywhere, privacy profile maximum",
            required = true)
    private Action action;

    @Option(name = "--yes", description = "Do not ask for confirmation (erase, move)")
    private boolean yes;

    private boolean complete = true;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        Panic panic = engine().panic();
        switch (action) {
            case LOCK -> lock(panic);
            case ERASE -> {
                if (confirmed(
                        yes,
                        away(panic)
                                + "Erase this server permanently, with its keys, messages, logs, known backups and local "
                                + "wallets?")) {
                    show(panic.erase(), "Erased. The server stops; after the next start it is empty.");
                    panic.end();
                }
            }
            case MOVE -> {
                if (confirmed(yes, "Give all personas new keys now, and set the privacy profile maximum?")) {
                    show(
                            panic.move(),
                            "All keys are new. Channel passphrases are unchanged: create new channels if one may be "
                                    + "known.");
                }
            }
            default -> throw new CommandError("panic lock, panic erase or panic move");
        }
    }

    /** Warns of files that cannot be erased now. Printed before the answer: afterwards, it is too late. */
    private static String away(Panic panic) {
        List<String> away = panic.away();
        return away.isEmpty()
                ? ""
                : "Not erased: files of bundles that are not running (bundle:start NAME first): "
                        + String.join(", ", away) + ". ";
    }

    private void lock(Panic panic) {
        String mark = UUID.randomUUID().toString();
        context().session().put(Severable.MARK, mark);
        try {
            show(panic.lock(mark), "Locked. Open it with partyline:unlock.");
        } finally {
            context().session().put(Severable.MARK, null);
        }
    }

    private void show(Report report, String last) {
        complete = report.complete();
        List<StepView> steps = report.steps().stream()
                .map(step -> new StepView(step.name(), step.done(), JsonValues.orNull(step.detail())))
                .toList();
        print(new Document(action.name().toLowerCase(Locale.ROOT), complete, steps), () -> {
            for (StepView step : steps) {
                String mark = step.done()
                        ? console().paint(Style.GOOD, "done  ")
                        : console().paint(Style.BAD, "FAILED");
                String name = Sanitizer.line(step.step());
                console()
                        .hanging(
                                mark + "  ",
                                step.detail() == null ? name : name + ": " + Sanitizer.line(step.detail()));
            }
            console().paragraph(complete ? last : "Only partly done: see above.");
        });
    }

    @Override
    protected @Nullable Integer exitStatus() {
        return complete ? null : INCOMPLETE;
    }

    record Document(String action, boolean complete, List<StepView> steps) {}

    record StepView(String step, boolean done, @Nullable String detail) {}
}
