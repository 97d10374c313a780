package org.partyline.messages;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Send;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.PacketType;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.settings.Settings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.ControlBody;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.mailbox.Annotations;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecordBuilder;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Tables;

/** Creates messages from texts, and rejects those that could not be sent as requested. */
final class NewMessages {
    private final StateGuard guard;
    private final People people;
    private final MessageCounts counts;
    private final Clock clock;
    private final OperatorSettings settings;
    private final NodeDirectory nodes;
    private final CoverOrders orders;
    private final Live<Carriers> carriers;

    NewMessages(
            StateGuard guard,
            MessageCounts counts,
            Clock clock,
            OperatorSettings settings,
            NodeDirectory nodes,
            CoverOrders orders,
            Live<Carriers> carriers) {
        this.guard = guard;
        this.people = guard.people();
        this.counts = counts;
        this.clock = clock;
        this.settings = settings;
        this.nodes = nodes;
        this.orders = orders;
        this.carriers = carriers;
    }

    /**
     * Returns whether a character is invisible: a space of any kind, or a character that only joins or directs others.
     */
    private static boolean isInvisible(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || Character.getType(c) == Character.FORMAT;
    }

    /**
     * Rejects a text without visible characters, or with terminal control characters: they come from keys that were
     * pressed by mistake.
     */
    static void requireText(String text) throws NoSuchThingException {
        if (text.codePoints().allMatch(NewMessages::isInvisible)) {
            throw new NoSuchThingException("the message is empty: write a text");
        }
        OptionalInt control = text.codePoints()
                .filter(c -> Character.getType(c) == Character.CONTROL && c != '\n' && c != '\t')
                .findFirst();
        if (control.isPresent()) {
            throw new NoSuchThingException("the message contains the control character "
                    + String.format("U+%04X", control.getAsInt()) + ": remove it");
        }
    }

    /** Rejects an unknown carrier. */
    void requireCarrier(Send request) throws PartylineException {
        if (request.carrier().isPresent() && carriers.isHere()) {
            carriers.service().require(request.carrier().get());
        }
    }

    /** Rejects an unknown node. */
    void requireNode(Send request) throws PartylineException {
        if (request.via().isPresent()) {
            nodes.requireUsed(request.via().get());
        }
    }

    /** Returns the carrier of a message that is written now. */
    String carrier(Conversation conversation, Send request) throws StoreException {
        return guard.transact(tx -> carrier(tx, conversation, request));
    }

    /** Returns the carrier of a message that names none. */
    String usualCarrier(Conversation conversation) {
        return conversation.paysApart()
                ? Carriers.DEFAULT
                : settings.get().sending().carrier();
    }

    /**
     * A conversation with separate payments uses the default carrier; under cover traffic, every message uses the
     * carrier of the decoys. Otherwise, in this order: the carrier that the message names, that of its channel, that of
     * the settings.
     */
    private String carrier(StoreTransaction tx, Conversation conversation, Send request) throws StoreException {
        String usual = settings.get().sending().carrier();
        if (conversation.paysApart()) {
            return Carriers.DEFAULT;
        }
        if (orders.isOn(tx, conversation.persona())) {
            return usual;
        }
        return request.carrier()
                .or(conversation::itsCarrier)
                .map(Messages.Carrier::id)
                .orElse(usual);
    }

    /** Under cover traffic by one carrier, a message by the other carrier would stand out. */
    void checkCover(Conversation conversation, Send request) throws PartylineException {
        if (conversation.paysApart()) {
            if (request.carrier().isPresent() && !request.carrier().get().id().equals(Carriers.DEFAULT)) {
                throw new NoSuchThingException("'" + conversation.name() + "' has its own account, but a "
                        + request.carrier().get() + " transaction is paid from the persona's: omit --carrier");
            }
            return;
        }
        String decoys = settings.get().sending().carrier();
        if (request.carrier().isPresent()
                && !request.carrier().get().id().equals(decoys)
                && guard.transact(tx -> orders.isOn(tx, conversation.persona()))) {
            throw new NoSuchThingException(
                    "cover traffic of '" + people.personas.name(conversation.persona()) + "' uses the " + decoys
                            + " carrier, and a message by another one would stand out: omit --carrier, or stop the cover "
                            + "traffic first (partyline:decoy-stop)");
        }
    }

    /**
     * The packets of a long message take a while to leave in slots of cover traffic. Readers count a time to live from
     * the sealing, and reject packets that are a day old.
     */
    void checkLife(Conversation conversation, int ttlMinutes, int packets) throws PartylineException {
        if (packets <= 1) {
            return;
        }
        Optional<CoverOrder> order = guard.transact(tx -> orders.of(tx, conversation.persona()));
        if (order.isEmpty()) {
            return;
        }
        Duration gap = order.get().mean();
        Duration least = gap.multipliedBy(2L * (packets - 1));
        String all = "its " + packets + " packets are sent at points of the cover traffic, one in " + words(gap)
                + " on average, and ";
        if (least.compareTo(SendQueue.STALE) > 0) {
            throw new NoSuchThingException(
                    all
                            + "readers reject packets older than a day: shorten it, or use more points (partyline:decoy-start)");
        }
        if (ttlMinutes > 0 && Duration.ofMinutes(ttlMinutes).compareTo(least) < 0) {
            throw new NoSuchThingException(all + "its time to live of " + ttlMinutes
                    + "m may end before the last of them: use " + words(least) + " or more, or shorten it");
        }
    }

