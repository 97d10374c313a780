package org.partyline.chat.testing;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Suites;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.PassphraseStrength;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.chat.live.DraftOwners;
import org.partyline.chat.live.Services;
import org.partyline.testkit.HandSetClock;

/** A server from a chat's point of view, with a test's content. */
public final class FakeServer implements Services {
    public static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    public static final String PERSONA = "alice";
    public static final String PASSPHRASE = "a passphrase of a test";
    /** Erases everything. */
    public static final String DURESS = "another passphrase";

    private static final TxId TRANSACTION = TxId.of("ab".repeat(32));

    public final HandSetClock clock = new HandSetClock(NOW);
    /** Why a message waits when it is stored; empty if it does not. */
    public volatile String waits = "";

    private FeeRate fee = new FeeRate(1250);
    private String feeRefusal = "";
    /** The maximum length of a message, in bytes. */
    public volatile int limit = 4096;
    /** How much more each message may cost. */
    public volatile long margin;

    /** Nodes answer when it is zero. */
    public volatile CountDownLatch silence = new CountDownLatch(0);
    /** How often a node was asked and has answered. */
    public final AtomicInteger answers = new AtomicInteger();

    public final List<Messages.Send> sent = new CopyOnWriteArrayList<>();
    public final List<String> remarks = new CopyOnWriteArrayList<>();
    private final DraftOwners draftOwners = new DraftOwners();
    public final Map<String, String> drafts = new ConcurrentHashMap<>();
    private final Map<String, Channels.Channel> channels = new LinkedHashMap<>();
    private final Map<String, Contacts.Contact> contacts = new LinkedHashMap<>();
    public final Set<String> muted = ConcurrentHashMap.newKeySet();
    private final Map<Long, Messages.Shown> kept = new LinkedHashMap<>();
    private final Set<Long> unread = new TreeSet<>();
    private final List<Consumer<Messages.Event>> followers = new CopyOnWriteArrayList<>();
    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
    private final List<Messages.Pieces> pieces = new CopyOnWriteArrayList<>();
    private final List<Conversations.Participant> participants = new CopyOnWriteArrayList<>();
    private Store.State state = Store.State.OPEN;
    private String current = PERSONA;
    private String cipher = "XCHACHA20_POLY1305";
    private int nodes = 2;
    private boolean messagesAway;
    private int looks;
    private int most;
    private long next = 1;

    // ---- actions of tests

    public FakeServer channel(String name, String... senders) {
        return channelOf(PERSONA, name, senders);
    }

    /** Adds a channel of one of the server's personas. */
    public synchronized FakeServer channelOf(String persona, String name, String... senders) {
        channels.put(
                persona + " " + name,
                new Channels.Channel(
                        persona,
                        name,
                        Network.EMBEDDED,
                        Channels.Mode.OPEN,
                        Optional.empty(),
                        KdfParameters.ARGON2ID_DEFAULT,
                        20_000,
                        0,
                        Optional.empty(),
                        List.of(senders)));
        return this;
    }

    /** For the sessions with all contacts. */
    public volatile Sessions.Protection protection = Sessions.Protection.NONE;

    public synchronized FakeServer contact(String name, Contacts.Trust trust) {
        contacts.put(
                name,
                new Contacts.Contact(
                        PERSONA,
                        name,
                        Network.EMBEDDED,
                        trust,
                        true,
                        "8899aabbccddeeff",
                        NOW.minus(Duration.ofDays(9)),
                        Sessions.State.OPEN,
                        0,
                        Optional.empty(),
                        List.of(),
                        "",
                        Optional.empty(),
                        Sessions.Protection.NONE,
                        false));
        return this;
    }

    /** Adds an existing message. */
    public long said(String in, String sender, String text, Duration ago) {
        return said(new Said(in, sender, text).ago(ago));
    }

    public synchronized long said(Said said) {
        long id = next++;
        kept.put(id, shown(said, id));
        return id;
    }

    /** Simulates the arrival of a message. */
    public long arrives(Said said) {
        long id;
        synchronized (this) {
            id = said(said);
            unread.add(id);
        }
        publish(new Messages.Event(Optional.of(kept(id).message()), Optional.empty()));
        return id;
    }

    /** Reports a message that arrived once more. */
    public void arrivesAgain(long id) {
        publish(new Messages.Event(Optional.of(kept(id).message()), Optional.empty()));
    }

