package org.partyline.shell.contact;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.json.ContactView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.ContactNames;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.spi.Needs;

/** Shows the safety number of a contact, and records the result of comparing it. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "contact-verify",
        description = "Show the safety number of a contact and record whether the other side shows the same",
        detailedDescription = "partyline:contact-verify bob\npartyline:contact-verify bob --same")
@Needs(Role.TALK)
final class ContactVerifyCommand extends PartylineCommand {
    private static final int GROUPS_IN_A_ROW = 4;

    @Argument(name = "CONTACT", description = "The contact", required = true)
    @Completion(ContactNames.class)
    private String name;

    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Option(name = "--same", description = "Record without asking that both sides show the same digits")
    private boolean same;

    @Option(name = "--different", description = "Record without asking that the digits differ")
    private boolean different;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        if (same && different) {
            throw new CommandError("--same and --different exclude each other: give one of the two");
        }
        String number = engine().contacts().safetyNumber(given(persona), name);
        Contact contact = engine().contacts().get(given(persona), name);
        if (!json()) {
            show(number, contact);
        }
        Optional<Boolean> answer = answer();
        if (answer.isPresent()) {
            contact = engine().contacts().verify(given(persona), contact.name(), number, answer.get());
        }
        Contact now = contact;
        print(new Document(number, answer.orElse(null), ContactView.of(now)), () -> conclude(answer, now));
    }

    private void show(String number, Contact contact) {
        console()
                .line("Safety number of " + Sanitizer.line(contact.persona()) + " and " + ContactText.marked(contact)
                        + ":");
        console().line("");
        rows(number).forEach(row -> console().line("    " + console().paint(Style.BOLD, row)));
        console().line("");
        console()
                .paragraph("Compare it face to face or in a call, not over this program. The other side also shows "
                        + "it with partyline:contact-verify.");
    }

    /** Returns three rows, as they are read aloud. */
    private static List<String> rows(String number) {
        String[] groups = number.strip().split(" +");
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < groups.length; i += GROUPS_IN_A_ROW) {
            rows.add(String.join("  ", List.of(groups).subList(i, Math.min(groups.length, i + GROUPS_IN_A_ROW))));
        }
        return rows;
    }

    /** Returns the result of the comparison; empty if it was not made yet. */
    private Optional<Boolean> answer() throws CommandError, InterruptedException {
        if (same || different) {
            return Optional.of(same);
        }
        if (json() || !console().canAsk()) {
            return Optional.empty();
        }
        return switch (console()
                .choose("Do both sides show the same digits?", List.of("yes", "no", "later"), "later")) {
            case "yes" -> Optional.of(true);
            case "no" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private void conclude(Optional<Boolean> answer, Contact contact) {
        String who = Sanitizer.line(contact.name());
        String word = as(persona) + Sanitizer.word(contact.name());
        if (answer.isEmpty()) {
            console().line("Nothing was recorded: " + who + " is " + ContactText.trust(contact.trust()) + ".");
            next("partyline:contact-verify " + word + " --same, once you have compared them.");
        } else if (answer.get()) {
            console().line(console().paint(Style.GOOD, who + " is verified."));
            next("partyline:say " + as(persona) + "--to " + Sanitizer.word(contact.name()) + " Hello");
        } else {
            console()
                    .paragraph(console().paint(Style.BAD, who + " is not verified")
                            + ": someone may be intercepting your messages, or one of you has an old card. Do not trust "
                            + "messages from " + who + ".");
            next("get the card again by another way, then partyline:contact-remove " + word
                    + " and partyline:contact-add.");
        }
    }

    /**
     * The safety number and the result.
     *
     * @param same null if not compared yet
     */
    record Document(String safetyNumber, @Nullable Boolean same, ContactView contact) {}
}
