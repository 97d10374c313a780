package org.partyline.shell.contact;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.settings.ReceiptMode;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.ContactNames;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.spi.Needs;

/** Shows or sets when receipts are sent to contacts. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "receipts",
        description = "Show or set when contacts are notified that their messages have arrived",
        detailedDescription = "partyline:receipts\npartyline:receipts cover\npartyline:receipts pay bob")
@Needs(Role.TALK)
final class ReceiptsCommand extends PartylineCommand {
    private static final String SETTING = "receipts";

    @Argument(
            name = "MODE",
            description = "off: never; cover: in place of decoys of cover traffic, at no cost; pay: at once, in "
                    + "separate packets; otherwise show the setting")
    private @Nullable ReceiptMode mode;

    @Argument(
            index = 1,
            name = "CONTACT",
            description = "For this contact; otherwise for all contacts without their own mode")
    @Completion(ContactNames.class)
    private @Nullable String contact;

    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Override
    protected void run() throws CommandError, PartylineException {
        if (mode != null) {
            set(mode);
        }
        String all = engine().configurations().get(SETTING).value();
        boolean read = Boolean.parseBoolean(
                engine().configurations().get("read-receipts").value());
        List<Contact> own = engine().contacts().listAll().stream()
                .filter(each -> each.receipts().isPresent())
                .toList();
        print(new Document(all, read, own.stream().map(ReceiptsView::of).toList()), () -> show(all, read, own));
    }

    private void set(ReceiptMode wanted) throws CommandError, PartylineException {
        if (contact != null) {
            engine().contacts().setReceipts(given(persona), contact, wanted);
        } else {
            engine().configurations().set(SETTING, wanted.label());
        }
    }

    private void show(String all, boolean read, List<Contact> own) {
        console()
                .paragraph("Receipts: " + says(ReceiptMode.of(all).orElse(ReceiptMode.OFF)) + "."
                        + (read ? " They also report when a message was shown (read-receipts)." : ""));
        if (own.isEmpty()) {
            return;
        }
        Table table = new Table().column("CONTACT").column("PERSONA").words("RECEIPTS");
        for (Contact each : own) {
            table.row(
                    Table.Cell.of(each.name(), Style.BOLD),
                    Sanitizer.line(each.persona()),
                    says(each.receipts().orElseThrow()));
        }
        table.print(console(), "");
    }

    private static String says(ReceiptMode mode) {
        return switch (mode) {
            case OFF -> "off";
            case COVER -> "cover, in place of decoys, at no extra cost";
            case PAY -> "pay, at once, in packets that you pay for";
        };
    }

    /**
     * The receipt modes.
     *
     * @param all the mode of contacts without a mode of their own @param read whether receipts say that a message was
     *     shown
     */
    record Document(String all, boolean read, List<ReceiptsView> contacts) {}

    record ReceiptsView(String persona, String name, String receipts) {
        static ReceiptsView of(Contact contact) {
            return new ReceiptsView(
                    contact.persona(),
                    contact.name(),
                    contact.receipts().orElseThrow().label());
        }
    }
}
