package org.partyline.testkit.messaging;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.identity.Identities;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.packet.PacketType;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.schedule.Pace;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.continuity.KeyUsed;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ContactRecordBuilder;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.ConversationSummaries;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.MembershipRecordBuilder;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaKeys;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.delivery.KeptTransaction;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.mailbox.Annotations;
import org.partyline.messaging.mailbox.EventLog;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageAbandoned;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecordBuilder;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.PropagationTracker;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.personas.PersonaKeyRecords;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.recognition.ConversationRegistry;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.sessions.ContactEntries;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.state.EventHub;
import org.partyline.messaging.state.Notices;
import org.partyline.messaging.state.Offers;
import org.partyline.messaging.state.Operations;
import org.partyline.messaging.state.Protocols;
import org.partyline.messaging.state.SecurityLog;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.state.StateServices;
import org.partyline.messaging.state.Threads;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;
import org.partyline.testkit.TestSettings;
import org.partyline.testkit.protocol.NoPace;
import org.partyline.testkit.protocol.PlainChains;
import org.partyline.testkit.protocol.PlainChannelKeys;
import org.partyline.testkit.protocol.PlainCodec;
import org.partyline.testkit.protocol.PlainFragmenter;
import org.partyline.testkit.protocol.PlainHandshakes;
import org.partyline.testkit.protocol.PlainIdentities;
import org.partyline.testkit.protocol.PlainSuites;

/**
 * State and vault around one stage: an open store in memory, the unlocked state with one persona, and a plain
 * replacement for each service of other bundles. The tested stage replaces the plain services that it provides itself
 * ({@link #add}). A test configures a neighbour through the plain one, or adds its own ({@link #put}), and uses {@link
 * #take} to see how the stage behaves without it.
 */
public final class StageBench implements AutoCloseable {
    /** The persona that exists from the beginning; it is the current one. */
    public static final PersonaRecord ALICE = new PersonaRecord(1, "alice", true);

    public final HandSetClock clock;
    public final MemoryStore store;
    public final TestSettings settings = new TestSettings();
    /** Why no random numbers can be drawn; null if they can. */
    public volatile RuntimeException withoutNumbers;
    /** Receives each array of random bytes that is drawn, itself and not a copy. */
    public volatile Consumer<byte[]> drawn = bytes -> {};

    public final SecureRandom random = new SecureRandom() {
        @Override
        public void nextBytes(byte[] bytes) {
            if (withoutNumbers != null) {
                throw withoutNumbers;
            }
            super.nextBytes(bytes);
            drawn.accept(bytes);
        }
    };
    public final Operations operations;
    public final Wiring wiring;
    public final Bus bus = new Bus();
    public final StateGuard guard;
    public final Notices notices;
    public final StateServices context;
    public final People people;
    public final Recognition recognition;
    public final ConversationSummaries summaries;
    public final ConversationRegistry registry;
    public final TestNodes nodes;
    public final TestCover cover;
    public final PlainSuites suites = new PlainSuites();
    public final PlainIdentities identities = new PlainIdentities();
    public final PlainHandshakes handshakes = new PlainHandshakes();
    public final PlainChannelKeys channelKeys = new PlainChannelKeys();
    public final PlainChains chains = new PlainChains();
    public final PlainCodec codec = new PlainCodec();
    public final PlainFragmenter fragmenter = new PlainFragmenter();
    public final NoPace pace = new NoPace();
    public final PlainSizes sizes = new PlainSizes();
    public final PlainFees fees;
    public final PlainOutbox outbox;
    public final PlainInbox inbox;
    public final PlainPropagation propagation;
    public final PlainSealer sealer;
    public final PlainReception reception;
    public final PlainSendQueue sendQueue = new PlainSendQueue();
    /** The events that programs following messages received. */
    public final List<Messages.Event> events = new CopyOnWriteArrayList<>();
    /** The names of the security events. */
    public final List<String> audited = new CopyOnWriteArrayList<>();

    /** The last service that was put for each type, available or not. */
    private final java.util.Map<Class<?>, Object> last = new ConcurrentHashMap<>();

    private final ScheduledExecutorService eventThread = Threads.scheduled("partyline-events");

    /** Creates a bench with a clock of its own, and no node. */
    public StageBench() {
        this(new HandSetClock());
    }

    public StageBench(HandSetClock clock) {
        this(clock, MemoryStore.open());
    }

