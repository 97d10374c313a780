package org.partyline.shell.session;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Sessions.Session;
import org.partyline.api.engine.Sessions.State;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.ContactNames;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.contact.ContactText;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.spi.Needs;

/** Opens a session. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "session-open",
        description =
                "Offer a contact a session with forward secrecy; partyline:send --to does this " + "automatically",
        detailedDescription = "partyline:session-open bob --wait\npartyline:session-open --again bob")
@Needs(Role.TALK)
final class SessionOpenCommand extends PartylineCommand {
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    @Argument(name = "CONTACT", description = "The contact", required = true)
    @Completion(ContactNames.class)
    private String contact;

    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Option(name = "--wait", description = "Wait for the answer; Ctrl-C stops the wait, not the session")
    private boolean wait;

    @Option(
            name = "--again",
            description = "Replace an open session that the contact lost, or that a copy of this server took over")
    private boolean again;

    @Option(name = "--yes", description = "Do not ask for confirmation (--again)")
    private boolean yes;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        boolean real = engine().contacts().get(given(persona), contact).network() == Network.MAINNET;
        if (real && !mainnetAccepted("Cancelled: no session was opened.")) {
            return;
        }
        if (again && !confirmed(yes, question())) {
            return;
        }
        Session offered = again
                ? engine().sessions().openAgain(given(persona), contact)
                : engine().sessions().open(given(persona), contact);
        boolean waiting = wait && offered.state() != State.OPEN;
        if (waiting && !json()) {
            console()
                    .line("Session offered to " + Sanitizer.line(offered.contact())
                            + ". Waiting for the answer; press Ctrl-C to stop waiting.");
        }
        Session session = waiting ? await(offered) : offered;
        print(SessionView.of(session), () -> show(session));
    }

    private String question() throws CommandError, PartylineException {
        String who = Sanitizer.line(contact);
        boolean sound = engine().sessions().list(given(persona)).stream()
                .anyMatch(session -> session.contact().equals(contact)
                        && session.state() == State.OPEN
                        && session.elsewhere().isEmpty());
        return sound
                ? "The session with " + who + " is open, and no other server was seen using it. Replace it anyway?"
                : "Replace the session with " + who + " by a new one?";
    }

    private Session await(Session offered) throws CommandError, PartylineException {
        Session session = offered;
        try {
            while (session.state() == State.OPENING) {
                context().pause().forA(LOOK_EVERY);
                session = look(session);
            }
        } catch (InterruptedException e) {
            // Ctrl-C ends the waiting; the offer remains.
            return session;
        }
        if (session.state() != State.OPEN) {
            throw new CommandError("the session with " + session.contact() + " is "
                    + ContactText.session(session.state(), false) + ": open it again with partyline:session-open");
        }
        return session;
    }

    private Session look(Session before) throws CommandError, PartylineException {
        List<Session> sessions = engine().sessions().list(Optional.of(before.persona()));
        return sessions.stream()
                .filter(session -> session.contact().equals(before.contact()))
                .findFirst()
                .orElseThrow(() -> new CommandError("the session with " + before.contact()
                        + " is gone: open it again with partyline:session-open"));
    }

    private void show(Session session) {
        String who = Sanitizer.line(session.contact());
        if (session.state() == State.OPEN) {
            console()
                    .line(console().paint(Style.GOOD, "The session with " + who + " is open")
                            + session.suite().map(suite -> ", " + suite).orElse("") + ".");
            next("partyline:say " + as(persona) + "--to " + Sanitizer.word(session.contact()) + " Hello");
        } else {
            console().line("The session with " + who + " is opening: it is open once " + who + " has answered.");
            next("partyline:session-list; messages that you send meanwhile leave after the answer.");
        }
    }
}
