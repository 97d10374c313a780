package org.partyline.shell.hook;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.partyline.api.PartylineException;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Removes a hook. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "hook-remove",
        description = "Remove a hook: it receives no further events",
        detailedDescription = "partyline:hook-remove alert")
@Needs(Role.OPERATE)
final class HookRemoveCommand extends PartylineCommand {
    @Argument(name = "NAME", description = "The hook", required = true)
    @Completion(HookNames.class)
    private String name;

    @Override
    protected void run() throws CommandError, PartylineException {
        HookView hook = HookView.of(engine().hooks().remove(name));
        print(hook, "Removed " + Sanitizer.line(hook.name()) + ".");
    }
}
