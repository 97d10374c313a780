package org.partyline.shell.cover;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Cover.Status;
import org.partyline.api.json.CoverView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Stops cover traffic. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "decoy-stop",
        description = "Stop cover traffic; an observer can then see when you send",
        detailedDescription = "partyline:decoy-stop\npartyline:decoy-stop --persona bob")
@Needs(Role.OPERATE)
final class DecoyStopCommand extends PartylineCommand {
    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Override
    protected void run() throws CommandError, PartylineException {
        Status status = engine().cover().stop(given(persona));
        print(
                CoverView.of(status),
                "Cover traffic of " + Sanitizer.line(status.persona())
                        + " is off: messages leave by their own schedule, and an observer can see when.");
    }
}
