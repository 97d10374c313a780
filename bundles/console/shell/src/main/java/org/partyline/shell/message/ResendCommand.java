package org.partyline.shell.message;

import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.json.ReceiptView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.ContactNames;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.contact.ContactText;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.spi.Needs;

/** Resends messages whose session was replaced before their reader confirmed them. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "resend",
        description = "Send messages to a contact again that may not have been read",
        detailedDescription = "partyline:resend bob")
@Needs(Role.TALK)
final class ResendCommand extends PartylineCommand {
    @Argument(name = "CONTACT", description = "The contact", required = true)
    @Completion(ContactNames.class)
    private String contact;

    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        Contact to = engine().contacts().get(given(persona), contact);
        if (to.network() == Network.MAINNET && !mainnetAccepted("Nothing was sent.")) {
            return;
        }
        List<Receipt> receipts = engine().messages().sendAgain(given(persona), contact);
        print(
                new Document(receipts.stream()
                        .map(receipt -> ReceiptView.of(receipt, Optional.empty()))
                        .toList()),
                () -> {
                    for (Receipt receipt : receipts) {
                        console()
                                .paragraph("Message " + receipt.id() + " to " + ContactText.marked(to) + ": "
                                        + Leaving.price(receipt));
                    }
                    next("partyline:outbox shows when they are sent.");
                });
    }

    record Document(List<ReceiptView> messages) {}
}
