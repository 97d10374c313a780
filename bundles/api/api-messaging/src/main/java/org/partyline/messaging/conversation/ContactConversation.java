package org.partyline.messaging.conversation;

import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.identity.PublicIdentity;
import org.partyline.api.settings.ReceiptMode;

/** A conversation with a contact. */
public final class ContactConversation extends Conversation {
    public ContactRecord entry;

    public ContactConversation(ContactRecord entry) {
        super(entry.persona(), Network.ofCode(entry.network()).orElseThrow());
        this.entry = entry;
    }

    @Override
    public int id() {
        return entry.id();
    }

    @Override
    public String name() {
        return entry.name();
    }

    @Override
    public String account() {
        return paysApart()
                ? new AccountRecord(entry.accountNumber(), persona(), entry.account()).wallets()
                : super.account();
    }

    @Override
    public boolean paysApart() {
        return entry.accountNumber() != 0;
    }

    @Override
    public long lastTimestamp() {
        return entry.lastTimestamp();
    }

    /**
     * When it is sent receipts. If it has a separate account, receipts never replace a persona's decoys: that would
     * connect the two.
     *
     * @param all the general setting
     */
    public ReceiptMode receipts(ReceiptMode all) {
        ReceiptMode mode = ReceiptMode.of(entry.receipts()).orElse(all);
        return mode == ReceiptMode.COVER && paysApart() ? ReceiptMode.OFF : mode;
    }

    /** The contact's public keys; empty for a stranger. */
    public Optional<PublicIdentity> identity() {
        return Optional.ofNullable(entry.signing()).map(signing -> new PublicIdentity(signing, entry.agreement()));
    }
}
