package org.partyline.messages;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.settings.Settings;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.api.transport.Transport;
import org.partyline.engine.conversation.Conversation;
import org.partyline.engine.conversation.PersonaRecord;
import org.partyline.engine.delivery.Carriers;
import org.partyline.engine.delivery.Departures;
import org.partyline.engine.delivery.Recaller;
import org.partyline.engine.kernel.AfterCommit;
import org.partyline.engine.kernel.Bus;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Unlocked;
import org.partyline.engine.mailbox.MessageEvent;
import org.partyline.engine.mailbox.MessageRecord;
import org.partyline.engine.mailbox.MessageRecordBuilder;
import org.partyline.engine.mailbox.MessageRecords;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingPart;
import org.partyline.engine.mailbox.OutgoingRecords;
import org.partyline.engine.mailbox.PacketSizes;
import org.partyline.engine.mailbox.PropagationRecords;
import org.partyline.engine.mailbox.SignerId;
import org.partyline.engine.mailbox.SizeRange;
import org.partyline.engine.mailbox.Views;
import org.partyline.engine.scan.Candidate;
import org.partyline.engine.scan.PacketId;
import org.partyline.engine.schedule.CoverOrders;
import org.partyline.engine.sealing.Opening;
import org.partyline.engine.sealing.Outlook;
import org.partyline.engine.sealing.Sealers;
import org.partyline.engine.store.Keys;
import org.partyline.engine.store.Tables;

/** Sends and shows messages. */
public final class MessageService implements Messages {
    private static final int TXID_DIGITS = 64;

    /** Bytes of a packet where nobody knows what nodes carry. */
    private static final int LIKELY_SIZE = 80;

    private final Core core;
    private final Outbox outbox;
    private final PacketSizes sizes;
    private final Sealers sealers;
    private final Departures sender;
    private final Prospects prospects;
    private final Inspector inspector;
    private final Recaller recaller;
    private final Carriers carriers;
    private final Pages pages;

    public MessageService(
            Core core,
            Outbox outbox,
            PacketSizes sizes,
            Sealers sealers,
            Departures sender,
            Prospects prospects,
            Inspector inspector,
            Recaller recaller,
            Carriers carriers) {
        this.core = core;
        this.pages = new Pages(core);
        this.carriers = carriers;
        this.outbox = outbox;
        this.sizes = sizes;
        this.sealers = sealers;
        this.sender = sender;
        this.prospects = prospects;
        this.inspector = inspector;
        this.recaller = recaller;
    }

    @Override
    public List<Messages.Carrier> carriers() {
        return carriers.list();
    }

    @Override
    public Receipt send(Send request) throws PartylineException {
        if (request.text().isEmpty()) {
            throw new NoSuchThingException("the message is empty: write something");
        }
        if (request.carrier().isPresent() && core.parts.has(List.of(Carriers.class))) {
            carriers.require(request.carrier().get());
        }
        int ttlMinutes = request.ttl().isPresent() ? minutes(request.ttl().get()) : 0;
        if (request.via().isPresent()) {
            core.nodes.requireUsed(request.via().get());
        }
        Sent sent = core.<Sent, PartylineException>open(memory -> store(memory, request, ttlMinutes));
        Prospects.Prospect prospect;
        Optional<Long> opening;
        try {
            // Before anybody looks at it: what has boarded a rolling transaction is in its price.
            opening = sent.first().flatMap(first -> prospects.of(first).fee());
            prospect = prospects.of(sent.stored());
        } finally {
            core.bus.publish(new Bus.Queued());
        }
        return new Receipt(
                sent.id(),
                sent.stored().outlook().packets(),
                sent.stored().outlook().bytes(),
                prospect.fee(),
                opening,
                core.now(),
                prospect.waits().isEmpty() ? sent.waits() : prospect.waits(),
                core.settings.get().sending().jitter(sent.stored().network()));
    }

