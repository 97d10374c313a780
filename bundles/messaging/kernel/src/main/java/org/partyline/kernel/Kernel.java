package org.partyline.kernel;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
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
import org.partyline.api.crypto.Kem;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.health.Liveness;
import org.partyline.api.identity.BackupFile;
import org.partyline.api.identity.Identities;
import org.partyline.api.metrics.Backlog;
import org.partyline.api.metrics.StageMeter;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.nodes.NodeListener;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.LegacyReader;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.schedule.Pace;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.LastSettings;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.Forgetful;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.kernel.vault.Continuity;
import org.partyline.kernel.vault.PresentReception;
import org.partyline.kernel.vault.StateKeeper;
import org.partyline.kernel.vault.StateLoader;
import org.partyline.kernel.vault.TokenDirectory;
import org.partyline.kernel.vault.TokenPlace;
import org.partyline.kernel.vault.VaultService;
import org.partyline.messaging.continuity.KeyUse;
import org.partyline.messaging.continuity.Mending;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.delivery.Departures;
import org.partyline.messaging.kernel.AbsentException;
import org.partyline.messaging.kernel.Beats;
import org.partyline.messaging.kernel.Bus;
import org.partyline.messaging.kernel.EventHub;
import org.partyline.messaging.kernel.Meter;
import org.partyline.messaging.kernel.Notices;
import org.partyline.messaging.kernel.Parts;
import org.partyline.messaging.kernel.Reload;
import org.partyline.messaging.kernel.SecurityLog;
import org.partyline.messaging.kernel.Stage;
import org.partyline.messaging.kernel.StageContext;
import org.partyline.messaging.kernel.StateGuard;
import org.partyline.messaging.kernel.Threads;
import org.partyline.messaging.kernel.Unlocked;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.sessions.Rotation;
import org.partyline.messaging.sessions.SessionChains;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernel: takes up the stages that bundles bring, and offers what they offer to programs. Without a store there is none; any other bundle
 * may go and come back, and what needs it waits meanwhile.
 */
@Component(
        service = {},
        immediate = true)
public final class Kernel {
    private static final long KEEPER_SECONDS = 30;
    /** How often it is looked whether the first start waits for a part whose bundle is stopped. */
    private static final long START_SECONDS = 2;
    /** What programs call stands there. */
    private static final Set<String> PROGRAMS = Set.of(Vault.class.getPackageName(), Backlog.class.getPackageName());

    private static final Logger LOG = LoggerFactory.getLogger(Kernel.class);

    private final ScheduledExecutorService eventThread = Threads.scheduled("partyline-events");
    private final ScheduledExecutorService keeperThread = Threads.scheduled("partyline-keeper");
    /** What programs call, and the bundles that bring it; offered once all has begun. */
    private final Map<Stage, List<ServiceRegistration<?>>> stages = new LinkedHashMap<>();

    private final Parts parts;
    private final LastSettings settings;
    private final BundleContext context;
    private final Bus bus = new Bus();
    final StageContext stageContext;
    private final StateKeeper keeper;
    private final Meter meter;
    private final NodeDirectory nodes;
    private final SuiteDirectory suites;
    final StateGuard guard;
    final MaintenanceJob maintenanceJob;
    private final Continuity continuity;
    private final Runnable onSuites;
    private final Function<String, List<String>> users = this::users;
    private final NodeListener nodeNews;
    private final VaultService vault;
    private final BooleanSupplier booted;
    /** Who takes what nodes tell; null while its bundle is not running. */
    private Reception reception;

    /** Networks that a node was found to be on another chain of, while nobody read. */
    private final Set<Network> distrusted = ConcurrentHashMap.newKeySet();

    private ServiceRegistration<StageContext> kernel;
    private ServiceRegistration<Liveness> liveness;
    private boolean begun;
    private boolean wasBooted;
    private boolean stopped;

    private volatile LegacyReader legacyReader;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile EventAdmin eventAdmin;

    /** Who holds words of the store beside the stages: consoles. */
    @Reference(policyOption = ReferencePolicyOption.GREEDY)
    private volatile List<Forgetful> forgetful = List.of();

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
        bus.publish(new Bus.PartsReturned());
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
    void setMeter(StageMeter listener) {
        meter.tell(listener);
    }

    void unsetMeter(StageMeter listener) {
        meter.untell(listener);
    }

