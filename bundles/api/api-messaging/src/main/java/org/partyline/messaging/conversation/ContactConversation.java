package org.partyline.messaging.conversation;

import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.identity.PublicIdentity;

/** Somebody whom a persona knows. */
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
    boolean isDirect() {
        return true;
    }

    @Override
    public long lastTimestamp() {
        return entry.lastTimestamp();
    }

    /** The contact's public keys; empty for a stranger. */
    public Optional<PublicIdentity> identity() {
        return entry.isStranger()
                ? Optional.empty()
                : Optional.of(new PublicIdentity(entry.signing(), entry.agreement()));
    }
}