    /** The same for another persona of the server. */
    public void arrivesFor(String persona, Said said) {
        long id;
        synchronized (this) {
            id = said(said);
            Messages.Shown shown = kept.get(id);
            kept.put(id, new Messages.Shown(of(persona, shown.message()), shown.outgoing(), shown.nodes()));
        }
        publish(new Messages.Event(Optional.of(kept(id).message()), Optional.empty()));
    }

    private static Messages.Message of(String persona, Messages.Message old) {
        return new Messages.Message(
                old.id(),
                persona,
                old.direct(),
                old.channel(),
                old.outgoing(),
                old.sender(),
                old.legacy(),
                old.burn(),
                old.text(),
                old.sent(),
                old.arrived(),
                old.expires(),
                old.sequence(),
                old.transactions(),
                old.block(),
                old.state(),
                old.notice(),
                old.signedBy(),
                Messages.Remarks.NONE,
                Optional.empty(),
                Messages.Doubt.NONE,
                OptionalInt.empty());
    }

    /** Adds a message that arrived while the screen was closed. */
    public synchronized long unread(Said said) {
        long id = said(said);
        unread.add(id);
        return id;
    }

    /** Changes the state of our message. */
    public void becomes(long id, Messages.State state, String reason, int nodes, OptionalInt block) {
        synchronized (this) {
            Messages.Shown old = kept.get(id);
            Messages.Outgoing out = old.outgoing().orElseThrow();
            List<Messages.Part> parts = out.parts().isEmpty()
                    ? List.of(new Messages.Part(212, state, Optional.empty(), 250, 312, "home"))
                    : out.parts().stream()
                            .map(part -> new Messages.Part(part.bytes(), state, part.transaction(), 250, 312, "home"))
                            .toList();
            Messages.Outgoing now = outgoing(out, state, reason, parts);
            kept.put(id, new Messages.Shown(in(old.message(), state, block), Optional.of(now), nodes));
        }
        publish(new Messages.Event(Optional.empty(), kept(id).outgoing()));
    }

    /** Sets what our message paid, in one packet. */
    public synchronized void costs(long id, long fee) {
        Messages.Shown old = kept.get(id);
        Messages.Outgoing out = old.outgoing().orElseThrow();
        Messages.Part part = new Messages.Part(80, out.state(), Optional.empty(), 202, fee, "home");
        kept.put(
                id,
                new Messages.Shown(
                        old.message(),
                        Optional.of(outgoing(out, out.state(), out.reason(), List.of(part))),
                        old.nodes()));
    }

    private static Messages.Message in(Messages.Message old, Messages.State state, OptionalInt block) {
        return new Messages.Message(
                old.id(),
                old.persona(),
                old.direct(),
                old.channel(),
                old.outgoing(),
                old.sender(),
                old.legacy(),
                old.burn(),
                old.text(),
                old.sent(),
                old.arrived(),
                old.expires(),
                old.sequence(),
                old.transactions(),
                block,
                Optional.of(state),
                old.notice(),
                old.signedBy(),
                Messages.Remarks.NONE,
                Optional.empty(),
                Messages.Doubt.NONE,
                OptionalInt.empty());
    }

    public void becomes(long id, Messages.State state) {
        becomes(id, state, "", state == Messages.State.RELAYED ? 2 : 0, OptionalInt.empty());
    }

    private static Messages.Outgoing outgoing(
            Messages.Outgoing out, Messages.State state, String reason, List<Messages.Part> parts) {
        return new Messages.Outgoing(
                out.id(),
                out.persona(),
                out.direct(),
                out.channel(),
                out.kind(),
                state,
                reason,
                out.queued(),
                out.expires(),
                out.burn(),
                out.textBytes(),
                parts,
                out.carrier(),
                OptionalInt.empty());
    }

    private void publish(Messages.Event event) {
        followers.forEach(each -> each.accept(event));
    }

    /** Sets the senders heard in every channel. */
    public void participants(Conversations.Participant... all) {
        participants.addAll(List.of(all));
    }

    /** Sets the network's fee rate, and whether messages pay it. @param refusal empty if they do */
    public void fee(FeeRate rate, String refusal) {
        synchronized (this) {
            fee = rate;
            feeRefusal = refusal;
        }
        changed();
    }

    public void cipher(String name) {
        synchronized (this) {
            cipher = name;
        }
        changed();
    }

    public void nodes(int ready) {
        synchronized (this) {
            nodes = ready;
        }
        changed();
    }

