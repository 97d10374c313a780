package org.partyline.engine;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.event.EventAdmin;
import org.partyline.api.Network;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.carrier.CarrierFactory;
import org.partyline.api.cover.Timing;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Privacy;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Vault;
import org.partyline.api.engine.Wallets;
import org.partyline.api.fees.FeeMath;
import org.partyline.api.fees.FeePolicy;
import org.partyline.api.identity.BackupFile;
import org.partyline.api.identity.Identities;
import org.partyline.api.metrics.Backlog;
import org.partyline.api.metrics.StageMeter;
import org.partyline.api.nodes.KnownNode;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.nodes.NodeListener;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.LegacyReader;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.receive.PacketReceiver;
import org.partyline.api.schedule.SendSchedule;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.LastSettings;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.api.transport.Transport;
import org.partyline.engine.chains.PacketOpener;
import org.partyline.engine.continuity.Continuity;
import org.partyline.engine.continuity.TokenDirectory;
import org.partyline.engine.continuity.TokenPlace;
import org.partyline.engine.conversation.ChannelMembership;
import org.partyline.engine.conversation.Conversation;
import org.partyline.engine.conversation.ReceiveChainState;
import org.partyline.engine.delivery.Broadcaster;
import org.partyline.engine.delivery.CarrierDesk;
import org.partyline.engine.delivery.CarrierPropagation;
import org.partyline.engine.delivery.Carriers;
import org.partyline.engine.delivery.CoverRunner;
import org.partyline.engine.delivery.Dispatcher;
import org.partyline.engine.delivery.EngineCarrierContext;
import org.partyline.engine.delivery.KeptTransactions;
import org.partyline.engine.delivery.LikelySizes;
import org.partyline.engine.delivery.PacketPayment;
import org.partyline.engine.delivery.PacketReplacement;
import org.partyline.engine.delivery.Recaller;
import org.partyline.engine.delivery.Sender;
import org.partyline.engine.delivery.SharedBroadcaster;
import org.partyline.engine.delivery.SharedPayment;
import org.partyline.engine.delivery.Slots;
import org.partyline.engine.delivery.UtxoReservations;
import org.partyline.engine.fees.Pricing;
import org.partyline.engine.fees.Spending;
import org.partyline.engine.kernel.AbsentException;
import org.partyline.engine.kernel.Bus;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.EventHub;
import org.partyline.engine.kernel.EventPublisher;
import org.partyline.engine.kernel.NodeNews;
import org.partyline.engine.kernel.Parts;
import org.partyline.engine.kernel.Patient;
import org.partyline.engine.kernel.Unlocked;
import org.partyline.engine.kernel.Whiteboard;
import org.partyline.engine.mailbox.Inbox;
import org.partyline.engine.mailbox.MessageAbandoned;
import org.partyline.engine.mailbox.MessageRenumbered;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.mailbox.PacketSizes;
import org.partyline.engine.mailbox.PropagationTracker;
import org.partyline.engine.mailbox.TransactionMined;
import org.partyline.engine.personas.PersonaKeyStore;
import org.partyline.engine.personas.WalletService;
import org.partyline.engine.receive.ChainPackets;
import org.partyline.engine.receive.Derivations;
import org.partyline.engine.receive.InboundQueue;
import org.partyline.engine.receive.InboxPackets;
import org.partyline.engine.receive.KnownForms;
import org.partyline.engine.receive.LegacyPackets;
import org.partyline.engine.receive.LegacyWarning;
import org.partyline.engine.receive.OtherMessages;
import org.partyline.engine.receive.OtherReceivers;
import org.partyline.engine.receive.PacketWriter;
import org.partyline.engine.receive.Recogniser;
import org.partyline.engine.receive.Reorganisation;
import org.partyline.engine.receive.Rereading;
import org.partyline.engine.receive.SealedPackets;
import org.partyline.engine.receive.Signers;
import org.partyline.engine.scan.InitialSyncGate;
import org.partyline.engine.scan.ScanPosition;
import org.partyline.engine.schedule.SlotSchedule;
import org.partyline.engine.sealing.ChannelSealer;
import org.partyline.engine.sealing.Sealers;
import org.partyline.engine.sealing.SessionSealer;
import org.partyline.engine.service.BacklogService;
import org.partyline.engine.service.BackupService;
import org.partyline.engine.service.ChannelService;
import org.partyline.engine.service.ContactService;
import org.partyline.engine.service.CoverService;
import org.partyline.engine.service.FeeService;
import org.partyline.engine.service.Inspector;
import org.partyline.engine.service.MessageService;
import org.partyline.engine.service.PersonaService;
import org.partyline.engine.service.PrivacyService;
import org.partyline.engine.service.Prospects;
import org.partyline.engine.service.VaultService;
import org.partyline.engine.sessions.Controls;
import org.partyline.engine.sessions.HandshakeManager;
import org.partyline.engine.sessions.IdentityRotation;
import org.partyline.engine.sessions.InboundPeers;
import org.partyline.engine.sessions.KeyUpdates;
import org.partyline.engine.sessions.Rollback;
import org.partyline.engine.sessions.Rotation;
import org.partyline.engine.sessions.SessionChains;
import org.partyline.engine.sessions.SessionControlSender;
import org.partyline.engine.sessions.SessionService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the engine together and offers its services. Without a store there is no engine; any other bundle may go and come back, and what
 * needs it waits meanwhile.
 */
