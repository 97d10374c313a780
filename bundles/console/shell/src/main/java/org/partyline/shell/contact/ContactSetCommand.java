package org.partyline.shell.contact;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.AccountNames;
import org.partyline.shell.completion.ContactNames;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.completion.YesOrNo;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Changes what holds for one contact. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "contact-set",
        description = "Give a contact an account of its own, which pays for messages to this contact and "
                + "for nothing else, or hold messages until its session is protected against quantum computers",
        detailedDescription = "partyline:contact-set bob --account apart\npartyline:contact-set bob --account default\n"
                + "partyline:contact-set bob --require-post-quantum yes")
@Needs(Role.TALK)
final class ContactSetCommand extends PartylineCommand {
    /** No account of its own. */
    @Argument(name = "NAME", description = "The contact", required = true)
    @Completion(ContactNames.class)
    private String name;

    @Option(name = "--persona", description = "Whose contact; otherwise the current one's", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private String persona;

    @Option(
            name = "--account",
            description = "The account: 1 to 24 lower-case letters, digits and hyphens; made if it does not "
                    + "exist; default: the persona's own",
            valueToShowInHelp = "ACCOUNT")
    @Completion(AccountNames.class)
    private String account;

    @Option(
            name = "--require-post-quantum",
            description =
                    "yes: messages are on hold until the session is protected (partyline:session-protect); no: they leave",
            valueToShowInHelp = "yes|no")
    @Completion(YesOrNo.class)
    private String requirePostQuantum;

    @Override
    protected void run() throws CommandError, PartylineException {
        if (account == null && requirePostQuantum == null) {
            throw new CommandError("nothing to set: give --account with a name, or " + AccountNames.DEFAULT
                    + " for the persona's own, or --require-post-quantum yes or no");
        }
        if (requirePostQuantum != null) {
            require();
        }
        if (account != null) {
            account();
        }
    }

    private void require() throws CommandError, PartylineException {
        boolean required = requirePostQuantum.equals("yes");
        if (!required && !requirePostQuantum.equals("no")) {
            throw new CommandError(
                    "--require-post-quantum must be yes or no, not " + Sanitizer.line(requirePostQuantum));
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
                                                ? " are on hold while the session is not protected against quantum computers."
                                                : " leave whether or not the session is protected against quantum computers.")));
    }

    private void account() throws CommandError, PartylineException {
        String wanted = account.equals(AccountNames.DEFAULT) ? "" : account;
        Contact contact = engine().contacts().setAccount(given(persona), name, wanted);
        print(ContactView.of(contact), () -> {
            if (wanted.isEmpty()) {
                console()
                        .paragraph("What goes to " + Sanitizer.line(contact.name()) + " is paid by "
                                + Sanitizer.line(contact.persona()) + "'s own account again.");
                return;
            }
            console()
                    .paragraph("What goes to " + Sanitizer.line(contact.name()) + " is paid by the account " + wanted
                            + ", which pays for nothing else. Fill it with coins that nobody links to you.");
            next("partyline:wallet-address " + as(persona) + "--account " + wanted);
        });
    }
}