    /** A bundle brings a part of the way of a message. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addStage(Stage stage) {
        parts.put(stage.offers());
        synchronized (this) {
            stages.put(stage, new ArrayList<>());
            stage.offers().stream()
                    .filter(offer -> offer.type() == Reception.class)
                    .forEach(offer -> reception = (Reception) offer.service());
            if (begun && !stopped) {
                register(stage);
            }
        }
        returned();
        watch();
    }

    /** What needs it waits from now on. */
    void removeStage(Stage stage) {
        List<ServiceRegistration<?>> registered;
        synchronized (this) {
            registered = stages.remove(stage);
            boolean reads = stage.offers().stream().anyMatch(offer -> offer.service() == reception);
            if (reads) {
                unwatch();
                reception = null;
            }
        }
        if (registered != null) {
            // Not under the monitor: who is told may wait for someone who wants it.
            registered.forEach(ServiceRegistration::unregister);
        }
        parts.remove(stage.offers());
    }

    private void register(Stage stage) {
        for (Stage.Offer<?> offer : stage.offers()) {
            if (PROGRAMS.contains(offer.type().getPackageName()) || offer.type() == HealthCheck.class) {
                stages.get(stage).add(register(offer));
            }
        }
    }

    /** Programs meet a service of ours that may be unavailable as one that says so. */
    private <T> ServiceRegistration<T> register(Stage.Offer<T> offer) {
        return context.registerService(offer.type(), Patient.with(offer.type(), offer.service()), new Hashtable<>());
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
    void setKem(Kem part) {
        came(Kem.class, part);
    }

    void unsetKem(Kem part) {
        went(Kem.class, part);
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
    void setPace(Pace part) {
        came(Pace.class, part);
    }

    void unsetPace(Pace part) {
        went(Pace.class, part);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setCover(Cover part) {
        parts.put(Cover.class, part);
    }

    void unsetCover(Cover part) {
        parts.remove(Cover.class, part);
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

    /** For Declarative Services. */
    @Activate
    public Kernel(
            @Reference Store store,
            @Reference TokenDirectory tokens,
            @Reference BundleWatch bundles,
            BundleContext context) {
        this(
                store,
                new Parts(bundles, KernelParts.PROVIDERS),
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
    Kernel(
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
                parts.missing(List.of(OperatorSettings.class)).orElse("the settings have not been read yet")));
        this.context = context;
        EventHub events =
                new EventHub(eventThread, () -> settings.get().reading().reorderHold());
        guard = new StateGuard(store, parts);
        Notices notices = new Notices(bus, events, new SecurityLog(() -> Optional.ofNullable(auditLog), clock));
        stageContext = new StageContext(
                store, guard, parts, settings, () -> Optional.ofNullable(legacyReader), clock, random, notices);
        meter = stageContext.meter();
        nodes = parts.reference(NodeDirectory.class);
        suites = parts.reference(SuiteDirectory.class);
        Reception reading = parts.reference(Reception.class);
        PersonaKeyStore personaKeyStore = parts.reference(PersonaKeyStore.class);
        continuity = new Continuity(store, guard, random, clock, tokens, parts.reference(Mending.class));
        guard.newestRows().onFound(() -> keeperThread.execute(this::mendPutBack));
        PresentReception present = new PresentReception(parts, reading);
        StateLoader loader = new StateLoader(
                clock,
                parts.reference(ChannelKeys.class),
                parts.reference(Chains.class),
                events,
                personaKeyStore,
                parts.reference(SessionChains.class),
                present);
        keeper = new StateKeeper(store, guard, settings, parts, events, loader, continuity, present);
        vault = new VaultService(
                store,
                guard,
                parts,
                notices.security(),
                keeper,
                present,
                parts.reference(Departures.class),
                new AfterChange(this::watch, () -> forgetful));
        SessionUpkeep sessions = new SessionUpkeep(
                guard,
                bus,
                parts.reference(HandshakeManager.class),
                parts.reference(KeyUpdates.class),
                parts.reference(Rotation.class),
                personaKeyStore);
        ChainUpkeep chains = new ChainUpkeep(guard, clock, events, reading, parts.reference(Inbox.class));
        maintenanceJob = new MaintenanceJob(guard, clock, settings, parts, notices, reading, sessions, chains);
        onSuites = this::returned;
        EventPublisher publisher = new EventPublisher(() -> eventAdmin);
        nodeNews = new NodeNews(notices, publisher, this::distrust, () -> bus.publish(new Bus.Retry()));
        events.follow(Messages.Query.ALL, publisher::publish);
        // Also what a stage opens for itself.
        bus.on(Bus.PartsReturned.class, returned -> beginIfComplete());
        List<Stage.Offer<?>> own = List.of(
                new Stage.Offer<>(KeyUse.class, continuity),
                new Stage.Offer<>(Reload.class, keeper),
                new Stage.Offer<>(Vault.class, vault),
                new Stage.Offer<>(HealthCheck.class, new CoverCheck(guard, parts)));
        addStage(() -> own);
    }

    /** Begins as soon as all parts are there, which bundles provide that start in whichever order; or without one that is stopped. */
    @Activate
    void start() {
        kernel = context.registerService(StageContext.class, stageContext, new Hashtable<>());
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
        Beats beats = new Beats(Map.of("events", eventThread, "keeper", keeperThread), System::nanoTime);
        liveness = context.registerService(
                Liveness.class, beats::failure, new Hashtable<>(Map.of(Liveness.PART, "kernel")));
        // A node that could not tell where to begin may tell now.
        keeperThread.scheduleWithFixedDelay(this::reread, KEEPER_SECONDS, KEEPER_SECONDS, TimeUnit.SECONDS);
        keeperThread.scheduleWithFixedDelay(maintenanceJob::round, KEEPER_SECONDS, KEEPER_SECONDS, TimeUnit.SECONDS);
        if (guard.isOpen() && parts.has(parts.reading())) {
            reload();
        }
        watch();
        stages.keySet().forEach(this::register);
    }

    /** Reads by the nodes that are here, from where it stopped. */
    private synchronized void watch() {
        parts.enter();
        try {
            if (begun && !stopped && reception != null && parts.has(Parts.NODES) && !guard.isNew()) {
                nodes.watch(reception);
                // Now, not before: nodes that nobody watches begin nothing anew.
                reception.nodesReturned();
                Set<Network> late = Set.copyOf(distrusted);
                distrusted.removeAll(late);
                // It may have to wait for what was told before.
                late.forEach(network -> keeperThread.execute(() -> distrust(network)));
            }
        } finally {
            parts.leave();
        }
    }

    private synchronized void reread() {
        if (reception != null) {
            reception.reread();
        }
    }

    private void unwatch() {
        try {
            nodes.unwatch();
        } catch (AbsentException e) {
            LOG.debug("nothing is watched: {}", e.getMessage());
        }
    }

    private void distrust(Network network) {
        try {
            parts.reference(Reception.class).distrust(network);
        } catch (AbsentException e) {
            // Nodes do not tell it again.
            distrusted.add(network);
            LOG.debug("a node event is handled later: {}", e.getMessage());
        }
    }

    private <T> void came(Class<T> type, T part) {
        parts.put(type, part);
        returned();
    }

    /** What waited for it, wherever it waits, goes on. */
    private void returned() {
        beginIfComplete();
        bus.publish(new Bus.PartsReturned());
    }

    /** What needs it waits from now on. */
    private <T> void went(Class<T> type, T part) {
        parts.remove(type, part);
    }

    private void reload() {
        guard.lock();
        try {
            keeper.load();
            vault.workOff();
        } catch (StoreException e) {
            LOG.error("the open store could not be read, and was locked: {}", e.getMessage());
        } finally {
            guard.unlock();
        }
    }

    /** Something of the store was put back while it is open: nothing is sealed until all of it is read anew, and mended. */
    private void mendPutBack() {
        guard.lock();
        try {
            if (guard.unlocked() != null && guard.newestRows().found().isPresent()) {
                LOG.error(
                        "another process changed the store: {}",
                        guard.newestRows().found().get());
                keeper.reload();
                vault.workOff();
            }
        } catch (StoreException e) {
            LOG.error("the open store could not be read, and was locked: {}", e.getMessage());
        } finally {
            guard.unlock();
        }
    }

    /** Channels that use a suite or a key derivation now; nothing while locked. */
    private List<String> users(String name) {
        guard.lock();
        try {
            Unlocked memory = guard.unlocked();
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
                String suite = suites.name(track.entry.suite());
                Conversation conversation = memory.conversations.find(track.entry.membership());
                if (suite.equals(name) && conversation != null) {
                    users.add(conversation.name());
                }
            }
            return List.copyOf(users);
        } finally {
            guard.unlock();
        }
    }

    @Deactivate
    void stop() {
        synchronized (this) {
            stopped = true;
        }
        // The stages of other bundles go with what they are made of.
        if (kernel != null) {
            kernel.unregister();
        }
        unwatch();
        synchronized (this) {
            stages.values().forEach(own -> own.forEach(ServiceRegistration::unregister));
            stages.clear();
            if (liveness != null) {
                // Threads that are stopped are no failure.
                liveness.unregister();
            }
        }
        Threads.stop(keeperThread);
        Threads.stop(eventThread);
        guard.lock();
        try {
            Unlocked memory = guard.unlocked();
            guard.setUnlocked(null);
            if (memory != null) {
                continuity.leave();
                memory.close();
            }
        } finally {
            guard.unlock();
        }
    }
}
