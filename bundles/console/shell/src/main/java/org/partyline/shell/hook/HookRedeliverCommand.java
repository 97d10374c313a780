package org.partyline.shell.hook;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Retries a failed event. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "hook-redeliver",
        description = "Try a failed event again now, and activate a disabled hook",
        detailedDescription = "partyline:hook-redeliver alert")
@Needs(Role.OPERATE)
final class HookRedeliverCommand extends PartylineCommand {
    @Argument(name = "NAME", description = "The hook", required = true)
    @Completion(HookNames.class)
    private String name;

    @Option(name = "--skip", description = "Skip that event and continue with the next one")
    private boolean skip;

    @Override
    protected void run() throws CommandError, PartylineException {
        HookView hook = HookView.of(engine().hooks().redeliver(name, skip));
        print(hook, () -> {
            console()
                    .line(Sanitizer.line(hook.name())
                            + (skip ? " continues with the next event." : " receives the failed event again now."));
            next("partyline:hook-list shows whether it accepts it.");
        });
    }
}