@Component(
        service = {},
        immediate = true)
public final class Engine {
    private static final long KEEPER_SECONDS = 30;
    /** How often it is looked whether the first start waits for a part whose bundle is stopped. */
    private static final long START_SECONDS = 2;
    /** Keys of sealed packets that are derived at once, of different channels; each takes the memory that its channel says. */
    private static final int DERIVATIONS =
            Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));

    /** How long a receiver of another bundle may take over a packet. */
    private static final Duration RECEIVER_PATIENCE = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    private final ScheduledExecutorService senderThread = thread("partyline-sender");
    private final ScheduledExecutorService eventThread = thread("partyline-events");
    private final ScheduledExecutorService keeperThread = thread("partyline-keeper");
    private final ScheduledExecutorService receiverThread = thread("partyline-receivers");
    private final ExecutorService derivationThreads = Executors.newFixedThreadPool(DERIVATIONS, task -> {
        Thread thread = new Thread(task, "partyline-derivations");
        thread.setDaemon(true);
        return thread;
    });
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final List<Runnable> offered = new ArrayList<>();
    private final Parts parts;
    private final LastSettings settings;
    private final BundleContext context;
    final Core core;
    final InboundQueue inboundQueue;
    private final OtherReceivers otherReceivers;
    private final InitialSyncGate initialSyncGate;
    final Sender sender;
    final Carriers carriers;
    final MaintenanceJob maintenanceJob;
    private final Continuity continuity;
    private final Runnable onSuites;
    private final Function<String, List<String>> users = this::users;
    private final NodeListener nodeNews;
    private final VaultService vault;
    private final BooleanSupplier booted;
    private boolean begun;
    private boolean wasBooted;
    private boolean stopped;

    private volatile LegacyReader legacyReader;

    private final Whiteboard<FeePolicy> feePolicies = new Whiteboard<>();
    private final Whiteboard<SendSchedule> schedules = new Whiteboard<>();

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile EventAdmin eventAdmin;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile AuditLog auditLog;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setLegacyReader(LegacyReader reader) {
        legacyReader = reader;
        inboundQueue.retryParked();
    }

    void unsetLegacyReader(LegacyReader reader) {
        if (legacyReader == reader) {
            legacyReader = null;
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addFeePolicy(FeePolicy policy, Map<String, Object> properties) {
        feePolicies.add(policy, properties);
        sender.kickAll();
    }

    void removeFeePolicy(FeePolicy policy) {
        feePolicies.remove(policy);
        sender.kickAll();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addSchedule(SendSchedule schedule, Map<String, Object> properties) {
        schedules.add(schedule, properties);
    }

    void removeSchedule(SendSchedule schedule) {
        schedules.remove(schedule);
        sender.kickAll();
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setMeter(StageMeter meter) {
        core.meter.tell(meter);
    }

    void unsetMeter(StageMeter meter) {
        core.meter.untell(meter);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addReceiver(PacketReceiver receiver) {
        otherReceivers.add(receiver);
    }

    void updatedReceiver(PacketReceiver receiver) {
        otherReceivers.renew(receiver);
    }

    void removeReceiver(PacketReceiver receiver) {
        otherReceivers.remove(receiver);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setCodec(PacketCodec part) {
        came(PacketCodec.class, part);
    }

    void unsetCodec(PacketCodec part) {
        went(PacketCodec.class, part);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setFragmenter(Fragmenter part) {
        came(Fragmenter.class, part);
    }

    void unsetFragmenter(Fragmenter part) {
        went(Fragmenter.class, part);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setChannelKeys(ChannelKeys part) {
        came(ChannelKeys.class, part);
    }

    void unsetChannelKeys(ChannelKeys part) {
        went(ChannelKeys.class, part);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setChains(Chains part) {
        came(Chains.class, part);
    }

    void unsetChains(Chains part) {
        went(Chains.class, part);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setIdentities(Identities part) {
        came(Identities.class, part);
    }

    void unsetIdentities(Identities part) {
        went(Identities.class, part);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setHandshakes(Handshakes part) {
        came(Handshakes.class, part);
    }

    void unsetHandshakes(Handshakes part) {
        went(Handshakes.class, part);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setBackupFile(BackupFile part) {
        came(BackupFile.class, part);
    }

    void unsetBackupFile(BackupFile part) {
        went(BackupFile.class, part);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setTiming(Timing part) {
        came(Timing.class, part);
    }

    void unsetTiming(Timing part) {
        went(Timing.class, part);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setOperatorSettings(OperatorSettings part) {
        settings.came(part);
        came(OperatorSettings.class, part);
    }

    /** The last good ones stay in use. */
    void unsetOperatorSettings(OperatorSettings part) {
        settings.went(part);
        went(OperatorSettings.class, part);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setSuiteDirectory(SuiteDirectory part) {
        part.setUsers(users);
        part.onChange(onSuites);
        came(SuiteDirectory.class, part);
    }

    void unsetSuiteDirectory(SuiteDirectory part) {
        part.removeListener(onSuites);
        part.setUsers(name -> List.of());
        went(SuiteDirectory.class, part);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setNodeDirectory(NodeDirectory part) {
        part.listen(nodeNews);
        came(NodeDirectory.class, part);
        watch();
    }

    /** Nothing more is told by the ones that go, before others take their place. */
    void unsetNodeDirectory(NodeDirectory part) {
        part.unlisten(nodeNews);
        part.unwatch();
        went(NodeDirectory.class, part);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setFeeMath(FeeMath part) {
        came(FeeMath.class, part);
    }

    void unsetFeeMath(FeeMath part) {
        went(FeeMath.class, part);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addCarrier(CarrierFactory factory, Map<String, Object> properties) {
        carriers.add(factory, (Long) properties.get(Constants.SERVICE_ID));
        sender.carrierCame();
    }

    void removeCarrier(CarrierFactory factory) {
        carriers.remove(factory);
        // Another one may take its place.
        sender.carrierCame();
    }

    /** For Declarative Services. */
    @Activate
    public Engine(
            @Reference Store store,
            @Reference TokenDirectory tokens,
            @Reference BundleWatch bundles,
            BundleContext context) {
        this(store, new Parts(bundles), context, Clock.systemUTC(), new SecureRandom(), tokens, bundles::hasBooted);
    }

    /**
     * @param parts what bundles provide that may come later, and go
     * @param booted whether all was started that starts by itself: what is missing then is stopped
     */
    Engine(
            Store store,
            Parts parts,
            BundleContext context,
            Clock clock,
            SecureRandom random,
            TokenPlace tokens,
            BooleanSupplier booted) {
        this.booted = booted;
        this.parts = parts;
        this.settings = new LastSettings(() -> new AbsentException(
                parts.missing(List.of(OperatorSettings.class)).orElse("the settings were not read yet")));
        this.context = context;
        Timing timing = parts.reference(Timing.class);
        FeeMath feeMath = parts.reference(FeeMath.class);
        BackupFile backupFile = parts.reference(BackupFile.class);
        EventHub events =
                new EventHub(eventThread, () -> settings.get().reading().reorderHold());
        core = new Core(
                store,
                parts,
                settings,
                () -> Optional.ofNullable(legacyReader),
                clock,
                random,
                events,
                () -> Optional.ofNullable(auditLog));
        ScanPosition position = new ScanPosition(store, this::knownNodes, this::readyNodes);
        Pricing fees = new Pricing(settings, core.nodes, feeMath, random, feePolicies);
        PropagationTracker propagationTracker = new PropagationTracker(core);
        Outbox outbox = new Outbox(core, propagationTracker);
        Inbox inbox = new Inbox(core);
        SessionControlSender controlSender = new SessionControlSender(core, inbox);
        SessionChains sessionChains = new SessionChains(core);
        IdentityRotation news = new IdentityRotation(core, controlSender);
        HandshakeManager handshakeManager =
                new HandshakeManager(core, controlSender, sessionChains, new InboundPeers(core, controlSender), news);
        KeyUpdates updates = new KeyUpdates(core, controlSender, sessionChains, handshakeManager);
        PersonaKeyStore personaKeyStore = new PersonaKeyStore(core);
        Rotation rotation = new Rotation(core, handshakeManager, news, updates, personaKeyStore);
        PacketSizes sizes = new PacketSizes(core);
        continuity = new Continuity(
                store, random, clock, tokens, new Rollback(core, controlSender, sessionChains, handshakeManager));
        Sealers sealers = new Sealers(
                core,
                List.of(
                        new ChannelSealer(core, sizes),
                        new SessionSealer(
                                core,
                                handshakeManager,
                                sessionChains,
                                updates,
                                news,
                                this::isSettled,
                                continuity,
                                sizes)));
        SlotSchedule slotSchedule = new SlotSchedule(core, timing, schedules);
        Spending spending = new Spending(core, feeMath, slotSchedule::isCovered);
        carriers = new Carriers(core, EngineTables.ALL);
        KeptTransactions kept = new KeptTransactions(core);
        CoverRunner cover = new CoverRunner(core, outbox, sizes, fees, carriers, slotSchedule, spending, timing);
        Recaller recaller = new Recaller(core, outbox, carriers);
        UtxoReservations coins = new UtxoReservations(core, carriers, propagationTracker);
        Slots slots = new Slots(core, slotSchedule, cover);
        CarrierDesk desk = new CarrierDesk(
                core,
                outbox,
                kept,
                fees,
                new PacketPayment(core, outbox, fees, spending, slots),
                new SharedPayment(core, fees, spending, slots, kept),
                new Broadcaster(core, outbox, propagationTracker, sealers, coins, position::isCaughtUp),
                new SharedBroadcaster(core, propagationTracker, kept),
                new PacketReplacement(core, outbox, propagationTracker, fees, spending),
                new CarrierPropagation(core, propagationTracker, position::isCaughtUp),
                spending::isCovered,
                new LikelySizes(core, sizes));
        carriers.open(outbox, kept, scope -> new EngineCarrierContext(desk, scope));
        Dispatcher dispatcher =
                new Dispatcher(core, outbox, propagationTracker, slotSchedule, spending, carriers, slots);
        sender = new Sender(
                core,
                outbox,
                propagationTracker,
                sizes,
                sealers,
                slotSchedule,
                kept,
                cover,
                recaller,
                dispatcher,
                carriers,
                coins,
                senderThread);
        core.covered = (memory, id) -> {
            Conversation conversation = memory.conversations.find(id);
            return conversation != null && slotSchedule.isCovered(conversation.persona(), conversation.network());
        };
        core.bus.on(Bus.Queued.class, queued -> sender.kick());
        core.bus.on(Bus.Retry.class, retry -> sender.kickAll());
        core.bus.on(MessageAbandoned.class, abandoned -> sender.releaseSoon(abandoned.outgoing()));
        core.bus.on(TransactionMined.class, mined -> sender.minedSoon(mined.network(), mined.transaction()));
        core.bus.within(MessageRenumbered.class, carriers::renamed);
        Derivations derivations = new Derivations(core, derivationThreads, DERIVATIONS);
        PacketWriter writer = new PacketWriter(store, clock, () -> core.unlocked() != null);
        PacketOpener opener = new PacketOpener(core);
        Signers signers = new Signers(core);
        KnownForms forms = new KnownForms();
        otherReceivers =
                new OtherReceivers(core, new OtherMessages(core, inbox), forms, receiverThread, RECEIVER_PATIENCE);
        Recogniser recogniser = new Recogniser(
                core,
                inbox,
                outbox,
                handshakeManager,
                List.of(
                        new ChainPackets(
                                core,
                                inbox,
                                opener,
                                signers,
                                handshakeManager,
                                updates,
                                new Controls(core, controlSender, handshakeManager, news)),
                        new SealedPackets(core, inbox, opener, signers, derivations),
                        new InboxPackets(core, opener, handshakeManager),
                        new LegacyPackets(core, inbox, new LegacyWarning()),
                        otherReceivers),
                forms,
                writer);
        inboundQueue = new InboundQueue(
                core,
                recogniser,
                position,
                new Reorganisation(core, outbox),
                writer,
                new Rereading(core, position),
                derivations,
                sender::kickAll);
        derivations.onDerived = inboundQueue::wake;
        derivations.onMore = inboundQueue::retryParked;
        core.bus.on(OtherReceivers.Answered.class, answered -> inboundQueue.wake());
        core.bus.on(OtherReceivers.Free.class, free -> inboundQueue.retryUnasked());
        core.bus.on(OtherReceivers.Changed.class, changed -> {
            inboundQueue.retryUnmatched();
            inboundQueue.retryParked();
        });
        initialSyncGate = new InitialSyncGate(this::knownNodes, position, clock, inboundQueue::soon, sender::kickAll);
        inboundQueue.initialSyncGate = initialSyncGate;
        maintenanceJob = new MaintenanceJob(
                core,
                position,
                inboundQueue::isDraining,
                inboundQueue::retryUnmatched,
                handshakeManager,
                updates,
                rotation,
                personaKeyStore,
                derivations);
        vault = new VaultService(core, personaKeyStore, inboundQueue, sender, sessionChains, continuity);
        inboundQueue.remake = vault::reload;
        onSuites = () -> {
            inboundQueue.retryParked();
            sender.kickAll();
        };

        EventPublisher publisher = new EventPublisher(() -> eventAdmin);
        nodeNews = new NodeNews(core, publisher, inboundQueue::distrust, sender::kickAll);
        events.follow(Messages.Query.ALL, publisher::publish);
        offer(Vault.class, vault);
        offer(Personas.class, new PersonaService(core, personaKeyStore, rotation, inboundQueue, sender));
        offer(Contacts.class, new ContactService(core, personaKeyStore, inboundQueue, sender, handshakeManager));
        offer(Sessions.class, new SessionService(core, handshakeManager));
        offer(Backups.class, new BackupService(core, backupFile, personaKeyStore, handshakeManager, inboundQueue));
        offer(Channels.class, new ChannelService(core, inboundQueue, sender, carriers));
        offer(
                Messages.class,
                new MessageService(
                        core,
                        outbox,
                        sizes,
                        sealers,
                        sender,
                        new Prospects(core, fees, carriers),
                        new Inspector(core, opener),
                        recaller,
                        carriers));
        offer(Fees.class, new FeeService(core, fees, spending));
        CoverService coverService = new CoverService(core, cover, spending, timing);
        offer(Cover.class, coverService);
        offer(Privacy.class, new PrivacyService(core, fees, coverService));
        offer(Wallets.class, new WalletService(core));
        offer(Backlog.class, new BacklogService(core, inboundQueue));
    }

    /** Begins as soon as all parts are there, which bundles provide that start in whichever order; or without one that is stopped. */
    @Activate
    void start() {
        beginIfComplete();
        lookAgain();
    }

    private void beginIfComplete() {
        if (parts.isComplete()) {
            begin();
        }
    }

    private synchronized void lookAgain() {
        if (begun || stopped) {
            return;
        }
        keeperThread.schedule(
                () -> {
                    // It was so two seconds ago, too: bundles have come to an end of starting.
                    boolean ready = wasBooted;
                    wasBooted = booted.getAsBoolean();
                    if (ready) {
                        begin();
                    }
                    lookAgain();
                },
                START_SECONDS,
                TimeUnit.SECONDS);
    }

    /** Once it has begun it goes on, whichever part goes. */
    synchronized void begin() {
        if (begun || stopped || !settings.isKnown()) {
            return;
        }
        begun = true;
        inboundQueue.start();
        sender.start();
        keeperThread.scheduleWithFixedDelay(maintenanceJob::round, KEEPER_SECONDS, KEEPER_SECONDS, TimeUnit.SECONDS);
        // A node that could not tell where to begin may tell now.
        keeperThread.scheduleWithFixedDelay(inboundQueue::reread, KEEPER_SECONDS, KEEPER_SECONDS, TimeUnit.SECONDS);
        if (core.store.state() == Store.State.OPEN && parts.has(Parts.READING)) {
            reload(vault);
        }
        watch();
        offered.forEach(Runnable::run);
    }

    /** Reads by the nodes that are here, from where it stopped. */
    private synchronized void watch() {
        parts.enter();
        try {
            if (begun && !stopped && parts.has(Parts.NODES) && core.store.state() != Store.State.NEW) {
                core.nodes.watch(inboundQueue);
                // Now, not before: nodes that nobody watches begin nothing anew.
                inboundQueue.nodesReturned();
            }
        } finally {
            parts.leave();
        }
    }

    private void unwatch() {
        try {
            core.nodes.unwatch();
        } catch (AbsentException e) {
            LOG.debug("nothing is watched: {}", e.getMessage());
        }
    }

    private List<KnownNode> knownNodes() {
        try {
            return core.nodes.all();
        } catch (AbsentException e) {
            return List.of();
        }
    }

    private List<Transport> readyNodes(Network network) {
        try {
            return core.nodes.ready(network);
        } catch (AbsentException e) {
            return List.of();
        }
    }

    private <T> void came(Class<T> type, T part) {
        parts.put(type, part);
        beginIfComplete();
        // What waited for it, wherever it waits.
        inboundQueue.partsReturned();
        inboundQueue.retryParked();
        sender.kickAll();
    }

    /** What needs it waits from now on. */
    private <T> void went(Class<T> type, T part) {
        parts.remove(type, part);
    }

    private boolean isSettled(Network network) {
        return !inboundQueue.isDraining() && initialSyncGate.isSettled(network);
    }

    private void reload(VaultService vault) {
        core.lock.lock();
        try {
            vault.load();
            vault.workOff();
        } catch (StoreException e) {
            LOG.error("the open store could not be read, and was locked: {}", e.getMessage());
        } finally {
            core.lock.unlock();
        }
    }

    /** To be offered once the engine has begun. */
    private <T> void offer(Class<T> type, T service) {
        T patient = Patient.with(type, service);
        offered.add(() -> registrations.add(context.registerService(type, patient, new Hashtable<>())));
    }

    private static ScheduledExecutorService thread(String name) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        // What is to happen some time does not hold up a stop.
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }

    /** Channels that use a suite or a key derivation now; nothing while locked. */
    private List<String> users(String name) {
        core.lock.lock();
        try {
            Unlocked memory = core.unlocked();
            if (memory == null) {
                return List.of();
            }
            TreeSet<String> users = new TreeSet<>();
            for (ChannelMembership member : memory.conversations.members()) {
                if (member.entry.parameters().id().name().equals(name)) {
                    users.add(member.entry.name());
                }
            }
            for (ReceiveChainState track : memory.chains.all()) {
                String suite = core.suites.name(track.entry.suite());
                Conversation conversation = memory.conversations.find(track.entry.membership());
                if (suite.equals(name) && conversation != null) {
                    users.add(conversation.name());
                }
            }
            return List.copyOf(users);
        } finally {
            core.lock.unlock();
        }
    }

    @Deactivate
    void stop() {
        synchronized (this) {
            stopped = true;
        }
        registrations.forEach(ServiceRegistration::unregister);
        unwatch();
        sender.stop();
        inboundQueue.stop();
        stop(senderThread);
        stop(keeperThread);
        stop(eventThread);
        core.lock.lock();
        try {
            inboundQueue.settleWrites();
            Unlocked memory = core.unlocked();
            core.setUnlocked(null);
            if (memory != null) {
                continuity.leave();
                memory.close();
            }
        } finally {
            core.lock.unlock();
        }
        // What is still derived is nobody's any more.
        stop(derivationThreads);
        stop(receiverThread);
    }

    private static void stop(ExecutorService thread) {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(20, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
