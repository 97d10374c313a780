package org.partyline.shell.contact;

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
import org.partyline.shell.completion.AccountNames;
import org.partyline.shell.completion.ContactNames;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.completion.YesOrNo;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Changes the account or the protection of a contact. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "contact-set",
        description = "Give a contact its own wallet account, or hold messages until the session is protected "
                + "against quantum computers",
        detailedDescription = "partyline:contact-set bob --account apart\npartyline:contact-set bob --account default\n"
                + "partyline:contact-set bob --require-post-quantum yes")
@Needs(Role.TALK)
final class ContactSetCommand extends PartylineCommand {
    /** The contact has no account. */
    @Argument(name = "CONTACT", description = "The contact", required = true)
    @Completion(ContactNames.class)
    private String name;

    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Option(
            name = "--account",
            description = "Account that pays for messages to this contact only: 1 to 24 lower-case letters, digits "
                    + "and hyphens; created if missing; default: the persona's own",
            valueToShowInHelp = "ACCOUNT")
    @Completion(AccountNames.class)
    private @Nullable String account;

    @Option(
            name = "--require-post-quantum",
            description = "yes: hold messages until the session is protected (partyline:session-protect); no: send "
                    + "them in any case",
            valueToShowInHelp = "yes|no")
    @Completion(YesOrNo.class)
    private @Nullable String requirePostQuantum;

    @Override
    protected void run() throws CommandError, PartylineException {
        if (account == null && requirePostQuantum == null) {
            throw new CommandError("nothing to set: give --account NAME, --account " + AccountNames.DEFAULT
                    + " for the persona's own, or --require-post-quantum yes or no");
        }
        if (requirePostQuantum != null) {
            require(requirePostQuantum);
        }
        if (account != null) {
            account(account);
        }
    }

    private void require(String word) throws CommandError, PartylineException {
        boolean required = word.equals("yes");
        if (!required && !word.equals("no")) {
            throw new CommandError("--require-post-quantum must be yes or no, not " + Sanitizer.line(word));
        }
        Contact contact = engine().contacts().requirePostQuantum(given(persona), name, required);
        if (account != null) {
            return;
        }
        print(
                ContactView.of(contact),
                () -> console()
                        .paragraph(
                                "Messages to " + Sanitizer.line(contact.name())
                                        + (required
                                                ? " are on hold until the session is protected against quantum computers."
                                                : " are sent whether or not the session is protected against quantum computers.")));
    }

    private void account(String given) throws CommandError, PartylineException {
        String wanted = given.equals(AccountNames.DEFAULT) ? "" : given;
        Contact contact = engine().contacts().setAccount(given(persona), name, wanted);
        print(ContactView.of(contact), () -> {
            if (wanted.isEmpty()) {
                console()
                        .paragraph("Messages to " + Sanitizer.line(contact.name()) + " are paid from "
                                + Sanitizer.line(contact.persona()) + "'s own account again.");
                return;
            }
            console()
                    .paragraph("Messages to " + Sanitizer.line(contact.name()) + " are paid from the account " + wanted
                            + ", which pays for nothing else. Fund it with coins that cannot be linked to you.");
            next("partyline:wallet-address " + as(persona) + "--account " + wanted);
        });
    }
}