    /** @param store an open store */
    public StageBench(HandSetClock clock, MemoryStore store) {
        this.clock = clock;
        this.store = store;
        this.operations = new Operations(new NoOutages(), Duration.ofSeconds(1));
        this.guard = new StateGuard(store, operations);
        guard.follow(new EventLog(clock, bus));
        EventHub hub = new EventHub(eventThread, () -> settings.get().reading().reorderHold());
        hub.follow(Messages.Query.ALL, events::add);
        this.notices = new Notices(bus, hub, new SecurityLog(() -> Optional.of(new Names()), clock));
        this.nodes = new TestNodes(clock);
        this.context = new StateServices(
                store, guard, operations, new Protocols(operations), settings, clock, random, notices);
        this.people = context.people();
        this.recognition = context.recognition();
        this.summaries = context.summaries();
        this.registry = context.registry();
        this.wiring = new Wiring(context);
        this.cover = new TestCover(context.coverSlots());
        this.fees = new PlainFees(context.coverSlots());
        this.outbox = new PlainOutbox(guard, recognition, notices, clock);
        this.inbox = new PlainInbox(guard, clock, settings, hub);
        this.propagation = new PlainPropagation(guard, clock, settings, nodes);
        this.sealer = new PlainSealer(guard, recognition, wiring.reference(Outbox.class), clock);
        this.reception = new PlainReception(guard, wiring.reference(Outbox.class));
        context.initialSync().begin();
        for (Network network : Network.values()) {
            context.initialSync().settle(network);
        }
        bus.on(MessageAbandoned.class, abandoned -> sendQueue.releaseSoon(abandoned.outgoing()));
        bus.within(Bus.Outdated.class, outdated -> {});
        bus.within(KeyUsed.class, used -> {});
        put(PacketCodec.class, codec);
        put(Fragmenter.class, fragmenter);
        put(ChannelKeys.class, channelKeys);
        put(Chains.class, chains);
        put(Identities.class, identities);
        put(Handshakes.class, handshakes);
        put(SuiteDirectory.class, suites);
        put(NodeDirectory.class, nodes);
        put(OperatorSettings.class, settings);
        put(Pace.class, pace);
        put(CoverTraffic.class, cover);
        put(PacketSizes.class, sizes);
        put(Pricing.class, fees);
        put(Spending.class, fees);
        put(Outbox.class, outbox);
        put(Inbox.class, inbox);
        put(PropagationTracker.class, propagation);
        put(QueueSealer.class, sealer);
        put(Reception.class, reception);
        put(SendQueue.class, sendQueue);
        put(HandshakeManager.class, none(HandshakeManager.class));
        open();
    }

