package org.partyline.shell.conversation;

import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations.Conversation;
import org.partyline.api.json.ConversationView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.contact.ContactText;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Lists channels and contacts as conversations. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "conversation-list",
        description = "List channels and contacts by their newest message: unread, missing, muted, drafts",
        detailedDescription = "partyline:conversation-list --unread")
@Needs(Role.TALK)
final class ConversationListCommand extends PartylineCommand {
    @Option(name = "--persona", description = "Only this persona's", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Option(name = "--unread", description = "Only conversations with unread messages")
    private boolean unread;

    @Override
    protected void run() throws CommandError, PartylineException {
        List<Conversation> all = engine().conversations().list().stream()
                .filter(one -> persona == null || one.persona().equals(persona))
                .filter(one -> !unread || one.unread() > 0)
                .toList();
        print(ConversationView.All.of(all), () -> table(all));
    }

    private void table(List<Conversation> all) {
        ContactText contacts = ContactText.of(engine());
        Table table = new Table()
                .column("PERSONA")
                .column("WITH")
                .number("UNREAD")
                .number("MENTIONS")
                .number("MISSING")
                .number("READ TO")
                .words("STATE")
                .time("LAST MESSAGE (UTC)");
        for (Conversation one : all) {
            List<String> states = new ArrayList<>();
            if (one.muted()) {
                states.add("muted");
            }
            if (one.draft()) {
                states.add("draft");
            }
            table.row(
                    one.persona(),
                    Table.Cell.of(
                            one.direct() ? contacts.marked(one.persona(), one.name()) : Sanitizer.line(one.name()),
                            Style.BOLD),
                    one.unread(),
                    one.mentions(),
                    one.missing(),
                    one.readTo().isPresent() ? String.valueOf(one.readTo().getAsLong()) : "-",
                    String.join(", ", states),
                    one.lastMessage().map(Units::time).orElse("never"));
        }
        table.print(
                console(),
                unread
                        ? "No unread messages."
                        : "No conversations yet: create a channel with partyline:channel-create NAME, or add a "
                                + "contact.");
    }
}
