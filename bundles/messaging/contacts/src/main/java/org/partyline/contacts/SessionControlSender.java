package org.partyline.contacts;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageAbandoned;
import org.partyline.messaging.mailbox.MessageChange;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.Views;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Notices;
import org.partyline.messaging.store.Tables;

/** Queues packets that a session itself sends, and cancels them before any has left. */
public final class SessionControlSender {
    private final People people;
    private final Recognition recognition;
    private final Clock clock;
    private final OperatorSettings settings;
    private final Notices notices;
    private final Inbox inbox;
    private final Outbox outbox;

    public SessionControlSender(
            People people,
            Recognition recognition,
            Clock clock,
            OperatorSettings settings,
            Notices notices,
            Inbox inbox,
            Outbox outbox) {
        this.people = people;
        this.recognition = recognition;
        this.clock = clock;
        this.settings = settings;
        this.notices = notices;
        this.inbox = inbox;
        this.outbox = outbox;
    }

    /** Queues a packet, and notifies listeners. @param life how long it is useful */
    public void say(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            PacketType type,
            byte[] body,
            Duration life)
            throws StoreException {
        if (people.personas.isCopy(contact.persona())) {
            return;
        }
        Instant now = clock.instant();
        OutgoingMessage usual = new OutgoingMessage(
                Tables.next(tx, "message"),
                contact.id(),
                State.QUEUED,
                "",
                now.toEpochMilli(),
                now.plus(life).toEpochMilli(),
                0,
                false,
                0,
                List.of(),
                type.code(),
                body,
                false,
                0,
                contact.paysApart()
                        ? Messages.Carrier.CONFIRM.id()
                        : settings.get().sending().carrier(),
                false);
        OutgoingMessage queued = usual.mustLast() ? usual.carried(Messages.Carrier.CONFIRM.id()) : usual;
        OutgoingRecords.put(tx, queued);
        after.then(() -> notify(queued));
    }

    /** Queues a KEY_UPDATE. The caller stores the state. */
    void sayUpdate(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException {
        if (session.isOpen() && !session.updateQueued) {
            session.updateQueued = true;
            say(tx, after, contact, PacketType.KEY_UPDATE, new byte[0], HandshakeLimits.CONTROL_LIFE);
        }
    }

    /** Waiting messages are tried again after the commit. */
    void retry(AfterCommit after) {
        after.then(() -> notices.bus().publish(new Bus.Retry()));
    }

    void notify(OutgoingMessage outgoing) {
        notices.events()
                .publish(new Messages.Event(Optional.empty(), Optional.of(new Views(people).outgoing(outgoing))));
        notices.bus().publish(new Bus.Queued());
    }

    /** Notifies listeners of a changed message. */
    void notify(MessageChange change, Optional<MessageRecord> original) {
        notices.events()
                .publish(new Messages.Event(
                        Optional.empty(), Optional.empty(), Optional.of(change.seen(people, original))));
    }

    /**
     * Cancels what was queued for a contact and has not left: its keys are used for nothing else. @param why shown to
     * the user @return the number of messages
     */
    int withdraw(StoreTransaction tx, AfterCommit after, int contact, Predicate<OutgoingMessage> which, String why)
            throws StoreException {
        int withdrawn = 0;
        for (OutgoingMessage outgoing : OutgoingRecords.of(tx, contact)) {
            if (which.test(outgoing)
                    && !outgoing.state().isSettled()
                    && !KeptTransactionRecords.mayHaveLeft(tx, outgoing)) {
                withdrawn++;
                OutgoingMessage ended = outbox.update(tx, outgoing, outgoing.ended(MessageEvent.RECALLED, why));
                after.then(() -> {
                    recognition.packets.removeSent(ended.id());
                    notices.bus().publish(new MessageAbandoned(outgoing));
                    notify(ended);
                });
            }
        }
        return withdrawn;
    }

    /**
     * Sealed messages of which nothing has left are moved to the new session, since possibly nobody reads the old one.
     */
    void requeueUnread(StoreTransaction tx, AfterCommit after, ContactConversation contact) throws StoreException {
        requeue(tx, after, contact, outgoing -> !outgoing.isHandshake() && !outgoing.isFarewell());
    }

    /** Sealed messages of which nothing has left are sealed again, later. Their positions on the chain stay empty. */
    void requeue(StoreTransaction tx, AfterCommit after, ContactConversation contact, Predicate<OutgoingMessage> which)
            throws StoreException {
        for (OutgoingMessage outgoing : OutgoingRecords.of(tx, contact.id())) {
            if (outgoing.state() == State.SEALED
                    && which.test(outgoing)
                    && !KeptTransactionRecords.mayHaveLeft(tx, outgoing)) {
                OutgoingMessage queued = outbox.update(tx, outgoing, outgoing.unsealed(""));
                after.then(() -> {
                    recognition.packets.removeSent(queued.id());
                    notices.bus().publish(new MessageAbandoned(outgoing));
                    notify(queued);
                });
            }
        }
    }

    /** Adds a notice to a conversation, and notifies listeners. */
    void notice(StoreTransaction tx, AfterCommit after, ContactConversation contact, String text)
            throws StoreException {
        MessageRecord message = inbox.notice(tx, contact, text);
        after.then(() -> notices.events()
                .publish(new Messages.Event(
                        Optional.of(new Views(people).message(message, Optional.empty(), false)), Optional.empty())));
    }
}
