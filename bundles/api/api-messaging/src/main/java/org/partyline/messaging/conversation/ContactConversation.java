package org.partyline.messaging.conversation;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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

    /** Its previous public keys, with which it may have made packets that are read late; empty if there are none. */
    public Optional<PublicIdentity> formerIdentity() {
        byte[] signing = entry.formerSigning();
        byte[] agreement = entry.formerAgreement();
        return signing == null || agreement == null
                ? Optional.empty()
                : Optional.of(new PublicIdentity(signing, agreement));
    }

    /** The public keys with which it may have signed something at a time. @param time in seconds, by its clock */
    public List<PublicIdentity> identitiesAt(long time) {
        return Stream.concat(identity().stream(), formerIdentity().stream().filter(former -> time <= entry.renewed()))
                .toList();
    }
}