    @Override
    public Price price(Send request) throws PartylineException {
        if (request.text().isEmpty()) {
            throw new NoSuchThingException("the message is empty: write something");
        }
        if (request.carrier().isPresent() && core.parts.has(List.of(Carriers.class))) {
            carriers.require(request.carrier().get());
        }
        int ttlMinutes = request.ttl().isPresent() ? minutes(request.ttl().get()) : 0;
        Prospects.Stored imagined = core.<Prospects.Stored, PartylineException>open(memory -> {
            Conversation conversation = conversation(memory, request);
            Draft draft = draft(memory, conversation, request, ttlMinutes);
            Outlook outlook = outlook(memory, conversation, draft, room(conversation, request));
            return new Prospects.Stored(
                    0, conversation, outlook, request.via(), carrier(conversation, request), outlook.opens());
        });
        return new Price(imagined.outlook().packets(), imagined.outlook().bytes(), prospects.price(imagined));
    }

    private Conversation conversation(Unlocked memory, Send request) throws PartylineException {
        return core.store.<Conversation, PartylineException>transact(tx -> {
            PersonaRecord persona = Core.persona(tx, request.persona());
            return request.direct()
                    ? Core.contact(memory, persona, request.to())
                    : Core.member(memory, persona, request.to());
        });
    }

    /** @param first what the conversation is opened with, for this message */
    private record Sent(long id, Prospects.Stored stored, Optional<Prospects.Stored> first, String waits) {}

    private Sent store(Unlocked memory, Send request, int ttlMinutes) throws PartylineException {
        Conversation conversation = conversation(memory, request);
        core.requireAccepted(conversation.network());
        checkCover(memory, conversation, request);
        Draft draft = draft(memory, conversation, request, ttlMinutes);
        // Told before anything is stored: a message that is too long is the sender's to cut.
        Outlook outlook = outlook(memory, conversation, draft, room(conversation, request));
        checkLife(conversation, ttlMinutes, outlook.packets());
        try (AfterCommit after = new AfterCommit()) {
            record Queued(OutgoingMessage outgoing, Opening opening) {}
            Queued queued = core.store.<Queued, PartylineException>transact(tx -> {
                Opening opening = core.parts.has(List.of(Sealers.class))
                        ? sealers.of(conversation).open(tx, memory, after, conversation)
                        // Who seals it opens what it needs.
                        : Opening.NOTHING;
                return new Queued(enqueue(tx, conversation, request, ttlMinutes), opening);
            });
            after.commit();
            OutgoingRecords.tell(core, memory, queued.outgoing());
            Optional<Opening.First> first = queued.opening().first();
            return new Sent(
                    queued.outgoing().id(),
                    new Prospects.Stored(
                            queued.outgoing().id(),
                            conversation,
                            outlook,
                            request.via(),
                            queued.outgoing().carrier(),
                            outlook.opens()),
                    first.isPresent() ? Optional.of(stored(conversation, first.get())) : Optional.empty(),
                    queued.opening().waits());
        }
    }

    /** Unknown while a bundle is away that it needs: the message is stored all the same. */
    private Outlook outlook(Unlocked memory, Conversation conversation, Draft draft, SizeRange room)
            throws PartylineException {
        if (!core.parts.canRead() || !core.parts.has(List.of(Sealers.class))) {
            requireLimit(draft);
            return Outlook.UNKNOWN;
        }
        return sealers.of(conversation).outlook(memory, conversation, draft, room);
    }

    /** The limit that no setting raises. */
    private static void requireLimit(Draft draft) throws NoSuchThingException {
        if (draft.body().length > Packets.MAX_MESSAGE) {
            throw new NoSuchThingException("the message has " + draft.body().length + " bytes and may have "
                    + Packets.MAX_MESSAGE + ": say it shorter");
        }
    }

    private static Prospects.Stored stored(Conversation conversation, Opening.First first) throws PartylineException {
        return new Prospects.Stored(
                first.outgoing().id(),
                conversation,
                first.outlook().get(),
                Optional.empty(),
                first.outgoing().carrier(),
                false);
    }

