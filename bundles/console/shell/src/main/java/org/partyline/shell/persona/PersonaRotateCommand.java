package org.partyline.shell.persona;

import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.engine.Personas.Rotated;
import org.partyline.api.engine.Sessions;
import org.partyline.api.json.PersonaView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.spi.Needs;

/** Gives a persona new keys. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "persona-rotate",
        description =
                "Give a persona new keys, send them to its contacts in their sessions, and erase the old " + "ones",
        detailedDescription = "partyline:persona-rotate\npartyline:persona-rotate bob --compromised")
@Needs(Role.OPERATE)
final class PersonaRotateCommand extends PartylineCommand {
    @Argument(name = "PERSONA", description = "The persona; otherwise the current one")
    @Completion(PersonaNames.class)
    private @Nullable String name;

    @Option(
            name = "--compromised",
            description = "The old keys may be known to someone: erase them at once, not after 24 hours; contacts "
                    + "must verify the new ones")
    private boolean compromised;

    @Option(name = "--yes", description = "Do not ask for confirmation")
    private boolean yes;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        String whose = name == null ? engine().personas().current().name() : name;
        if (!yes) {
            announce(engine().contacts().list(Optional.of(whose)));
        }
        if (!confirmed(yes, "New keys for " + Sanitizer.line(whose) + "?")) {
            return;
        }
        Rotated rotated = engine().personas().rotate(Optional.of(whose), compromised);
        print(
                new Document(PersonaView.of(rotated.persona()), compromised, rotated.told(), rotated.untold()),
                () -> show(rotated));
    }

    private void announce(List<Contact> contacts) {
        if (json() || !console().canAsk()) {
            return;
        }
        print(
                "New keys are sent over the sessions with",
                "Without a session: give them the new card",
                names(contacts, true),
                names(contacts, false));
        console()
                .paragraph(
                        compromised
                                ? "The old keys are erased at once: messages on their way to the old card are lost."
                                : "The old keys are erased after 24 h. Until then, the old card still works.");
    }

    private static List<String> names(List<Contact> contacts, boolean open) {
        return contacts.stream()
                .filter(contact -> (contact.session() == Sessions.State.OPEN) == open)
                .map(Contact::name)
                .toList();
    }

    private void print(String over, String without, List<String> told, List<String> untold) {
        if (!told.isEmpty()) {
            console().hanging(over + ": ", list(told));
        }
        if (!untold.isEmpty()) {
            console().hanging(console().paint(Style.WARN, without) + ": ", list(untold));
        }
        if (told.isEmpty() && untold.isEmpty()) {
            console().line("There are no contacts to notify.");
        }
    }

    private static String list(List<String> names) {
        return String.join(", ", names.stream().map(Sanitizer::line).toList());
    }

    private void show(Rotated rotated) {
        String who = Sanitizer.line(rotated.persona().name());
        console()
                .paragraph(who + " has new keys, sender id " + rotated.persona().senderId() + ". "
                        + (compromised
                                ? "The old keys are erased. Contacts who had verified them must verify again."
                                : "The old keys are erased in 24 h."));
        print(
                "New keys are sent over the sessions with",
                "Without a session: give them the new card",
                rotated.told(),
                rotated.untold());
        next("partyline:persona-card " + Sanitizer.word(rotated.persona().name()) + " shows the new card"
                + (compromised ? "." : "; the old one works for 24 h."));
    }

    /**
     * The result of a key rotation.
     *
     * @param told contacts that are notified; @param untold contacts that need the new card
     */
    record Document(PersonaView persona, boolean compromised, List<String> told, List<String> untold) {}
}