    /** A service that stages refer to, but that their tests do not call. */
    private static <T> T none(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> switch (method.getName()) {
                    case "equals" -> self == arguments[0];
                    case "hashCode" -> System.identityHashCode(self);
                    case "toString" -> type.getSimpleName();
                    default -> throw new UnsupportedOperationException(method.toString());
                }));
    }

    /** Names no bundle. */
    public static class NoOutages implements Operations.Outages {
        @Override
        public Optional<String> missing(String service) {
            return Optional.empty();
        }

        @Override
        public Optional<String> stopped(String bundle) {
            return Optional.empty();
        }

        @Override
        public int providers(String service) {
            return 0;
        }

        @Override
        public boolean hasBooted() {
            return false;
        }
    }

    /** Records the names of audited events. */
    private final class Names implements AuditLog {
        @Override
        public void record(String event, String detail) {
            audited.add(event);
        }

        @Override
        public List<Entry> newest(int most) {
            return List.of();
        }

        @Override
        public AutoCloseable follow(Consumer<Entry> listener) {
            return () -> {};
        }
    }

    /** Replaces the present service. */
    public <T> void put(Class<T> type, T service) {
        wiring.put(type, service);
        last.put(type, service);
    }

    /** Simulates that the bundle stops whose service was put last. */
    public void stop(Class<?> type) {
        takeAny(type);
    }

    private <T> void takeAny(Class<T> type) {
        wiring.take(type, type.cast(last.get(type)));
    }

    /** Simulates that it starts again; components that wait for it are notified. */
    public void start(Class<?> type) {
        putAny(type);
        bus.publish(new Bus.PartsReturned());
    }

    private <T> void putAny(Class<T> type) {
        wiring.put(type, type.cast(last.get(type)));
    }

    /** Removes a service. */
    public <T> void take(Class<T> type, T service) {
        wiring.take(type, service);
    }

    /** Adds the tested stage, whose services replace the plain ones. */
    public <S> S add(Function<StateServices, S> made) {
        S stage = made.apply(context);
        wiring.add(stage);
        wiring.publish(offers(stage));
        bus.publish(new Bus.PartsReturned());
        return stage;
    }

    /** Publishes a stage's services as Declarative Services does. @return those that are registered, now and later */
    public static Set<Class<?>> publish(Consumer<BundleContext> stage) {
        Set<Class<?>> registered = ConcurrentHashMap.newKeySet();
        stage.accept(proxy(BundleContext.class, arguments -> {
            Class<?> type = (Class<?>) arguments[0];
            registered.add(type);
            return proxy(ServiceRegistration.class, none -> registered.remove(type));
        }));
        return registered;
    }

    /** Creates an implementation whose methods all do the same. */
    private static <T> T proxy(Class<T> type, Function<Object[], Object> call) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> call.apply(arguments)));
    }

    /** Returns the services that a stage publishes. */
    public static Offers offers(Object stage) {
        try {
            return (Offers) stage.getClass().getMethod("offers").invoke(stage);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("it publishes nothing: " + stage, e);
        }
    }

    /** Returns a service that a stage publishes. */
    public static <T> T offered(Object stage, Class<T> type) {
        return offers(stage).get(type);
    }

    private void open() {
        guard.lock();
        try {
            people.begin();
            recognition.begin(channelKeys, chains);
            store.update(tx -> {
                tx.put(PersonaRecord.TABLE, Keys.of(ALICE.id()), Keys.ALL, Cbor.write(ALICE), null);
                Tables.skip(tx, "persona", ALICE.id());
                IdentityKeys keys = identities.generate(random);
                PersonaKeys made = new PersonaKeys(
                        ALICE.id(), keys, null, 0, clock.instant().toEpochMilli(), 0, 0);
                PersonaKeyRecords.put(tx, made);
                people.personas.put(made);
            });
            people.personas.setName(ALICE.id(), ALICE.name());
            guard.setLoaded();
        } catch (StoreException e) {
            throw new AssertionError("the bench's store does not open", e);
        } finally {
            guard.unlock();
        }
    }

    /** Wipes the unlocked state, as when the store is locked; the store itself stays open. */
    public void forget() {
        guard.lock();
        try {
            guard.wipe();
        } finally {
            guard.unlock();
        }
    }

    /** Whether the unlocked state is in memory. */
    public boolean isLoaded() {
        guard.lock();
        try {
            return guard.isLoaded();
        } finally {
            guard.unlock();
        }
    }

    /** Simulates that a carrier has signed a transaction with a message's first packet, and no node has it yet. */
    public void keepTransaction(long message) throws StoreException {
        KeptTransaction kept = new KeptTransaction(
                "rolling",
                new byte[] {1},
                ALICE.id(),
                Network.REGTEST.code(),
                "a",
                new byte[] {1},
                new byte[32],
                1,
                1,
                null,
                false,
                List.of(new KeptTransaction.Cargo(message, 0)),
                false);
        guard.update(tx -> KeptTransactionRecords.put(tx, kept));
    }

    /** Adds a persona with keys of its own. */
    public PersonaRecord persona(String name) throws StoreException {
        return guard.open(() -> guard.transact(tx -> {
            PersonaRecord persona = new PersonaRecord((int) Tables.next(tx, "persona"), name, false);
            tx.put(PersonaRecord.TABLE, Keys.of(persona.id()), Keys.ALL, Cbor.write(persona), null);
            PersonaKeys made = new PersonaKeys(
                    persona.id(),
                    identities.generate(random),
                    null,
                    0,
                    clock.instant().toEpochMilli(),
                    0,
                    0);
            PersonaKeyRecords.put(tx, made);
            people.personas.put(made);
            people.personas.setName(persona.id(), name);
            return persona;
        }));
    }

    /** Joins a channel on {@link Network#REGTEST}; its root is the same on each bench for the same name. */
    public ChannelMembership join(String channel, Channels.Mode mode) throws StoreException {
        return join(channel, mode, Network.REGTEST);
    }

    /** Joins a channel on another network. */
    public ChannelMembership join(String channel, Channels.Mode mode, Network network) throws StoreException {
        return join(ALICE, network, channel, mode);
    }

    /** Joins a channel as another persona. */
    public ChannelMembership join(PersonaRecord persona, Network on, String channel, Channels.Mode mode)
            throws StoreException {
        int day = Days.of(clock.instant());
        KdfParameters kdf = KdfParameters.defaults(KdfId.ARGON2ID);
        byte[] root = new byte[32];
        byte[] name = channel.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(name, 0, root, 0, Math.min(name.length, root.length));
        return guard.open(() -> guard.transact(tx -> {
            MembershipRecord entry = MembershipRecordBuilder.builder()
                    .id((int) Tables.next(tx, "membership"))
                    .persona(persona.id())
                    .name(channel)
                    .network(on.code())
                    .mode(mode.name())
                    .kdf(kdf.id().code())
                    .timeCost(kdf.timeCost())
                    .memory(kdf.memory())
                    .parallelism(kdf.parallelism())
                    .salt(channelKeys.salt(on, channel))
                    .startDay(day)
                    .rootDay(day)
                    .root(root)
                    .build();
            Tables.putSecret(tx, MembershipRecord.TABLE, Keys.of(entry.id()), Keys.of(entry.persona()), entry);
            ChannelMembership member = new ChannelMembership(entry);
            registry.add(member, day, day + 1);
            return member;
        }));
    }

    /** Adds a contact with keys of its own, whose card is known; {@code theirs} are its secret keys. */
    public ContactConversation know(String name, IdentityKeys theirs) throws StoreException {
        return guard.open(() -> guard.transact(tx -> {
            ContactConversation contact = new ContactConversation(ContactRecordBuilder.builder()
                    .id((int) Tables.next(tx, "membership"))
                    .persona(ALICE.id())
                    .name(name)
                    .network(Network.REGTEST.code())
                    .signing(theirs.identity().signing())
                    .agreement(theirs.identity().agreement())
                    .inboxSecret(theirs.inboxSecret().expose().clone())
                    .trust(Contacts.Trust.UNVERIFIED.name())
                    .added(clock.instant().toEpochMilli())
                    .told(true)
                    .account("")
                    .build());
            ContactEntries.put(tx, contact.entry);
            people.conversations.add(contact);
            return contact;
        }));
    }

    /** Returns Alice's keys. */
    public PersonaKeys keys() {
        return people.personas.keys(ALICE.id());
    }

    /** Queues a text, to live for an hour, as if someone had written it. @return its number */
    public long queue(Conversation conversation, String text) throws StoreException {
        return queue(conversation, text, "confirm", Duration.ofHours(1));
    }

    /** Queues a text. @param life how long it may wait to leave, and then its time to live */
    public long queue(Conversation conversation, String text, String carrier, Duration life) throws StoreException {
        return queue(conversation, text, carrier, life, (int) life.toMinutes());
    }

    /** Queues a text. @param ttlMinutes as its readers see it; 0 for none */
    public long queue(Conversation conversation, String text, String carrier, Duration life, int ttlMinutes)
            throws StoreException {
        long id = guard.transact(tx -> {
            Instant now = clock.instant();
            long expires = now.plus(life).toEpochMilli();
            long number = Tables.next(tx, "message");
            MessageRecord message = MessageRecordBuilder.builder()
                    .id(number)
                    .membership(conversation.id())
                    .outgoing(true)
                    .sender("")
                    .text(text)
                    .chain(-1)
                    .chainOpened(now.getEpochSecond())
                    .sequence(-1)
                    .sent(now.getEpochSecond())
                    .arrived(now.toEpochMilli())
                    .expires(expires)
                    .block(-1)
                    .shown(true)
                    .packets(List.of())
                    .transactions(List.of())
                    .views(List.of())
                    .signer(SignerId.NOBODY)
                    .locator("")
                    .annotations(Annotations.NONE)
                    .build();
            MessageRecords.put(tx, message);
            OutgoingRecords.put(
                    tx,
                    new OutgoingMessage(
                            number,
                            conversation.id(),
                            State.QUEUED,
                            "",
                            now.toEpochMilli(),
                            expires,
                            ttlMinutes,
                            false,
                            text.getBytes(StandardCharsets.UTF_8).length,
                            List.of(),
                            PacketType.TEXT.code(),
                            null,
                            false,
                            0,
                            carrier,
                            false));
            return number;
        });
        bus.publish(new Bus.Queued());
        return id;
    }

    /** Queues a message of the session itself, to leave within a day. @return its number */
    public long queue(Conversation conversation, PacketType type, byte[] body) throws StoreException {
        return guard.transact(tx -> {
            long id = Tables.next(tx, "message");
            long now = clock.millis();
            OutgoingRecords.put(
                    tx,
                    new OutgoingMessage(
                            id,
                            conversation.id(),
                            State.QUEUED,
                            "",
                            now,
                            now + Duration.ofDays(1).toMillis(),
                            0,
                            false,
                            0,
                            List.of(),
                            type.code(),
                            body,
                            false,
                            0,
                            "confirm",
                            false));
            return id;
        });
    }

    /** Makes a queued message leave through one node. */
    public void sendVia(long id, String node) throws StoreException {
        OutgoingMessage queued = outgoing(id).by(node);
        guard.update(tx -> OutgoingRecords.put(tx, queued));
    }

    /** Returns an outgoing message. */
    public OutgoingMessage outgoing(long id) throws StoreException {
        return guard.<OutgoingMessage, StoreException>transact(
                tx -> OutgoingRecords.find(tx, id).orElseThrow());
    }

    /** Returns the outgoing messages, by number. */
    public List<OutgoingMessage> allOutgoing() throws StoreException {
        return guard.transact(OutgoingRecords::all);
    }

    /** Returns the state of an outgoing message. */
    public State state(long id) throws PartylineException {
        return outgoing(id).state();
    }

    /** Stops the notifications, and wipes the unlocked state. */
    @Override
    public void close() {
        Threads.stop(eventThread);
        guard.lock();
        try {
            guard.wipe();
        } finally {
            guard.unlock();
        }
    }
}