    private SizeRange room(Conversation conversation, Send request) throws PartylineException {
        if (!core.parts.has(List.of(PacketSizes.class))) {
            return new SizeRange(0, LIKELY_SIZE);
        }
        SizeRange room = sizes.room(
                conversation.persona(),
                conversation.network(),
                request.sign(),
                request.via().orElse(""));
        if (request.sign() && room.most() < PacketSizes.SIGNED_BUCKET) {
            throw new NoSuchThingException("a signed message needs packets of " + PacketSizes.SIGNED_BUCKET
                    + " bytes, and "
                    + request.via()
                            .map(node -> "node '" + node + "' carries")
                            .orElse("the nodes of " + conversation.network().label() + " carry")
                    + " less: send it "
                    + (request.via().isPresent() ? "without --via, or " : "")
                    + "without --sign");
        }
        return room.most() == 0 ? new SizeRange(room.least(), LIKELY_SIZE) : room;
    }

    /** What the message names, else what its channel has, else what is set. */
    private String carrier(Conversation conversation, Send request) {
        return request.carrier()
                .or(conversation::itsCarrier)
                .map(Messages.Carrier::id)
                .orElse(core.settings.get().sending().carrier());
    }

    /** Among decoys by one carrier, a message by the other would be seen. */
    private void checkCover(Unlocked memory, Conversation conversation, Send request) throws PartylineException {
        if (conversation.paysApart()) {
            if (request.carrier().isPresent() && !request.carrier().get().id().equals(Carriers.DEFAULT)) {
                throw new NoSuchThingException("'" + conversation.name() + "' has an account of its own, and a "
                        + request.carrier().get() + " transaction is paid by the persona's: leave --carrier out");
            }
            return;
        }
        String decoys = core.settings.get().sending().carrier();
        if (request.carrier().isPresent()
                && !request.carrier().get().id().equals(decoys)
                && core.store.transact(tx -> CoverOrders.isOn(core, tx, conversation.persona()))) {
            throw new NoSuchThingException("cover traffic of '" + memory.personas.name(conversation.persona())
                    + "' goes by the " + decoys
                    + " carrier, and a message by the other one would be seen: leave --carrier out, or stop the cover"
                    + " first (partyline:decoy-stop)");
        }
    }

    /**
     * The packets of a long message take a while to leave at points. Readers count a time to live from the seal, and take no packets
     * that are a day old.
     */
    private void checkLife(Conversation conversation, int ttlMinutes, int packets) throws PartylineException {
        if (packets <= 1) {
            return;
        }
        Optional<CoverOrder> order = core.store.transact(tx -> CoverOrders.of(core, tx, conversation.persona()));
        if (order.isEmpty()) {
            return;
        }
        Duration gap = order.get().mean();
        Duration least = gap.multipliedBy(2L * (packets - 1));
        String all = "its " + packets + " packets leave at points of the cover traffic, one in " + words(gap)
                + " on average, and ";
        if (least.compareTo(Departures.STALE) > 0) {
            throw new NoSuchThingException(
                    all
                            + "readers take none that is a day old: say it shorter, or with more points (partyline:decoy-start)");
        }
        if (ttlMinutes > 0 && Duration.ofMinutes(ttlMinutes).compareTo(least) < 0) {
            throw new NoSuchThingException(all + "its time to live of " + ttlMinutes
                    + "m may end before the last of them: give it " + words(least) + " or more, or say it shorter");
        }
    }

    private static String words(Duration time) {
        return time.toSecondsPart() == 0 ? time.toMinutes() + "m" : time.toSeconds() + "s";
    }

    @Override
    public Recalled recall(long id) throws PartylineException {
        return sender.call(() -> recaller.recall(id));
    }

    private static int minutes(Duration ttl) throws NoSuchThingException {
        long minutes = (ttl.toSeconds() + 59) / 60;
        if (ttl.isNegative() || minutes < 1 || minutes > Content.MAX_TTL_MINUTES) {
            throw new NoSuchThingException("a time to live is 1 minute to 45 days: write it like 15m or 7d");
        }
        return (int) minutes;
    }