    public void messagesAway(boolean away) {
        synchronized (this) {
            messagesAway = away;
        }
        changed();
    }

    /** The message service returns, as a new object, which nobody follows yet. */
    public void messagesReturn() {
        synchronized (this) {
            followers.clear();
            messages = messageService();
            messagesAway = false;
        }
        changed();
    }

    /** Sets the incomplete messages. */
    public void pieces(Messages.Pieces... all) {
        pieces.clear();
        pieces.addAll(List.of(all));
        publish(new Messages.Event(
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Messages.Change(
                        Messages.Change.Kind.PIECE, 0, PERSONA, false, "lobby", Optional.empty()))));
    }

    public void lock() {
        synchronized (this) {
            state = Store.State.LOCKED;
        }
        changed();
    }

    public synchronized Store.State state() {
        return state;
    }

    public void changed() {
        watchers.forEach(Runnable::run);
    }

    /** Returns how often the screen has checked the server. */
    public synchronized int looks() {
        return looks;
    }

    /** Returns the maximum number of messages that were requested at once. */
    public synchronized int mostAtOnce() {
        return most;
    }

    public synchronized Set<Long> unread() {
        return Set.copyOf(unread);
    }

    public boolean isFollowed() {
        return !followers.isEmpty() || !watchers.isEmpty();
    }

    private synchronized Messages.Shown kept(long id) {
        return kept.get(id);
    }

    private Messages.Shown shown(Said said, long id) {
        boolean direct = contacts.containsKey(said.in());
        boolean ours = said.sender().equals(PERSONA);
        Instant at = NOW.minus(said.ago());
        Messages.Message message = new Messages.Message(
                id,
                PERSONA,
                direct,
                said.in(),
                ours,
                said.sender(),
                said.legacy(),
                said.burn(),
                said.burn() && !burnTexts ? Optional.empty() : Optional.of(said.text()),
                at,
                at,
                at.plus(said.lives()),
                OptionalInt.empty(),
                ours && said.state() != Messages.State.QUEUED ? List.of(TRANSACTION) : List.of(),
                OptionalInt.empty(),
                ours ? Optional.of(said.state()) : Optional.empty(),
                said.notice(),
                Optional.ofNullable(said.signedBy()),
                Messages.Remarks.NONE,
                Optional.empty(),
                Messages.Doubt.NONE,
                OptionalInt.empty());
        return new Messages.Shown(
                message, ours ? Optional.of(way(said, id, direct, at)) : Optional.empty(), said.nodes());
    }

    private static Messages.Outgoing way(Said said, long id, boolean direct, Instant at) {
        List<Messages.Part> parts = new ArrayList<>();
        if (said.state() != Messages.State.QUEUED) {
            parts.add(new Messages.Part(212, said.state(), Optional.empty(), 250, 312, "home"));
        }
        return new Messages.Outgoing(
                id,
                PERSONA,
                direct,
                said.in(),
                "message",
                said.state(),
                said.reason(),
                at,
                at.plus(said.lives()),
                said.burn(),
                said.text().length(),
                parts,
                new Messages.Carrier("direct"),
                OptionalInt.empty());
    }

    // A call of the screen.

    private interface Call {
        Object with(Object[] arguments) throws PartylineException;
    }

    private static <T> T fake(Class<T> type, Map<String, Call> calls) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    Call call = calls.get(method.getName());
                    if (call != null) {
                        return call.with(arguments);
                    }
                    return common(self, method, arguments);
                }));
    }

    private static Object common(Object self, Method method, Object[] arguments) throws Throwable {
        if (method.isDefault()) {
            return InvocationHandler.invokeDefault(self, method, arguments);
        }
        return switch (method.getName()) {
            case "equals" -> self == arguments[0];
            case "hashCode" -> System.identityHashCode(self);
            case "toString" -> "a fake";
            default -> throw new UnsupportedOperationException(method.getName());
        };
    }

    /** The server's warnings. */
    public volatile List<String> warnings = List.of();

    private final Vault vault = fake(
            Vault.class,
            Map.of(
                    "state",
                    none -> state(),
                    "warnings",
                    none -> warnings,
                    "unlock",
                    all -> unlock((char[]) all[0]),
                    "lock",
                    none -> locked()));
    private final Personas personas =
            fake(Personas.class, Map.of("current", none -> persona(current), "list", none -> allPersonas()));
    private final Channels channelService =
            fake(Channels.class, Map.of("list", all -> allChannels(((Optional<?>) all[0]).map(String.class::cast))));
    private final Contacts contactService = fake(Contacts.class, Map.of("list", all -> allContacts()));
    private final Nodes nodeService =
            fake(Nodes.class, Map.of("list", none -> allNodes(), "follow", all -> watched((Runnable) all[0])));
    private final Suites suites = fake(Suites.class, Map.of("list", none -> allSuites()));
    private final Cover cover = fake(Cover.class, Map.of("status", none -> List.of()));
    private final Conversations conversations = fake(
            Conversations.class,
            Map.of(
                    "get", all -> conversation((Conversations.Place) all[0]),
                    "participants", none -> List.copyOf(participants),
                    "draft", all -> Optional.ofNullable(drafts.get(((Conversations.Place) all[0]).name())),
                    "keepDraft", all -> drafts.put(((Conversations.Place) all[0]).name(), (String) all[1]),
                    "react", all -> remark((Long) all[0], "react " + all[1]),
                    "edit", all -> remark((Long) all[0], "edit " + all[1]),
                    "message", all -> kept((Long) all[0]).message(),
                    "forget", all -> forget((Long) all[0])));
    private final Fees fees = fake(Fees.class, Map.of("status", none -> allFees()));
    private volatile Messages messages = messageService();

    private Messages messageService() {
        return fake(
                Messages.class,
                Map.ofEntries(
                        Map.entry("order", all -> order((Messages.Query) all[0])),
                        Map.entry("shown", all -> shown(ids(all[0]))),
                        Map.entry("follow", all -> follow(all[1])),
                        Map.entry("send", all -> send((Messages.Send) all[0])),
                        Map.entry("price", all -> price((Messages.Send) all[0])),
                        Map.entry("incomplete", none -> List.copyOf(pieces)),
                        Map.entry(
                                "carriers",
                                none -> List.of(new Messages.Carrier("direct"), new Messages.Carrier("rolling"))),
                        Map.entry("recall", all -> askNodes(() -> recall((Long) all[0]))),
                        Map.entry("inspect", all -> inspect()),
                        Map.entry("cancel", all -> recall((Long) all[0])),
                        Map.entry("read", all -> read((Long) all[0]))));
    }

    private <T> T askNodes(Supplier<T> answer) throws PartylineException {
        try {
            silence.await();
        } catch (InterruptedException e) {
            throw new PartylineException("interrupted", e);
        }
        answers.incrementAndGet();
        return answer.get();
    }

    private List<Messages.Inspection> inspect() throws PartylineException {
        return askNodes(List::of);
    }

    @SuppressWarnings("unchecked")
    private static List<Long> ids(Object argument) {
        return (List<Long>) argument;
    }

    private synchronized Conversations.Conversation conversation(Conversations.Place place) {
        List<String> texts = unread.stream()
                .map(id -> kept.get(id).message())
                .filter(message -> message.channel().equals(place.name()))
                .map(message -> message.text().orElse(""))
                .toList();
        return new Conversations.Conversation(
                PERSONA,
                place.direct(),
                place.name(),
                texts.size(),
                OptionalLong.empty(),
                (int) texts.stream()
                        .filter(text -> text.contains("@" + PERSONA))
                        .count(),
                muted.contains(place.name()),
                false,
                Optional.empty());
    }

    private Object unlock(char[] passphrase) throws StoreException {
        if (new String(passphrase).equals(DURESS)) {
            erase();
        } else if (!new String(passphrase).equals(PASSPHRASE)) {
            throw new StoreException("the passphrase is wrong");
        }
        synchronized (this) {
            state = Store.State.OPEN;
        }
        changed();
        return null;
    }

    private synchronized void erase() {
        channels.clear();
        contacts.clear();
        kept.clear();
        unread.clear();
        drafts.clear();
        current = "me";
    }

    private Object locked() {
        lock();
        return null;
    }

    private synchronized List<Personas.Persona> allPersonas() {
        return Stream.concat(Stream.of(current), channels.values().stream().map(Channels.Channel::persona))
                .distinct()
                .map(FakeServer::persona)
                .toList();
    }

    private static Personas.Persona persona(String name) {
        return new Personas.Persona(1, name, "p1", true, "0011223344556677", NOW, 0);
    }

    private synchronized List<Channels.Channel> allChannels(Optional<String> of) throws PartylineException {
        requireOpen();
        if (of.isPresent() && allPersonas().stream().noneMatch(one -> one.name().equals(of.get()))) {
            throw new PartylineException("there is no persona '" + of.get() + "'");
        }
        return channels.values().stream()
                .filter(channel -> of.orElse(PERSONA).equals(channel.persona()))
                .map(channel -> new Channels.Channel(
                        channel.persona(),
                        channel.name(),
                        channel.network(),
                        channel.mode(),
                        channel.carrier(),
                        channel.kdf(),
                        channel.startDay(),
                        unread(channel.name()),
                        last(channel.name()),
                        channel.senders()))
                .toList();
    }

    private synchronized List<Contacts.Contact> allContacts() throws StoreException {
        requireOpen();
        return contacts.values().stream()
                .map(contact -> new Contacts.Contact(
                        contact.persona(),
                        contact.name(),
                        contact.network(),
                        contact.trust(),
                        contact.card(),
                        contact.senderId(),
                        contact.added(),
                        contact.session(),
                        unread(contact.name()),
                        last(contact.name()),
                        contact.sharing(),
                        contact.account(),
                        contact.receipts(),
                        protection,
                        false))
                .toList();
    }

    private void requireOpen() throws StoreException {
        if (state != Store.State.OPEN) {
            throw new StoreException("the store is locked");
        }
    }

    private int unread(String in) {
        return (int) unread.stream()
                .filter(id -> kept.get(id).message().channel().equals(in))
                .count();
    }

    private Optional<Instant> last(String in) {
        return kept.values().stream()
                .map(Messages.Shown::message)
                .filter(message -> message.channel().equals(in))
                .map(Messages.Message::sent)
                .max(Instant::compareTo);
    }

    private synchronized List<Nodes.Node> allNodes() {
        looks++;
        List<Nodes.Node> all = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            NodeStatus.State at = i < nodes ? NodeStatus.State.READY : NodeStatus.State.UNREACHABLE;
            all.add(new Nodes.Node(
                    i == 0 ? "home" : "away",
                    "rpc",
                    Network.EMBEDDED,
                    false,
                    new NodeStatus(at, "", "", Optional.empty(), 0, Optional.empty(), ""),
                    RelayPolicy.CONSERVATIVE,
                    0,
                    0,
                    0,
                    Nodes.Shown.NOTHING,
                    Optional.empty()));
        }
        return all;
    }

    private AutoCloseable watched(Runnable changed) {
        watchers.add(changed);
        return () -> watchers.remove(changed);
    }

    private synchronized List<Suites.Suite> allSuites() {
        return cipher.isEmpty()
                ? List.of()
                : List.of(new Suites.Suite("aead", cipher, true, true, true, 1, "", "active", List.of()));
    }

    private synchronized List<Fees.FeeStatus> allFees() {
        FeeRate other = new FeeRate(100);
        return List.of(
                new Fees.FeeStatus(Network.REGTEST, "away", Optional.of(other), 3, other, other, other, other, 20, ""),
                new Fees.FeeStatus(Network.EMBEDDED, "home", Optional.of(fee), 3, fee, fee, fee, fee, 312, feeRefusal));
    }

    private synchronized List<Long> order(Messages.Query query) throws PartylineException {
        requireOpen();
        String in = query.channel().or(query::contact).orElseThrow();
        if (!contacts.containsKey(in)
                && channels.values().stream().noneMatch(one -> one.name().equals(in))) {
            throw new PartylineException("there is no conversation '" + in + "'");
        }
        return kept.values().stream()
                .map(Messages.Shown::message)
                .filter(message -> message.channel().equals(in)
                        && message.persona().equals(query.persona().orElse(PERSONA)))
                .sorted((one, other) -> one.sent().equals(other.sent())
                        ? Long.compare(one.id(), other.id())
                        : one.sent().compareTo(other.sent()))
                .map(Messages.Message::id)
                .toList();
    }

    private synchronized List<Messages.Shown> shown(List<Long> ids) throws StoreException {
        requireOpen();
        most = Math.max(most, ids.size());
        unread.removeAll(ids);
        return ids.stream().map(kept::get).filter(each -> each != null).toList();
    }

    @SuppressWarnings("unchecked")
    private AutoCloseable follow(Object listener) {
        Consumer<Messages.Event> follower = (Consumer<Messages.Event>) listener;
        followers.add(follower);
        return () -> followers.remove(follower);
    }

    private void requireFits(String text) throws PartylineException {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > limit) {
            throw new PayloadTooLargeException(bytes, limit);
        }
    }

    private Messages.Receipt send(Messages.Send request) throws PartylineException {
        requireFits(request.text());
        long id;
        synchronized (this) {
            requireOpen();
            sent.add(request);
            Said said = new Said(request.to(), PERSONA, request.text())
                    .ago(Duration.between(clock.instant(), NOW))
                    .state(Messages.State.QUEUED);
            id = said(request.burn() ? said.burned() : said);
        }
        publish(new Messages.Event(Optional.empty(), kept(id).outgoing()));
        return new Messages.Receipt(
                id, 1, 212, Optional.of(312L), Optional.empty(), clock.instant(), waits, Duration.ZERO, 0, List.of());
    }

    private Messages.Receipt remark(long id, String what) {
        remarks.add(what + " " + id);
        return new Messages.Receipt(
                99, 1, 80, Optional.of(120L), Optional.empty(), clock.instant(), "", Duration.ZERO, 0, List.of());
    }

    private synchronized Conversations.Forgotten forget(long id) {
        kept.remove(id);
        return new Conversations.Forgotten(Optional.empty(), "");
    }

    /** Adds remarks about a message. */
    public void remarked(long id, Messages.Remarks said) {
        Messages.Message now;
        synchronized (this) {
            Messages.Shown old = kept.get(id);
            now = with(old.message(), said);
            kept.put(id, new Messages.Shown(now, old.outgoing(), old.nodes()));
        }
        publish(new Messages.Event(
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Messages.Change(
                        Messages.Change.Kind.REACTION, id, PERSONA, now.direct(), now.channel(), Optional.of(now)))));
    }

    private static Messages.Message with(Messages.Message old, Messages.Remarks said) {
        return new Messages.Message(
                old.id(),
                old.persona(),
                old.direct(),
                old.channel(),
                old.outgoing(),
                old.sender(),
                old.legacy(),
                old.burn(),
                old.text(),
                old.sent(),
                old.arrived(),
                old.expires(),
                old.sequence(),
                old.transactions(),
                old.block(),
                old.state(),
                old.notice(),
                old.signedBy(),
                said,
                old.gap(),
                old.doubt(),
                OptionalInt.empty());
    }

    private Messages.Price price(Messages.Send request) throws PartylineException {
        requireFits(request.text());
        int packets = 1 + request.text().length() / 150;
        return new Messages.Price(packets, packets * 212, Optional.of(packets * 312L), margin, List.of());
    }

    private Messages.Recalled recall(long id) {
        becomes(id, Messages.State.RECALLED);
        return new Messages.Recalled(kept(id).outgoing().orElseThrow(), 1, 0, 130);
    }

    private synchronized Messages.Message read(long id) {
        Messages.Message message = kept.get(id).message();
        if (message.burn() && !message.outgoing()) {
            kept.remove(id);
        }
        return message;
    }

    /** Whether it returns the texts of unread burn messages, which a real server does not. */
    public volatile boolean burnTexts;

    /** The directory of transcripts. */
    public volatile Optional<Path> transcripts = Optional.empty();

    @Override
    public Optional<Path> transcripts() {
        return transcripts;
    }

    @Override
    public Optional<Vault> vault() {
        return Optional.of(vault);
    }

    @Override
    public Optional<Personas> personas() {
        return Optional.of(personas);
    }

    @Override
    public Optional<Channels> channels() {
        return Optional.of(channelService);
    }

    @Override
    public Optional<Contacts> contacts() {
        return Optional.of(contactService);
    }

    @Override
    public synchronized Optional<Messages> messages() {
        return messagesAway ? Optional.empty() : Optional.of(messages);
    }

    @Override
    public Optional<Conversations> conversations() {
        return Optional.of(conversations);
    }

    @Override
    public Optional<Nodes> nodes() {
        return Optional.of(nodeService);
    }

    @Override
    public Optional<Fees> fees() {
        return Optional.of(fees);
    }

    @Override
    public Optional<Cover> cover() {
        return Optional.of(cover);
    }

    @Override
    public Optional<Suites> suites() {
        return Optional.of(suites);
    }

    @Override
    public Optional<AuditLog> audit() {
        return Optional.empty();
    }

    @Override
    public Optional<PassphraseStrength> strength() {
        return Optional.empty();
    }

    @Override
    public DraftOwners draftOwners() {
        return draftOwners;
    }

    @Override
    public AutoCloseable watch(Runnable changed) {
        return watched(changed);
    }
}
