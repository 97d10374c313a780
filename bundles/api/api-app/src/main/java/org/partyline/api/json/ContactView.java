package org.partyline.api.json;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.settings.ReceiptMode;

/** A contact as {@code --json} shows it. */
public record ContactView(
        String persona,
        String name,
        String network,
        String trust,
        boolean card,
        @Nullable String senderId,
        String added,
        String session,
        int unread,
        @Nullable String lastMessage,
        List<String> sharing,
        @Nullable String account,
        @Nullable String receipts,
        @Nullable String protectedSince,
        @Nullable ExchangeView exchange,
        boolean requiresPostQuantum) {
    /** @param contact as the engine reports it */
    public static ContactView of(Contact contact) {
        return new ContactView(
                contact.persona(),
                contact.name(),
                contact.network().label(),
                JsonValues.word(contact.trust()),
                contact.card(),
                JsonValues.orNull(contact.senderId()),
                JsonValues.iso(contact.added()),
                JsonValues.word(contact.session()),
                contact.unread(),
                JsonValues.iso(contact.lastMessage()),
                contact.sharing(),
                JsonValues.orNull(contact.account()),
                contact.receipts().map(ReceiptMode::label).orElse(null),
                JsonValues.iso(contact.protection().since()),
                ExchangeView.of(contact.protection()),
                contact.requiresPostQuantum());
    }
}
