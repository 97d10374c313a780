package org.partyline.messages;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations.Forgotten;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.control.ControlBody;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.control.Reactions;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.mailbox.ChainOpener;
import org.partyline.messaging.mailbox.MessageChange;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.RemarkRecord;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.EventHub;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reacts to, edits and forgets messages, if their readers would accept it (PROTOCOL 6.1). */
final class Remarks {
    private static final Logger LOG = LoggerFactory.getLogger(Remarks.class);
    private static final long MINUTE = 60_000;

    private final StateGuard guard;
    private final People people;
    private final MessageCounts counts;
    private final Clock clock;
    private final EventHub events;
    private final RemarkQueue queue;
    private final Outbox outbox;
    private final SendQueue sendQueue;

    Remarks(
            StateGuard guard,
            MessageCounts counts,
            Clock clock,
            EventHub events,
            RemarkQueue queue,
            Outbox outbox,
            SendQueue sendQueue) {
        this.guard = guard;
        this.people = guard.people();
        this.counts = counts;
        this.clock = clock;
        this.events = events;
        this.queue = queue;
        this.outbox = outbox;
        this.sendQueue = sendQueue;
    }

    private long now() {
        return clock.instant().toEpochMilli();
    }

    Receipt react(long id, String reaction, Messages.Alongside alongside) throws PartylineException {
        if (!reaction.isEmpty() && !Reactions.isReaction(reaction)) {
            throw new NoSuchThingException(
                    "a reaction must be one visible character or emoji, of at most " + Reactions.MOST_BYTES + " bytes");
        }
        return queue.say(
                tx -> {
                    MessageRecord message = Targets.clear(tx, id, now(), counts.references(tx));
                    return new RemarkQueue.Remark(
                            message,
                            new ControlBody.React(new Locator(message.locator()).shortened(), reaction),
                            false,
                            "",
                            0);
                },
                alongside);
    }

    Receipt edit(long id, String text, Messages.Alongside alongside) throws PartylineException {
        if (text.isBlank()) {
            throw new NoSuchThingException("the new text is empty: erase the message with partyline:forget " + id);
        }
        NewMessages.requireText(text);
        return queue.say(
                tx -> {
                    MessageRecord message = Targets.named(tx, id, now());
                    if (!message.outgoing()) {
                        throw new NoSuchThingException("message " + id + " is not yours: only its sender can edit it");
                    }
                    Optional<String> doubt = doubt(tx, message);
                    if (doubt.isPresent()) {
                        throw new NoSuchThingException(doubt.get());
                    }
                    return remark(tx, message, new ControlBody.Edit(new Locator(message.locator()), text));
                },
                alongside);
    }

    /**
     * A remark that only the message's sender may make: on the same chain as the message, or signed if the message is.
     */
    private RemarkQueue.Remark remark(StoreTransaction tx, MessageRecord message, ControlBody body)
            throws StoreException {
        boolean signed = message.signer() == SignerId.SELF;
        return new RemarkQueue.Remark(message, body, signed, signed ? "" : message.session(), ttl(tx, message));
    }

    /** Its fragments are kept no longer than the message. */
    private int ttl(StoreTransaction tx, MessageRecord message) throws StoreException {
        boolean limited = OutgoingRecords.find(tx, message.id())
                .filter(way -> way.ttlMinutes() > 0)
                .isPresent();
        return limited ? (int) Math.max(1, (message.expires() - now() + MINUTE - 1) / MINUTE) : 0;
    }

    /** Returns why readers would not accept a change of our message at present; empty if they would. */
    private Optional<String> doubt(StoreTransaction tx, MessageRecord message) throws StoreException {
        if (message.signer() == SignerId.SELF) {
            return Optional.empty();
        }
        if (message.session().isEmpty()) {
            return Optional.of("message " + message.id()
                    + " was sent to an open channel without a signature: its readers cannot verify that it was yours");
        }
        SessionState session = SessionState.get(tx, message.membership());
        Optional<SendChainRecord> chain =
                Tables.find(tx, SendChainRecord.TABLE, Keys.of(message.membership()), SendChainRecord.class);
        boolean lost = chain.isPresent() && ChainOpener.of(tx, chain.get(), now()) == ChainOpener.LOST;
        byte[] name = chain.map(SendChainRecord::session).orElse(session.name);
        boolean runs = name != null && message.session().equals(HexFormat.of().formatHex(name));
        return runs && !lost && (chain.isPresent() || session.isOpen())
                ? Optional.empty()
                : Optional.of("the keys of message " + message.id()
                        + " are no longer used: its readers could not verify that you are its sender");
    }

