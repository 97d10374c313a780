package org.partyline.shell.session;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Sessions.Session;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.completion.SessionNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Closes a session. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "session-close",
        description = "Close the session with a contact: notify the other side and erase the keys",
        detailedDescription = "partyline:session-close bob")
@Needs(Role.TALK)
final class SessionCloseCommand extends PartylineCommand {
    @Argument(name = "CONTACT", description = "The contact", required = true)
    @Completion(SessionNames.class)
    private String contact;

    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Override
    protected void run() throws CommandError, PartylineException {
        Session session = engine().sessions().close(given(persona), contact);
        print(
                SessionView.of(session),
                () -> console()
                        .paragraph("The session with " + Sanitizer.line(session.contact())
                                + " is closed. Messages on their way still arrive, for 24 h; the next message opens a new "
                                + "session."));
    }
}
