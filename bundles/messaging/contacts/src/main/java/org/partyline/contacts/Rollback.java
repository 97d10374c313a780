package org.partyline.contacts;

import java.time.Clock;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.conversation.AccountRecord;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.IdentityRecord;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaKeys;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.SecurityLog;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Continues from files that may be an old copy (PROTOCOL 5): any of their keys may have been used since, so none is
 * used again.
 *
 * <p>This concerns the sending chains; our handshakes, whose answers determine the chains that a later run may have
 * used; our answers that are not sealed yet; and key updates in progress. Handshakes that were made before now are not
 * answered: they may have been answered, and an answer uses a key from the handshake. Packets that were already sealed
 * may be sent: every run that continued from this state has the same bytes, and no earlier run had sealed that position
 * differently.
 */
final class Rollback {
    private static final String DOUBT = "this server's files may be a restored old copy: ";
    /** For a contact to whom none can be opened now. */
    private static final String UNKNOWN = DOUBT
            + "messages of a session that was opened since cannot be read; open a new one with partyline:session-open";

    /** Fewer unused accounts than a wallet looks for that is restored from its words. */
    private static final int SKIPPED = 2;

    private final People people;
    private final Clock clock;
    private final SecurityLog security;
    private final SessionControlSender controlSender;
    private final StoredSessionChains chains;
    private final HandshakeCoordinator handshakeManager;

    Rollback(
            People people,
            Clock clock,
            SecurityLog security,
            SessionControlSender controlSender,
            StoredSessionChains chains,
            HandshakeCoordinator handshakeManager) {
        this.people = people;
        this.clock = clock;
        this.security = security;
        this.controlSender = controlSender;
        this.chains = chains;
        this.handshakeManager = handshakeManager;
    }

    /** Part of a transaction: whether a chain or session was ever begun, so that keys of ours were used. */
    boolean hasSpoken(StoreTransaction tx) throws StoreException {
        return tx.count(SessionState.TABLE) > 0 || tx.count(SendChainRecord.TABLE) > 0;
    }

    /**
     * Part of a transaction: prevents the reuse of any key of ours that may have been used. @param why the state is in
     * doubt
     */
    void mend(StoreTransaction tx, AfterCommit after, String why) throws StoreException {
        for (StoredRecord chain : tx.list(SendChainRecord.TABLE)) {
            tx.delete(SendChainRecord.TABLE, chain.key());
        }
        long now = clock.instant().toEpochMilli();
        for (PersonaKeys personaKeys : people.personas.keys()) {
            IdentityRecord doubtful = personaKeys.toStore().withRestored(now);
            Tables.putSecret(tx, IdentityRecord.TABLE, Keys.of(personaKeys.persona), Keys.ALL, doubtful);
            after.then(() -> personaKeys.restored = now);
        }
        skipAccounts(tx);
        int reopened = 0;
        for (ContactConversation contact : people.conversations.contacts()) {
            reopened += mend(tx, after, contact) ? 1 : 0;
        }
        int sessions = reopened;
        after.then(() -> security.record(
                "state-may-be-old",
                why + ": channels start new chains, and the sessions (" + sessions + ") are opened anew"));
    }

    /**
     * The accounts of personas that were created since may have coins, which no other persona may spend. Skips no more
     * than a wallet finds that is restored from its words.
     */
    private static void skipAccounts(StoreTransaction tx) throws StoreException {
        int last = 0;
        for (PersonaRecord persona : Tables.all(tx, PersonaRecord.TABLE, PersonaRecord.class)) {
            last = Math.max(last, persona.id());
        }
        for (AccountRecord account : Tables.all(tx, AccountRecord.TABLE, AccountRecord.class)) {
            last = Math.max(last, account.number());
        }
        Tables.skip(tx, "persona", last + SKIPPED);
    }

    private boolean mend(StoreTransaction tx, AfterCommit after, ContactConversation contact) throws StoreException {
        chains.dropOffers(tx, after, contact.id(), 0);
        // It is unknown what was answered since these files were written.
        chains.dropWatches(tx, after, contact.id());
        controlSender.withdraw(
                tx,
                after,
                contact.id(),
                outgoing -> outgoing.isHandshake() || outgoing.type() == PacketType.KEY_UPDATE.code(),
                "these files may be a restored old copy: the session is opened anew");
        SessionState session = SessionState.get(tx, contact.id());
        if (session.formerChain != null) {
            session.forgetFormer();
            session.put(tx);
        }
        boolean lives = session.isOpen() || session.isOpening();
        if (lives) {
            handshakeManager.ended(tx, after, contact.id(), session);
            controlSender.notice(tx, after, contact, DOUBT + "this session is opened anew");
        } else if (mayOpen(contact, session)) {
            // The contact may use a session that was opened since. It only learns from another one what was not read.
            controlSender.notice(
                    tx, after, contact, DOUBT + "a session is opened, in case another one was opened since");
            session.restored = true;
        } else {
            noticeOnce(tx, after, contact);
            return false;
        }
        handshakeManager.reopen(tx, after, contact, session);
        session.put(tx);
        return true;
    }

    private boolean mayOpen(ContactConversation contact, SessionState session) {
        return !contact.entry.isStranger() && !people.personas.isCopy(contact.persona()) && !session.isElsewhere();
    }

    private void noticeOnce(StoreTransaction tx, AfterCommit after, ContactConversation contact) throws StoreException {
        if (Tables.read(tx.list(MessageRecord.TABLE, Keys.of(contact.id())), MessageRecord.class).stream()
                .noneMatch(kept -> kept.notice() && UNKNOWN.equals(kept.text()))) {
            controlSender.notice(tx, after, contact, UNKNOWN);
        }
    }
}