    private static String words(Duration time) {
        return time.toSecondsPart() == 0 ? time.toMinutes() + "m" : time.toSeconds() + "s";
    }

    /** Returns the locator by which readers know the message that this one answers. */
    Optional<Locator> answers(Conversation conversation, Send request) throws PartylineException {
        if (request.replyTo().isEmpty()) {
            return Optional.empty();
        }
        long id = request.replyTo().getAsLong();
        MessageRecord answered = guard.<MessageRecord, PartylineException>open(
                () -> guard.<MessageRecord, PartylineException>transact(tx -> {
                    long now = clock.instant().toEpochMilli();
                    Targets.requireIn(tx, id, now, conversation);
                    return Targets.clear(tx, id, now, counts.references(tx));
                }));
        return Optional.of(new Locator(answered.locator()).shortened());
    }

    /** Returns the part before the text: which message it answers. */
    private static byte[] header(Locator answers) {
        return new ControlBody.Reply(answers, "").encode();
    }

    /** Returns a message's content. @param answers the message that it answers, as its readers know it */
    Draft draft(Conversation conversation, Send request, int ttlMinutes, Optional<Locator> answers) {
        return new Draft(
                answers.isPresent() ? PacketType.CONTROL : PacketType.TEXT,
                request.burn(),
                clock.instant().getEpochSecond(),
                ttlMinutes == 0 ? OptionalInt.empty() : OptionalInt.of(ttlMinutes),
                request.sign()
                        ? Optional.of(people.personas
                                .require(conversation.persona())
                                .keys
                                .identity()
                                .senderId())
                        : Optional.empty(),
                Optional.empty(),
                answers.map(locator -> new ControlBody.Reply(locator, request.text()).encode())
                        .orElseGet(() -> request.text().getBytes(StandardCharsets.UTF_8)),
                request.sign());
    }

    /** Stores a message to be sent. Part of the caller's transaction. */
    OutgoingMessage enqueue(
            StoreTransaction tx, Conversation conversation, Send request, int ttlMinutes, Optional<Locator> answers)
            throws PartylineException {
        Instant now = clock.instant();
        Settings settings = this.settings.get();
        Duration life = ttlMinutes == 0 ? settings.sending().defaultTtl() : Duration.ofMinutes(ttlMinutes);
        // The deadline for sending; the time to live begins when it is sent.
        Instant expires = now.plus(
                life.compareTo(settings.sending().within()) > 0
                        ? life
                        : settings.sending().within());
        long id = Tables.next(tx, "message");
        MessageRecords.put(
                tx,
                MessageRecordBuilder.builder()
                        .id(id)
                        .membership(conversation.id())
                        .outgoing(true)
                        .sender("")
                        .legacy(false)
                        .burn(request.burn())
                        .text(request.text())
                        .chain(-1)
                        .chainOpened(now.getEpochSecond())
                        .sequence(-1)
                        .sent(now.getEpochSecond())
                        .arrived(now.toEpochMilli())
                        .expires(expires.toEpochMilli())
                        .block(-1)
                        .shown(true)
                        .packets(List.of())
                        .transactions(List.of())
                        .views(List.of())
                        .notice(false)
                        .signer(request.sign() ? SignerId.SELF : SignerId.NOBODY)
                        .locator("")
                        .annotations(answers.map(locator -> Annotations.replyTo(locator.hex()))
                                .orElse(Annotations.NONE))
                        .build());
        OutgoingMessage queued = new OutgoingMessage(
                id,
                conversation.id(),
                State.QUEUED,
                "",
                now.toEpochMilli(),
                expires.toEpochMilli(),
                ttlMinutes,
                request.burn(),
                request.text().getBytes(StandardCharsets.UTF_8).length,
                List.of(),
                answers.isPresent() ? PacketType.CONTROL.code() : PacketType.TEXT.code(),
                answers.map(NewMessages::header).orElse(null),
                request.sign(),
                0,
                carrier(tx, conversation, request),
                false);
        if (request.via().isPresent()) {
            requireNetwork(request.via().get(), conversation.network());
            queued = queued.by(request.via().get());
        }
        OutgoingRecords.put(tx, queued);
        return queued;
    }

    private void requireNetwork(String node, Network network) throws PartylineException {
        Network its = nodes.networkOf(node);
        if (its != network) {
            throw new NoSuchThingException("node '" + node + "' is on " + its.label() + " but the message goes to "
                    + network.label() + ": choose a node on that network, or omit --via");
        }
    }
}