    private Draft draft(Unlocked memory, Conversation conversation, Send request, int ttlMinutes) {
        return new Draft(
                PacketType.TEXT,
                request.burn(),
                core.now().getEpochSecond(),
                ttlMinutes == 0 ? OptionalInt.empty() : OptionalInt.of(ttlMinutes),
                request.sign()
                        ? Optional.of(memory.personas
                                .keys(conversation.persona())
                                .keys
                                .identity()
                                .senderId())
                        : Optional.empty(),
                Optional.empty(),
                request.text().getBytes(StandardCharsets.UTF_8),
                request.sign());
    }

    private OutgoingMessage enqueue(StoreTransaction tx, Conversation conversation, Send request, int ttlMinutes)
            throws PartylineException {
        Instant now = core.now();
        Settings settings = core.settings.get();
        Duration life = ttlMinutes == 0 ? settings.sending().defaultTtl() : Duration.ofMinutes(ttlMinutes);
        // To leave; then its time to live begins.
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
                PacketType.TEXT.code(),
                null,
                request.sign(),
                0,
                conversation.paysApart()
                        ? Carriers.DEFAULT
                        : CoverOrders.isOn(core, tx, conversation.persona())
                                ? settings.sending().carrier()
                                : carrier(conversation, request),
                false);
        OutgoingRecords.put(tx, queued);
        if (request.via().isPresent()) {
            requireNetwork(request.via().get(), conversation.network());
            PropagationRecords.put(
                    tx,
                    queued,
                    new PropagationRecords.DeliveryOptions(request.via().get(), 0, false));
        }
        return queued;
    }

    private void requireNetwork(String node, Network network) throws PartylineException {
        Network its = core.nodes.networkOf(node);
        if (its != network) {
            throw new NoSuchThingException("node '" + node + "' is on " + its.label() + " and the message goes to "
                    + network.label() + ": choose a node of that network, or leave --via out");
        }
    }

    @Override
    public List<Outgoing> outbox(boolean all) throws PartylineException {
        return core.open(memory -> {
            Views views = new Views(memory);
            return core.store.transact(OutgoingRecords::all).stream()
                    .filter(outgoing -> all || !outgoing.state().isSettled())
                    .map(views::outgoing)
                    .toList();
        });
    }

    @Override
    public Outgoing outgoing(long id) throws PartylineException {
        return core.<Outgoing, PartylineException>open(memory -> new Views(memory)
                .outgoing(
                        core.store.transact(tx -> OutgoingRecords.find(tx, id)).orElseThrow(() -> noMessage(id))));
    }

    private static NoSuchThingException noMessage(long id) {
        return new NoSuchThingException(
                "there is no message " + id + ": it was burned, has expired, or never was (partyline:messages)");
    }

    @Override
    public Outgoing cancel(long id) throws PartylineException {
        core.parts.<PartylineException>with(List.of(Outbox.class, Departures.class), () -> cancelNow(id));
        return outgoing(id);
    }

    private void cancelNow(long id) throws PartylineException {
        OutgoingMessage before = core.<OutgoingMessage, PartylineException>open(memory -> {
            OutgoingMessage now =
                    core.store.transact(tx -> OutgoingRecords.find(tx, id)).orElseThrow(() -> noMessage(id));
            if (!now.isText()) {
                throw new NoSuchThingException(
                        "message " + id + " is sent by a session itself: end that with partyline:session-close");
            }
            if (now.state().isSettled() || now.left()) {
                throw new NoSuchThingException("message " + id + " is "
                        + now.state().name().toLowerCase(Locale.ROOT) + (now.left() ? " and has left" : "")
                        + ": it cannot be cancelled any more");
            }
            outbox.giveUp(memory, id, MessageEvent.RECALLED, "cancelled before it left");
            core.store.transact(tx -> tx.delete(MessageRecord.TABLE, Keys.of(id)));
            return now;
        });
        sender.release(before);
    }

    @Override
    public List<Message> messages(Query query) throws PartylineException {
        return core.<List<Message>, PartylineException>open(memory ->
                core.store.<List<Message>, PartylineException>transact(tx -> {
                    Views views = new Views(memory);
                    long now = core.now().toEpochMilli();
                    Map<Long, State> states = new HashMap<>();
                    Map<Long, OutgoingMessage> ways = new HashMap<>();
                    for (OutgoingMessage outgoing : OutgoingRecords.all(tx)) {
                        states.put(outgoing.id(), outgoing.state());
                        ways.put(outgoing.id(), outgoing);
                    }
                    List<MessageRecord> shown = new ArrayList<>();
                    for (MessageRecord message : Tables.all(tx, MessageRecord.TABLE, MessageRecord.class)) {
                        if (message.expires() > now && matches(views, query, message)) {
                            shown.add(message);
                            if (!message.shown()) {
                                MessageRecords.put(tx, message.asShown());
                            }
                        }
                    }
                    shown.sort(Pages.ORDER);
                    List<Message> all = new ArrayList<>(shown.size());
                    for (MessageRecord message : shown) {
                        all.add(views.message(
                                withWay(message, ways.get(message.id())),
                                Optional.ofNullable(states.get(message.id())),
                                false));
                    }
                    return all;
                }));
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
    public long legacyKept() throws PartylineException {
        return core.<Long, PartylineException>open(memory -> core.store.<Long, PartylineException>transact(tx -> {
            long now = core.now().toEpochMilli();
            return Tables.all(tx, MessageRecord.TABLE, MessageRecord.class).stream()
                    .filter(message -> message.legacy() && message.expires() > now)
                    .count();
        }));
    }

    /** An outgoing message's transactions are in its way. */
    static MessageRecord withWay(MessageRecord message, OutgoingMessage way) {
        if (way == null) {
            return message;
        }
        List<byte[]> transactions = way.parts().stream()
                .map(OutgoingPart::transaction)
                .filter(id -> id != null)
                .toList();
        return message.in(message.block(), transactions);
    }

    static boolean matches(Views views, Query query, MessageRecord message) {
        String persona = views.persona(message.membership());
        String sender = views.sender(message);
        boolean direct = views.isDirect(message.membership());
        String place = views.channel(message.membership());
        boolean here = query.contact().isPresent()
                ? direct && query.contact().get().equals(place)
                : query.channel().map(name -> !direct && name.equals(place)).orElse(true);
        return here
                && query.persona().map(persona::equals).orElse(true)
                && query.from().map(sender::equals).orElse(true)
                && query.since()
                        .map(since -> message.arrived() >= since.toEpochMilli())
                        .orElse(true);
    }

    @Override
    public Message read(long id) throws PartylineException {
        return core.<Message, PartylineException>open(memory -> {
            record Read(MessageRecord message, OutgoingMessage way) {}
            Read read = core.store.<Read, PartylineException>transact(tx -> {
                MessageRecord message = Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                        .filter(m -> m.expires() > core.now().toEpochMilli())
                        .orElseThrow(() -> noMessage(id));
                if (message.burn() && !message.outgoing()) {
                    // Erased before it is shown: after a crash in between it is gone, never shown twice.
                    tx.delete(MessageRecord.TABLE, Keys.of(id));
                } else if (!message.shown()) {
                    MessageRecords.put(tx, message.asShown());
                }
                return new Read(message, OutgoingRecords.find(tx, id).orElse(null));
            });
            if (read.message().burn() && !read.message().outgoing()) {
                read.message().packets().forEach(packet -> memory.packets.removeReceived(new PacketId(packet), id));
            }
            return new Views(memory)
                    .message(
                            withWay(read.message(), read.way()),
                            Optional.ofNullable(read.way()).map(OutgoingMessage::state),
                            true);
        });
    }

    @Override
    public AutoCloseable follow(Query query, Consumer<Event> listener) {
        return core.events.follow(query, listener);
    }

    @Override
    public List<Inspection> inspect(String txidOrHex) throws PartylineException {
        try (Inspector.Secrets secrets = inspector.new Secrets()) {
            return inspect(txidOrHex, secrets);
        }
    }

    private List<Inspection> inspect(String txidOrHex, Inspector.Secrets secrets) throws PartylineException {
        byte[] bytes;
        try {
            bytes = HexFormat.of().parseHex(txidOrHex.trim());
        } catch (IllegalArgumentException e) {
            throw new NoSuchThingException(
                    "'" + shorten(txidOrHex) + "' is not hex: give a transaction id, a transaction or a packet");
        }
        if (txidOrHex.trim().length() == TXID_DIGITS) {
            Optional<Found> found = fetch(TxId.of(txidOrHex.trim().toLowerCase(Locale.ROOT)));
            if (found.isPresent()) {
                return inspectTransaction(found.get().raw(), found.get().network(), secrets);
            }
            if (bytes[0] != Packets.VERSION) {
                throw new NoSuchThingException("no node knows transaction " + shorten(txidOrHex)
                        + ": it left the mempool, or its node has no index of the chain");
            }
        }
        List<int[]> outputs = new ArrayList<>();
        boolean transaction = TransactionScanner.scan(bytes, (output, offset, length) -> outputs.add(new int[0]));
        if (transaction && !outputs.isEmpty()) {
            return inspectTransaction(bytes, null, secrets);
        }
        return List.of(inspectPayload(-1, bytes, null, secrets));
    }

    private static String shorten(String text) {
        return text.length() <= 24 ? text : text.substring(0, 24) + "…";
    }

    private record Found(byte[] raw, Network network) {}

    private Optional<Found> fetch(TxId id) {
        for (Transport node : core.nodes.inUse()) {
            try {
                Optional<byte[]> raw = node.fetch(id);
                if (raw.isPresent()) {
                    return Optional.of(new Found(raw.get(), node.network()));
                }
            } catch (NodeUnavailableException e) {
                // The next node is asked.
                continue;
            }
        }
        return Optional.empty();
    }

    private List<Inspection> inspectTransaction(byte[] raw, Network network, Inspector.Secrets secrets)
            throws PartylineException {
        record Output(int index, byte[] payload) {}
        List<Output> outputs = new ArrayList<>();
        TransactionScanner.scan(
                raw,
                (output, offset, length) ->
                        outputs.add(new Output(output, java.util.Arrays.copyOfRange(raw, offset, offset + length))));
        if (outputs.isEmpty()) {
            return List.of(new Inspection(
                    -1,
                    0,
                    "no OP_RETURN output: this transaction carries nothing",
                    Optional.empty(),
                    Optional.empty()));
        }
        List<Inspection> all = new ArrayList<>();
        for (Output output : outputs) {
            all.add(inspectPayload(output.index(), output.payload(), network, secrets));
        }
        return all;
    }

    private Inspection inspectPayload(int output, byte[] payload, Network network, Inspector.Secrets secrets)
            throws PartylineException {
        List<Network> networks = network == null ? List.of(Network.values()) : List.of(network);
        Inspector.Inspected best = null;
        for (Network candidateNetwork : networks) {
            Candidate candidate = new Candidate(
                    candidateNetwork.code(),
                    payload,
                    new byte[TxId.LENGTH],
                    null,
                    core.now().toEpochMilli(),
                    "");
            Inspector.Inspected inspected = inspect(candidate, secrets);
            // What a channel of ours has to do with it says more than that another network's have nothing.
            if (best == null
                    || best.view() == null && inspected.view() != null
                    || best.channel() == null && inspected.channel() != null) {
                best = inspected;
            }
        }
        return new Inspection(
                output,
                payload.length,
                best.verdict(),
                Optional.ofNullable(best.channel()),
                Optional.ofNullable(best.view()));
    }

    private Inspector.Inspected inspect(Candidate candidate, Inspector.Secrets secrets) throws PartylineException {
        while (true) {
            Optional<Inspector.Inspected> inspected = core.<Optional<Inspector.Inspected>, PartylineException>open(
                    memory -> inspector.inspect(memory, candidate, secrets));
            if (inspected.isPresent()) {
                return inspected.get();
            }
            secrets.derive();
        }
    }
}
