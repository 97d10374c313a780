package org.partyline.messages;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Nodes;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.messaging.state.EventHub;

/** Provides messages to programs: sends, lists, recalls and inspects them. */
final class MessageService implements Messages {
    private final MessageWriter writer;
    private final MessageReader reader;
    private final Pages pages;
    private final MessageWithdrawals withdrawals;
    private final Inspections inspections;
    private final Carriers carriers;
    private final EventHub events;

    MessageService(
            MessageWriter writer,
            MessageReader reader,
            Pages pages,
            MessageWithdrawals withdrawals,
            Inspections inspections,
            Carriers carriers,
            EventHub events) {
        this.writer = writer;
        this.reader = reader;
        this.pages = pages;
        this.withdrawals = withdrawals;
        this.inspections = inspections;
        this.carriers = carriers;
        this.events = events;
    }

    @Override
    public List<Messages.Carrier> carriers() {
        return carriers.list();
    }

    @Override
    public Receipt send(Send request) throws PartylineException {
        return writer.send(request);
    }

    @Override
    public Receipt send(Send request, Alongside alongside) throws PartylineException {
        return writer.send(request, alongside);
    }

    @Override
    public List<Receipt> sendAgain(Optional<String> persona, String contact) throws PartylineException {
        return writer.sendAgain(persona, contact);
    }

    @Override
    public Recalled recall(long id) throws PartylineException {
        return withdrawals.recall(id);
    }

    @Override
    public List<Outgoing> outbox(boolean all) throws PartylineException {
        return reader.outgoing(all);
    }

    @Override
    public List<QueueEntry> queue() throws PartylineException {
        return reader.queue();
    }

    @Override
    public Outgoing outgoing(long id) throws PartylineException {
        return reader.outgoing(id);
    }

    @Override
    public Outgoing cancel(long id) throws PartylineException {
        withdrawals.cancel(id);
        return reader.outgoing(id);
    }

    @Override
    public List<Message> messages(Query query) throws PartylineException {
        return reader.messages(query);
    }

    @Override
    public List<Long> order(Query query) throws PartylineException {
        return pages.order(query);
    }

    @Override
    public List<Shown> shown(List<Long> ids) throws PartylineException {
        return pages.shown(ids);
    }

    @Override
    public List<Pieces> incomplete() throws PartylineException {
        return pages.incomplete();
    }

    @Override
    public Price price(Send request) throws PartylineException {
        return writer.price(request);
    }

    @Override
    public Optional<Long> price(Optional<String> persona, String contact, List<Integer> sizes)
            throws PartylineException {
        return writer.price(persona, contact, sizes);
    }

    @Override
    public long legacyKept() throws PartylineException {
        return reader.legacyKept();
    }

    @Override
    public Message read(long id) throws PartylineException {
        return reader.read(id);
    }

    @Override
    public AutoCloseable follow(Query query, Consumer<Event> listener) {
        return events.follow(query, listener);
    }

    @Override
    public List<Optional<Use>> uses(List<Nodes.Sighting> packets) throws PartylineException {
        return inspections.uses(packets);
    }

    @Override
    public List<Inspection> inspect(String txidOrHex) throws PartylineException {
        return inspections.inspect(txidOrHex);
    }
}
