package org.partyline.shell.persona;

import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.NetworkNames;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.input.NetworkName;
import org.partyline.shell.output.QrCode;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.spi.Needs;

/** Shows a persona's contact card. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "persona-card",
        description =
                "Show a persona's contact card, as text and QR code; anyone who has it can write to the " + "persona",
        detailedDescription = "partyline:persona-card\npartyline:persona-card bob --network signet")
@Needs(Role.TALK)
final class PersonaCardCommand extends PartylineCommand {
    @Argument(name = "PERSONA", description = "The persona; otherwise the current one")
    @Completion(PersonaNames.class)
    private @Nullable String name;

    @Option(
            name = "--network",
            description = "Network; may be omitted if all nodes are on one network",
            valueToShowInHelp = "NAME")
    @Completion(NetworkNames.class)
    private @Nullable String network;

    @Override
    protected void run() throws CommandError, PartylineException {
        String whose = name == null ? engine().personas().current().name() : name;
        String card = engine().personas().card(Optional.of(whose), NetworkName.parse(network));
        print(new Document(whose, card), () -> {
            console().line("Contact card of " + Sanitizer.line(whose) + ":");
            console().line(console().paint(Style.BOLD, Sanitizer.line(card)));
            QrCode.print(console(), card);
            console()
                    .paragraph("Anyone with this card can write to " + Sanitizer.line(whose)
                            + ", but cannot read anything. It is not secret.");
            next("partyline:contact-add " + as(name) + "CARD, with someone else's card.");
        });
    }

    record Document(String persona, String card) {}
}
