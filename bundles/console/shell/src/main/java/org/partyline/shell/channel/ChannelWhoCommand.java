package org.partyline.shell.channel;

import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts.Trust;
import org.partyline.api.engine.Conversations.Participant;
import org.partyline.api.engine.Conversations.Place;
import org.partyline.api.json.ParticipantView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.ChannelNames;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.contact.ContactText;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Lists the senders heard in a channel. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "channel-who",
        description = "List the senders heard in a channel, with signatures and verification",
        detailedDescription = "partyline:channel-who lobby")
@Needs(Role.TALK)
final class ChannelWhoCommand extends PartylineCommand {
    @Argument(name = "CHANNEL", description = "The channel", required = true)
    @Completion(ChannelNames.class)
    private String name;

    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Override
    protected void run() throws CommandError, PartylineException {
        List<Participant> heard = engine().conversations().participants(new Place(given(persona), false, name));
        print(new Document(name, heard.stream().map(ParticipantView::of).toList()), () -> table(heard));
    }

    private void table(List<Participant> heard) {
        Table table = new Table()
                .column("SIGNS AS")
                .words("TRUST")
                .column("NICKNAME")
                .number("MESSAGES")
                .number("SIGNED")
                .number("CHAINS")
                .time("LAST HEARD (UTC)");
        for (Participant one : heard) {
            table.row(
                    Table.Cell.of(one.contact().orElse("-"), one.contact().isPresent() ? Style.BOLD : Style.PLAIN),
                    new Table.Cell(
                            one.trust().map(ContactText::trust).orElse("unverified name"),
                            one.trust().equals(Optional.of(Trust.VERIFIED)) ? Style.GOOD : Style.WARN),
                    one.nickname().isEmpty() ? "(no name)" : one.nickname(),
                    one.messages(),
                    one.signed(),
                    one.chains(),
                    one.lastHeard().map(Units::time).orElse("-"));
        }
        table.print(console(), "No kept messages in this channel.");
        if (!heard.isEmpty()) {
            console()
                    .paragraph(
                            Style.DIM,
                            "Members who only read are not listed. A name without a signature is chosen freely by its "
                                    + "sender.");
        }
    }

    record Document(String channel, List<ParticipantView> participants) {}
}
