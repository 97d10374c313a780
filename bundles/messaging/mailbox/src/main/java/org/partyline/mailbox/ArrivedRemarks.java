package org.partyline.mailbox;

import java.util.Optional;
import org.partyline.api.engine.Messages.Change;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.ControlBody;
import org.partyline.messaging.mailbox.Author;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageChange;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.StoredReaction;

/**
 * Applies reactions, edits and requests to forget to stored messages, if their sender may make them (PROTOCOL 6.1). A
 * remark that matches no message, or several, is ignored, even if it arrives before its message.
 */
final class ArrivedRemarks {
    private final MessageCounts counts;

    ArrivedRemarks(MessageCounts counts) {
        this.counts = counts;
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
        if (target.isEmpty()) {
            return Optional.empty();
        }
        MessageRecord message = target.get();
        if (body instanceof ControlBody.React react) {
            return react(tx, source, author, message, react.reaction(), said);
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
            StoreTransaction tx, Inbox.Source source, Author author, MessageRecord message, String reaction, Said said)
            throws StoreException {
        return put(
                tx,
                Change.Kind.REACTION,
                message.annotations()
                        .with(new StoredReaction(
                                author.key(), source.sender(), reaction, said.time(), said.position(), author.signer()))
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