    Forgotten forget(long id) throws PartylineException {
        record Found(MessageRecord message, Optional<String> doubt) {}
        Found found = guard.<Found, PartylineException>open(() -> guard.<Found, PartylineException>transact(tx -> {
            MessageRecord message = Targets.kept(tx, id, now());
            Targets.requireLeft(tx, message);
            return new Found(message, message.outgoing() ? unasked(tx, message) : Optional.empty());
        }));
        if (!found.message().outgoing()) {
            eraseHere(id);
            return new Forgotten(Optional.empty(), "");
        }
        if (found.doubt().isPresent()) {
            eraseHere(id);
            return new Forgotten(Optional.empty(), found.doubt().get());
        }
        Receipt receipt = queue.say(
                tx -> {
                    MessageRecord message = Targets.named(tx, id, now());
                    return remark(tx, message, new ControlBody.Forget(new Locator(message.locator())));
                },
                (tx, made) -> MessageRecords.delete(tx, id));
        erased(found.message(), receipt.id());
        return new Forgotten(Optional.of(receipt), "");
    }

    /** Returns why readers are not asked to erase our message; empty if they are. */
    private Optional<String> unasked(StoreTransaction tx, MessageRecord message) throws StoreException {
        if (message.burn()) {
            return Optional.of("message " + message.id() + " is a burn message, which its readers see only once");
        }
        return message.locator().isEmpty()
                ? Optional.of("message " + message.id() + " was never sent")
                : doubt(tx, message);
    }

    private void eraseHere(long id) throws PartylineException {
        MessageRecord message = guard.<MessageRecord, PartylineException>open(
                () -> guard.<MessageRecord, PartylineException>transact(tx -> {
                    MessageRecord kept = Targets.kept(tx, id, now());
                    MessageRecords.delete(tx, id);
                    return kept;
                }));
        erased(message, 0);
    }

    /** Called after the commit: cancels other queued remarks about the message. @param but except this one */
    private void erased(MessageRecord message, long but) throws PartylineException {
        List<OutgoingMessage> unsaid = guard.<List<OutgoingMessage>, PartylineException>open(() -> {
            List<OutgoingMessage> waiting = guard.transact(tx -> waiting(tx, message, but));
            for (OutgoingMessage remark : waiting) {
                giveUp(remark);
            }
            MessageChange change = new MessageChange(Messages.Change.Kind.ERASED, message);
            events.publish(new Messages.Event(
                    Optional.empty(), Optional.empty(), Optional.of(change.seen(people, Optional.empty()))));
            return waiting;
        });
        for (OutgoingMessage remark : unsaid) {
            try {
                sendQueue.release(remark);
            } catch (AbsentException e) {
                LOG.info("coins stay reserved until the wallet's restart: {}", e.reason());
            }
        }
    }

    private void giveUp(OutgoingMessage remark) throws StoreException {
        outbox.giveUp(remark.id(), MessageEvent.RECALLED, "the message it refers to was erased");
    }

    private static List<OutgoingMessage> waiting(StoreTransaction tx, MessageRecord message, long but)
            throws StoreException {
        List<OutgoingMessage> all = new ArrayList<>();
        for (RemarkRecord remark :
                Tables.read(tx.list(RemarkRecord.TABLE, Keys.of(message.membership())), RemarkRecord.class)) {
            if (remark.target() == message.id() && remark.id() != but) {
                Optional<OutgoingMessage> way = OutgoingRecords.find(tx, remark.id());
                if (way.isPresent()
                        && !way.get().state().isSettled()
                        && !KeptTransactionRecords.mayHaveLeft(tx, way.get())) {
                    all.add(way.get());
                }
            }
        }
        return all;
    }
}
