package org.partyline.shell.hook;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.partyline.api.PartylineException;
import org.partyline.api.hooks.Hook;
import org.partyline.api.hooks.Hooks;
import org.partyline.consoleline.ExitStatus;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Adds a hook. Whoever adds one runs programs as the server's user, which only its owner may. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "hook-add",
        description = "Start a program for each future event",
        detailedDescription = "partyline:hook-add alert --run /usr/local/bin/alert")
@Needs(Role.OWNER)
final class HookAddCommand extends PartylineCommand {
    @Argument(name = "NAME", description = "The name", required = true)
    private String name;

    @Option(
            name = "--run",
            description = "Absolute path of the program; it receives the event as one JSON document on standard input",
            valueToShowInHelp = "PATH")
    @Completion(FileCompleter.class)
    private String run;

    @Override
    protected void run() throws CommandError, PartylineException {
        Hooks hooks = engine().hooks();
        if (run == null) {
            throw new CommandError(ExitStatus.WRONG_LINE, "a hook needs --run with the path of a program");
        }
        Hook hook = hooks.addProgram(name, path());
        print(HookView.of(hook), () -> {
            console()
                    .line("Added " + Sanitizer.line(hook.name()) + ": " + Sanitizer.line(hook.target())
                            + " is started for each event from now on.");
            next("partyline:hook-list shows whether it accepts them.");
        });
    }

    private Path path() throws CommandError {
        try {
            return Path.of(run);
        } catch (InvalidPathException e) {
            throw new CommandError(ExitStatus.WRONG_LINE, "--run must be a path, not " + Sanitizer.line(run));
        }
    }
}
