package org.partyline.shell.message;

import java.util.List;
import org.partyline.api.engine.Messages.Message;
import org.partyline.shell.command.Context;
import org.partyline.shell.completion.MessageIds;
import org.partyline.shell.contact.ContactText;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;

/** Lists messages, showing copies for several personas once. */
final class MessageTable {
    private MessageTable() {}

    /** @param empty the text if there are no messages */
    static void print(Context context, List<Message> messages, String empty) {
        ContactText contacts = ContactText.of(context.engine());
        MessageTimes times =
                new MessageTimes(context.clock().instant(), context.console().isTerminal());
        Table table = new Table()
                .number("ID")
                .time(times.header())
                .words(MessageText.whereHeader(
                        messages.stream().anyMatch(message -> !message.direct()),
                        messages.stream().anyMatch(Message::direct)))
                .column("FROM")
                .words("STATE")
                .text("MESSAGE");
        SharedMessages shared = new SharedMessages();
        messages.forEach(shared::add);
        for (SharedMessages.Shared one : shared.all()) {
            Message message = one.message();
            table.row(
                    message.id(),
                    times.of(message.sent()),
                    MessageText.where(message, contacts),
                    Table.Cell.of(MessageText.from(message, contacts), MessageText.style(message)),
                    new Table.Cell(
                            MessageText.state(message, one.readers())
                                    + RemarkText.state(message, one.mentioned(), shared::shown),
                            stateStyle(message)),
                    Table.Cell.of(
                            RemarkText.quote(message, shared::shown) + MessageText.text(message),
                            message.notice() ? Style.WARN : Style.PLAIN));
        }
        table.print(context.console(), empty);
    }

    /** Colours our messages by success, failure or progress, and others' messages by their signature. */
    private static Style stateStyle(Message message) {
        return MessageText.mark(message).isEmpty() ? MessageText.stateStyle(message) : MessageText.markStyle(message);
    }

    /** Remembers the listed messages, for completion. */
    static void listed(Context context, List<Message> messages) {
        MessageIds.listed(context.session(), messages.stream().map(Message::id).toList());
    }
}
