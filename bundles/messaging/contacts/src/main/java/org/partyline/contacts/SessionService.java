package org.partyline.contacts;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.Sessions;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.ChosenNetwork;
import org.partyline.messaging.state.StateGuard;

/** Manages the sessions with contacts. */
public final class SessionService implements Sessions {
    private final StateGuard guard;
    private final People people;
    private final OperatorSettings settings;
    private final SuiteDirectory suites;
    private final HandshakeCoordinator handshakeManager;
    private final PostQuantumExchange exchange;

    SessionService(
            StateGuard guard,
            OperatorSettings settings,
            SuiteDirectory suites,
            HandshakeCoordinator handshakeManager,
            PostQuantumExchange exchange) {
        this.exchange = exchange;
        this.guard = guard;
        this.people = guard.people();
        this.settings = settings;
        this.suites = suites;
        this.handshakeManager = handshakeManager;
    }

    /** Works on one contact's session in one transaction. */
    @FunctionalInterface
    private interface OnContact {
        void run(StoreTransaction tx, AfterCommit after, ContactConversation contact) throws PartylineException;
    }

    private Session on(Optional<String> persona, String name, OnContact work) throws PartylineException {
        return guard.<Session, PartylineException>open(() -> {
            try (AfterCommit after = new AfterCommit()) {
                Session result = guard.<Session, PartylineException>transact(tx -> {
                    ContactConversation contact = people.conversations.contact(PersonaRecord.named(tx, persona), name);
                    work.run(tx, after, contact);
                    return view(tx, contact, SessionState.get(tx, contact.id()));
                });
                after.commit();
                return result;
            }
        });
    }

    @Override
    public Session open(Optional<String> persona, String contact) throws PartylineException {
        return on(persona, contact, (tx, after, found) -> {
            ChosenNetwork.requireAccepted(settings, found.network());
            handshakeManager.open(tx, after, found);
        });
    }

    @Override
    public Session openAgain(Optional<String> persona, String contact) throws PartylineException {
        return on(persona, contact, (tx, after, found) -> {
            ChosenNetwork.requireAccepted(settings, found.network());
            handshakeManager.openAgain(tx, after, found);
        });
    }

    @Override
    public Session close(Optional<String> persona, String contact) throws PartylineException {
        return on(persona, contact, handshakeManager::close);
    }

    @Override
    public List<Integer> protectionPackets(Optional<String> persona, String contact) throws PartylineException {
        return guard.<List<Integer>, PartylineException>open(() ->
                guard.<List<Integer>, PartylineException>transact(tx -> {
                    ContactConversation found = people.conversations.contact(PersonaRecord.named(tx, persona), contact);
                    return exchange.packets(tx, found, SessionState.get(tx, found.id()));
                }));
    }

    @Override
    public Session protect(Optional<String> persona, String contact) throws PartylineException {
        return on(persona, contact, (tx, after, found) -> {
            ChosenNetwork.requireAccepted(settings, found.network());
            exchange.protect(tx, after, found);
        });
    }

    @Override
    public List<Session> list(Optional<String> persona) throws PartylineException {
        return guard.<List<Session>, PartylineException>open(() ->
                guard.<List<Session>, PartylineException>transact(tx -> {
                    int who = PersonaRecord.named(tx, persona).id();
                    List<Session> all = new ArrayList<>();
                    for (ContactConversation contact : people.conversations.contacts()) {
                        Optional<SessionState> session = SessionState.find(tx, contact.id());
                        if (contact.persona() == who && session.isPresent() && session.get().state != State.NONE) {
                            all.add(view(tx, contact, session.get()));
                        }
                    }
                    all.sort(Comparator.comparing(Session::contact));
                    return all;
                }));
    }

    private Session view(StoreTransaction tx, ContactConversation contact, SessionState session) throws StoreException {
        return new Session(
                people.personas.name(contact.persona()),
                contact.name(),
                isClosing(tx, contact, session) ? State.CLOSED : session.state,
                session.initiator,
                session.isOpen() ? Optional.of(suites.name(session.suite)) : Optional.empty(),
                Instant.ofEpochMilli(session.since),
                session.sent,
                session.received,
                session.isOpen() && session.rekeys > 0
                        ? Optional.of(Instant.ofEpochMilli(session.rekeyed))
                        : Optional.empty(),
                session.updateQueued || session.ownPrivate != null,
                session.elsewhere == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(session.elsewhere)),
                PostQuantumExchange.protection(tx, session));
    }

    /** Whether we ended it, and the message that informs the other side has not been sealed with its keys yet. */
    private static boolean isClosing(StoreTransaction tx, ContactConversation contact, SessionState session)
            throws StoreException {
        return session.isOpen()
                && OutgoingRecords.of(tx, contact.id()).stream()
                        .anyMatch(outgoing ->
                                HandshakeCoordinator.isClose(outgoing) && outgoing.state() == Messages.State.QUEUED);
    }
}
