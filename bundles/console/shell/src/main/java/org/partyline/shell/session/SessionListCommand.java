package org.partyline.shell.session;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Personas.Persona;
import org.partyline.api.engine.Sessions.Session;
import org.partyline.api.engine.Sessions.State;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.contact.ContactText;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Lists the sessions. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "session-list",
        description = "List sessions with contacts: state, cipher, messages, age of the keys, quantum protection",
        detailedDescription = "partyline:session-list --persona bob")
@Needs(Role.TALK)
final class SessionListCommand extends PartylineCommand {
    @Option(name = "--persona", description = "Only this persona's", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Override
    protected void run() throws CommandError, PartylineException {
        List<Session> sessions = new ArrayList<>();
        if (persona == null) {
            for (Persona each : engine().personas().list()) {
                sessions.addAll(engine().sessions().list(Optional.of(each.name())));
            }
        } else {
            sessions.addAll(engine().sessions().list(given(persona)));
        }
        print(new Document(sessions.stream().map(SessionView::of).toList()), () -> table(sessions));
    }

    private void table(List<Session> sessions) {
        ContactText contacts = ContactText.of(engine());
        Instant now = clock().instant();
        Table table = new Table()
                .words("CONTACT")
                .column("PERSONA")
                .words("STATE")
                .number("FOR")
                .column("SUITE")
                .number("SENT")
                .number("RECEIVED")
                .number("REKEYED")
                .column("PROTECTED");
        for (Session session : sessions) {
            table.row(
                    Table.Cell.of(contacts.marked(session.persona(), session.contact()), Style.BOLD),
                    session.persona(),
                    new Table.Cell(
                            ContactText.session(session.state(), session.rekeying())
                                    + (session.elsewhere().isPresent() ? ", used by another copy" : ""),
                            session.elsewhere().isPresent()
                                    ? Style.WARN
                                    : ContactText.session(session.state()).style()),
                    Units.age(Duration.between(session.since(), now)),
                    session.suite().orElse("-"),
                    session.sent(),
                    session.received(),
                    renewed(session, now),
                    session.state() == State.OPEN ? ContactText.protection(session.protection()) : "-");
        }
        table.print(console(), "No sessions: the first partyline:send --to CONTACT opens one.");
    }

    private static String renewed(Session session, Instant now) {
        return session.lastRekey()
                .map(time -> Units.age(Duration.between(time, now)) + " ago")
                .orElse(session.state() == State.OPEN ? "not yet" : "-");
    }

    record Document(List<SessionView> sessions) {}
}
