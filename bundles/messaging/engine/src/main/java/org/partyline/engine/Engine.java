package org.partyline.engine;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.osgi.framework.BundleContext;
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
import org.partyline.api.identity.BackupFile;
import org.partyline.api.identity.Identities;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.LegacyReader;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.session.Handshakes;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
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

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    private final ScheduledExecutorService senderThread = thread("partyline-sender");
    private final ScheduledExecutorService eventThread = thread("partyline-events");
    private final ScheduledExecutorService keeperThread = thread("partyline-keeper");
    private final ScheduledExecutorService nodeThread = thread("partyline-nodewatch");
    private final ExecutorService derivationThreads = Executors.newFixedThreadPool(DERIVATIONS, task -> {
        Thread thread = new Thread(task, "partyline-derivations");
        thread.setDaemon(true);
        return thread;
    });
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final List<Runnable> offered = new ArrayList<>();
    private final Parts parts;
    private final BundleContext context;
    final Core core;
    final Intake intake;
    private final Settling settling;
    final Sender sender;
    final Keeper keeper;
    final NodeWatch nodeWatch;
    private final Continuity continuity;
    private final Runnable onSuites;
    private final Runnable onNodes;
    private final Runnable onSettings;
    private final Runnable startNodeRounds;
    private final VaultService vault;
    private final BooleanSupplier booted;
    private boolean begun;
    private boolean wasBooted;
    private boolean stopped;

    private volatile LegacyReader legacyReader;

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
        intake.retryParked();
    }

    void unsetLegacyReader(LegacyReader reader) {
        if (legacyReader == reader) {
            legacyReader = null;
        }
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
    void setFeeMath(FeeMath part) {
        came(FeeMath.class, part);
    }

    void unsetFeeMath(FeeMath part) {
        went(FeeMath.class, part);
    }

    /** For Declarative Services. */
    @Activate
    public Engine(
            @Reference Store store,
            @Reference SuiteRegistry suites,
            @Reference NodeRegistry nodes,
            @Reference SettingsKeeper settings,
            @Reference TokenDirectory tokens,
            @Reference BundleWatch bundles,
            BundleContext context) {
        this(
                store,
                new Parts(bundles),
                suites,
                nodes,
                settings,
                context,
                Clock.systemUTC(),
                new SecureRandom(),
                tokens,
                bundles::hasBooted);
    }

    /**
     * @param parts what bundles provide that may come later, and go
     * @param booted whether all was started that starts by itself: what is missing then is stopped
     */
    Engine(
            Store store,
            Parts parts,
            SuiteRegistry suites,
            NodeRegistry nodes,
            SettingsKeeper settings,
            BundleContext context,
            Clock clock,
            SecureRandom random,
            TokenPlace tokens,
            BooleanSupplier booted) {
        this.booted = booted;
        this.parts = parts;
        this.context = context;
        Timing timing = parts.face(Timing.class);
        FeeMath feeMath = parts.face(FeeMath.class);
        BackupFile backupFile = parts.face(BackupFile.class);
        EventHub events = new EventHub(eventThread, () -> settings.get().reorderHold());
        core = new Core(
                store,
                parts,
                suites,
                nodes,
                settings,
                () -> Optional.ofNullable(legacyReader),
                clock,
                random,
                events,
                () -> Optional.ofNullable(auditLog));
        ScanPosition position = new ScanPosition(store, nodes);
        FeePolicy fees = new FeePolicy(settings, nodes, feeMath, random);
        Travel travel = new Travel(core);
        Outbox outbox = new Outbox(core, travel);
        Inbox inbox = new Inbox(core);
        SessionVoice voice = new SessionVoice(core, inbox);
        SessionChains sessionChains = new SessionChains(core);
        KeyNews news = new KeyNews(core, voice);
        Pairing pairing = new Pairing(core, voice, sessionChains, new Callers(core, voice), news);
        KeyUpdates updates = new KeyUpdates(core, voice, sessionChains, pairing);
        Faces faces = new Faces(core);
        Rotation rotation = new Rotation(core, pairing, news, updates, faces);
        PacketSizes sizes = new PacketSizes(core);
        continuity = new Continuity(store, random, clock, tokens, new Rollback(core, voice, sessionChains, pairing));
        Sealer sealer = new Sealer(
                core,
                sizes,
                new SessionSealer(core, pairing, sessionChains, updates, news, this::isSettled, continuity));
        Departures departures = new Departures(core, timing);
        Spending spending = new Spending(core, feeMath, departures::isCovered);
        Rolls rolls = new Rolls(core);
        HeldChange held = new HeldChange(core, rolls);
        RollClosing closing = new RollClosing(core, outbox, travel, rolls, held);
        Roller roller = new Roller(core, outbox, fees, spending, travel, rolls, closing, held, position::isCaughtUp);
        Carriers carriers = new Carriers();
        CoverRunner cover = new CoverRunner(core, outbox, sizes, fees, carriers, departures, spending, timing);
        Recaller recaller = new Recaller(core, outbox, carriers);
        Reservations coins = new Reservations(core, carriers);
        Slots slots = new Slots(core, departures, cover);
        carriers.add(new ConfirmCarrier(
                travel,
                fees,
                slots,
                new PacketPayment(core, outbox, fees, spending, coins),
                new Handover(core, outbox, travel, sealer, coins, position::isCaughtUp),
                new PacketReplacement(core, outbox, travel, fees, spending)));
        carriers.add(new RollingCarrier(core, outbox, fees, slots, departures, roller, rolls, position::isCaughtUp));
        Dispatcher dispatcher = new Dispatcher(core, outbox, travel, departures, spending, carriers);
        sender = new Sender(
                core,
                outbox,
                travel,
                sizes,
                sealer,
                departures,
                roller,
                closing,
                held,
                cover,
                recaller,
                dispatcher,
                carriers,
                coins,
                senderThread);
        core.covered = (memory, id) -> {
            Conversation conversation = memory.conversation(id);
            return conversation != null && departures.isCovered(conversation.persona(), conversation.network());
        };
        core.kick = sender::kick;
        core.kickAll = sender::kickAll;
        core.release = sender::releaseSoon;
        core.mined = sender::minedSoon;
        Derivations derivations = new Derivations(core, derivationThreads, DERIVATIONS);
        PacketWriter writer = new PacketWriter(store, clock, () -> core.memory() != null);
        PacketOpener opener = new PacketOpener(core);
        Signers signers = new Signers(core);
        Recogniser recogniser = new Recogniser(
                core,
                inbox,
                outbox,
                pairing,
                new ChainPackets(
                        core, inbox, opener, signers, pairing, updates, new Controls(core, voice, pairing, news)),
                new SealedPackets(core, inbox, opener, signers, derivations),
                new InboxPackets(core, opener, pairing),
                new LegacyPackets(core, inbox, new LegacyWarning()),
                writer);
        intake = new Intake(
                core,
                recogniser,
                position,
                new Reorganisation(core, outbox),
                writer,
                new Rereading(core, position),
                derivations,
                sender::kickAll);
        derivations.onDerived = intake::wake;
        derivations.onMore = intake::retryParked;
        settling = new Settling(nodes, position, clock, intake::soon, sender::kickAll);
        intake.settling = settling;
        keeper = new Keeper(
                core,
                position,
                intake::isDraining,
                intake::retryUnmatched,
                pairing,
                updates,
                rotation,
                faces,
                derivations);
        vault = new VaultService(core, faces, intake, sender, sessionChains, continuity);
        intake.remake = vault::reload;
        onSuites = () -> {
            intake.retryParked();
            sender.kickAll();
        };
        onNodes = sender::kickAll;

        EventPublisher publisher = new EventPublisher(() -> eventAdmin);
        nodeWatch = new NodeWatch(nodes, settings, clock, new NodeNews(core, publisher, intake::distrust));
        events.follow(Messages.Query.ALL, publisher::publish);
        Rounds nodeRounds = new Rounds(
                nodeThread, nodeWatch::round, () -> settings.get().nodeRules().check());
        onSettings = nodeRounds::changed;
        startNodeRounds = nodeRounds::start;
        offer(Vault.class, vault);
        offer(Personas.class, new PersonaService(core, faces, rotation, intake, sender));
        offer(Contacts.class, new ContactService(core, faces, intake, sender, pairing));
        offer(Sessions.class, new SessionService(core, pairing));
        offer(Backups.class, new BackupService(core, backupFile, faces, pairing, intake));
        offer(Channels.class, new ChannelService(core, intake, sender));
        offer(
                Messages.class,
                new MessageService(
                        core,
                        outbox,
                        sizes,
                        sealer,
                        sender,
                        new Prospects(core, fees, carriers),
                        new Inspector(core, opener),
                        pairing,
                        recaller));
        offer(Fees.class, new FeeService(core, fees, spending));
        CoverService coverService = new CoverService(core, cover, spending, timing);
        offer(Cover.class, coverService);
        NetworkFile networkFile = new NetworkFile(
                Optional.ofNullable(context.getProperty("karaf.etc")).map(Path::of));
        offer(Privacy.class, new PrivacyService(core, fees, coverService, networkFile));
        offer(Wallets.class, new WalletService(core));
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
    private synchronized void begin() {
        if (begun || stopped) {
            return;
        }
        begun = true;
        core.suites.setUsers(this::users);
        core.suites.onChange(onSuites);
        core.nodes.onChange(onNodes);
        intake.start();
        sender.start();
        keeperThread.scheduleWithFixedDelay(keeper::round, KEEPER_SECONDS, KEEPER_SECONDS, TimeUnit.SECONDS);
        // A node that could not tell where to begin may tell now.
        keeperThread.scheduleWithFixedDelay(intake::reread, KEEPER_SECONDS, KEEPER_SECONDS, TimeUnit.SECONDS);
        startNodeRounds.run();
        core.settings.onChange(onSettings);
        if (core.store.state() == Store.State.OPEN && parts.has(Parts.READING)) {
            reload(vault);
        }
        if (core.store.state() != Store.State.NEW) {
            core.nodes.watch(intake);
        }
        offered.forEach(Runnable::run);
    }

    private <T> void came(Class<T> type, T part) {
        parts.put(type, part);
        beginIfComplete();
        // What waited for it, wherever it waits.
        intake.partsReturned();
        intake.retryParked();
        sender.kickAll();
    }

    /** What needs it waits from now on. */
    private <T> void went(Class<T> type, T part) {
        parts.remove(type, part);
    }

    private boolean isSettled(Network network) {
        return !intake.isDraining() && settling.isSettled(network);
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
            Memory memory = core.memory();
            if (memory == null) {
                return List.of();
            }
            TreeSet<String> users = new TreeSet<>();
            for (Member member : memory.members()) {
                if (member.entry.parameters().id().name().equals(name)) {
                    users.add(member.entry.name());
                }
            }
            for (Track track : memory.tracks()) {
                String suite = core.suites.name(track.entry.suite());
                Conversation conversation = memory.conversation(track.entry.membership());
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
        core.suites.removeListener(onSuites);
        core.nodes.removeListener(onNodes);
        core.settings.removeListener(onSettings);
        core.suites.setUsers(name -> List.of());
        core.nodes.unwatch();
        sender.stop();
        intake.stop();
        stop(senderThread);
        stop(nodeThread);
        stop(keeperThread);
        stop(eventThread);
        core.lock.lock();
        try {
            intake.settleWrites();
            Memory memory = core.memory();
            core.setMemory(null);
            if (memory != null) {
                continuity.leave();
                memory.close();
            }
        } finally {
            core.lock.unlock();
        }
        // What is still derived is nobody's any more.
        stop(derivationThreads);
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
