package org.partyline.engine;

import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.identity.PublicIdentity;

/** Somebody whom a persona knows. */
final class ContactConversation extends Conversation {
    Records.Contact entry;

    ContactConversation(Records.Contact entry) {
        super(entry.persona(), Network.ofCode(entry.network()).orElseThrow());
        this.entry = entry;
    }

    @Override
    int id() {
        return entry.id();
    }

    @Override
    String name() {
        return entry.name();
    }

    @Override
    String account() {
        return paysApart()
                ? new Records.Account(entry.accountNumber(), persona(), entry.account()).wallets()
                : super.account();
    }

    @Override
    boolean paysApart() {
        return entry.accountNumber() != 0;
    }

    @Override
    boolean isDirect() {
        return true;
    }

    @Override
    long lastTimestamp() {
        return entry.lastTimestamp();
    }

    /** The contact's public keys; empty for a stranger. */
    Optional<PublicIdentity> identity() {
        return entry.isStranger()
                ? Optional.empty()
                : Optional.of(new PublicIdentity(entry.signing(), entry.agreement()));
    }
}
