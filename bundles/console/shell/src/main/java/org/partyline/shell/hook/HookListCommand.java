package org.partyline.shell.hook;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.partyline.api.PartylineException;
import org.partyline.api.hooks.Hook;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Lists hooks. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "hook-list",
        description = "List the hooks, and why one fails",
        detailedDescription = "partyline:hook-list")
@Needs(Role.OPERATE)
final class HookListCommand extends PartylineCommand {
    @Override
    protected void run() throws CommandError, PartylineException {
        List<Hook> hooks = engine().hooks().list();
        print(new Document(hooks.stream().map(HookView::of).toList()), () -> table(hooks));
    }

    private void table(List<Hook> hooks) {
        Table table = new Table()
                .column("NAME")
                .words("TARGET")
                .column("STATE")
                .number("WAITING")
                .time("LAST DELIVERED (UTC)");
        for (Hook hook : hooks) {
            table.row(
                    Sanitizer.line(hook.name()),
                    Sanitizer.line(hook.target()),
                    Table.Cell.of(hook.state().word(), hook.state() == Hook.State.ACTIVE ? Style.GOOD : Style.WARN),
                    hook.waiting(),
                    hook.lastDelivered().map(Units::time).orElse("never"));
        }
        table.print(console(), "No hooks yet: add one with partyline:hook-add.");
        for (Hook hook : hooks) {
            hook.failure().ifPresent(failure -> console().paragraph(Style.WARN, explained(hook, failure)));
        }
    }

    private static String explained(Hook hook, String failure) {
        return Sanitizer.line(hook.name()) + ": " + Sanitizer.line(failure) + ". "
                + hook.nextAttempt()
                        .map(time -> "It is tried again at " + Units.time(time) + " UTC.")
                        .orElse(
                                hook.state() == Hook.State.DISABLED
                                        ? "It was tried for a day. To try it again, run partyline:hook-redeliver "
                                                + Sanitizer.line(hook.name()) + "."
                                        : "It is tried again now.");
    }

    record Document(List<HookView> hooks) {}
}
