package org.partyline.mailbox;

import java.time.Clock;
import java.util.Optional;
import org.partyline.api.engine.Messages.Change;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.ControlBody;
import org.partyline.messaging.mailbox.Author;
import org.partyline.messaging.mailbox.EarlyRemark;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageChange;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.StoredReaction;
import org.partyline.messaging.store.Tables;

/**
 * Applies reactions, edits and requests to forget to stored messages, if their sender may make them (PROTOCOL 6.1). A
 * remark that matches several messages is ignored. One that matches none waits for its message.
 */
final class ArrivedRemarks {
    private final MessageCounts counts;
    private final Clock clock;

    ArrivedRemarks(MessageCounts counts, Clock clock) {
        this.counts = counts;
        this.clock = clock;
    }

    /**
     * When a remark was made: a sender's latest one applies, whatever the order of arrival.
     *
     * @param time by the sender's clock, in seconds
     * @param position on the sender's chain; -1 if it was on none
     */
    record Said(long time, int position) {}

    /** Part of the caller's transaction, under the state lock. Returns empty if it changes nothing. */
    Optional<MessageChange> apply(StoreTransaction tx, Inbox.Source source, Author author, ControlBody body, Said said)
            throws StoreException {
        int conversation = source.conversation().id();
        Optional<MessageRecord> target = counts.references(tx).find(conversation, body.target());
        if (target.isPresent()) {
            return apply(tx, target.get(), source.sender(), author, body, said);
        }
        if (counts.named(tx, conversation, body.target().hex()).isEmpty()) {
            new EarlyRemark(
                            Tables.next(tx, "remark"),
                            conversation,
                            body.encode(),
                            source.sender(),
                            author.session(),
                            author.signer(),
                            said.time(),
                            said.position())
                    .put(tx, clock.instant());
        }
        return Optional.empty();
    }

    /**
     * Applies what arrived before a message. Part of the caller's transaction, under the state lock.
     *
     * @param direct whether it arrived over a session
     * @return the message; empty if its sender has erased it
     */
    Optional<MessageRecord> early(StoreTransaction tx, MessageRecord arrived, boolean direct) throws StoreException {
        if (!arrived.takesAnnotations(clock.millis())) {
            return Optional.of(arrived);
        }
        MessageRecord message = arrived;
        for (EarlyRemark early : EarlyRemark.take(tx, arrived)) {
            ControlBody body = early.said();
            // The message itself may be counted after the transaction only.
            boolean clear = counts.named(tx, arrived.membership(), body.target().hex()).stream()
                    .allMatch(other -> other.id() == arrived.id());
            Optional<MessageChange> change = !clear
                    ? Optional.empty()
                    : apply(
                            tx,
                            message,
                            early.sender(),
                            new Author(direct, early.session(), early.signer()),
                            body,
                            new Said(early.time(), early.position()));
            if (change.isPresent() && change.get().kind() == Change.Kind.ERASED) {
                return Optional.empty();
            }
            message = change.map(MessageChange::message).orElse(message);
        }
        return Optional.of(message);
    }

    private Optional<MessageChange> apply(
            StoreTransaction tx, MessageRecord message, String sender, Author author, ControlBody body, Said said)
            throws StoreException {
        if (body instanceof ControlBody.React react) {
            return react(tx, sender, author, message, react.reaction(), said);
        }
        if (!author.mayChange(message)) {
            return Optional.empty();
        }
        if (body instanceof ControlBody.Edit edit) {
            return edit(tx, author, message, edit.text(), said);
        }
        MessageRecords.delete(tx, message.id());
        return Optional.of(new MessageChange(Change.Kind.ERASED, message));
    }

    private Optional<MessageChange> react(
            StoreTransaction tx, String sender, Author author, MessageRecord message, String reaction, Said said)
            throws StoreException {
        return put(
                tx,
                Change.Kind.REACTION,
                message.annotations()
                        .with(new StoredReaction(
                                author.key(), sender, reaction, said.time(), said.position(), author.signer()))
                        .map(message::withAnnotations));
    }

    private Optional<MessageChange> edit(
            StoreTransaction tx, Author author, MessageRecord message, String text, Said said) throws StoreException {
        if (!message.annotations().isNewerEdit(said.time(), said.position())) {
            return Optional.empty();
        }
        return put(
                tx,
                Change.Kind.EDITED,
                Optional.of(message.with()
                        .text(text)
                        .signer(author.signerOf(message))
                        .annotations(message.annotations().edited(said.time(), said.position()))
                        .build()));
    }

    /** Does not change the message's time to live. */
    private static Optional<MessageChange> put(StoreTransaction tx, Change.Kind kind, Optional<MessageRecord> changed)
            throws StoreException {
        if (changed.isPresent()) {
            MessageRecords.put(tx, changed.get());
        }
        return changed.map(message -> new MessageChange(kind, message));
    }
}
