package org.partyline.vault;

import static org.osgi.service.component.annotations.ReferenceCardinality.MULTIPLE;
import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.time.Clock;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.event.EventAdmin;
import org.partyline.api.Faults;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.Liveness;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.nodes.NodeListener;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.Forgetful;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.continuity.KeyUsed;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.EventHub;
import org.partyline.messaging.state.Notices;
import org.partyline.messaging.state.Offers;
import org.partyline.messaging.state.Protocols;
import org.partyline.messaging.state.ReadingServices;
import org.partyline.messaging.state.RequiredServices;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.state.StateOwner;
import org.partyline.messaging.state.StateParticipant;
import org.partyline.messaging.state.StateServices;
import org.partyline.messaging.state.ThreadWatchdog;
import org.partyline.messaging.state.Threads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last in the line of components: opens, locks and expires the store and its state in memory, through the
 * participants that stages publish. Names none of them; each may come and go, and work that needs it waits meanwhile.
 */
@Component(
        service = {},
        immediate = true)
public final class VaultComponent {
    private static final long KEEPER_SECONDS = 30;
    /** The interval of the check whether the first start waits for a stopped bundle. */
    private static final long START_SECONDS = 2;

    private static final Logger LOG = LoggerFactory.getLogger(VaultComponent.class);

    private final ScheduledExecutorService keeperThread;
    private final StateServices services;
    private final OperatorSettings settings;
    private final Bus bus;
    private final Protocols protocols;
    private final ReadingServices reading;
    private final StateKeeper keeper;
    private final StateGuard guard;
    final MaintenanceJob maintenanceJob;
    private final Continuity continuity;
    private final Runnable onSuites = this::suitesReturned;
    private final Function<String, List<String>> users = this::users;
    private final NodeListener nodeNews;
    private final VaultService vault;
    private final Offers offers = new Offers();
    private final List<Bus.Listening> listening;
    private final AutoCloseable following;
    private final RequiredServices all;
    private final Participants participants;
    /** Where the services for programs are published; null before it is started. */
    private @Nullable BundleContext context;

    private @Nullable ServiceRegistration<Liveness> liveness;
    private boolean begun;
    private boolean wasBooted;
    private boolean stopped;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile EventAdmin eventAdmin;

    /** Other holders of texts from the store: consoles. */
    @Reference(policyOption = GREEDY)
    private volatile List<Forgetful> forgetful = List.of();

    /** For Declarative Services. */
    @Activate
    public VaultComponent(@Reference StateServices services, @Reference TokenPlace tokens) {
        this(services, tokens, Threads.scheduled("partyline-keeper"));
    }

    VaultComponent(StateServices services, TokenPlace tokens, ScheduledExecutorService keeperThread) {
        this.services = services;
        this.keeperThread = keeperThread;
        settings = services.settings();
        protocols = services.protocols();
        guard = services.guard();
        Store store = services.store();
        Clock clock = services.clock();
        Notices notices = services.notices();
        EventHub events = notices.events();
        bus = notices.bus();
        reading = new ReadingServices(protocols);
        participants = new Participants(services.operations(), reading.needs());
        all = RequiredServices.of(
                protocols.pace, protocols.backupFile, protocols.coverTraffic, protocols.operatorSettings);
        continuity = new Continuity(store, guard, services.random(), clock, tokens, participants);
        guard.newestRows().onFound(() -> keeperThread.execute(this::mendPutBack));
        Runnable erasure = new TextErasure(() -> forgetful);
        // On another thread: holders of texts may wait for the lock.
        Runnable onUnreadable = () -> keeperThread.execute(erasure);
        keeper = new StateKeeper(store, guard, settings, protocols, events, participants, continuity, onUnreadable);
        vault = new VaultService(
                store, guard, services.recognition(), participants, notices.security(), keeper, erasure);
        maintenanceJob = new MaintenanceJob(guard, reading, notices.security(), participants, clock);
        EventPublisher publisher = new EventPublisher(() -> eventAdmin);
        nodeNews = new NodeEvents(notices, publisher, services.initialSync(), () -> bus.publish(new Bus.Retry()));
        following = events.follow(Messages.Query.ALL, publisher::publish);
        listening = List.of(
                // Includes services that a stage obtains for itself.
                bus.on(Bus.PartsReturned.class, returned -> beginIfComplete()),
                bus.within(Bus.Outdated.class, outdated -> reloadOutdated()),
                bus.within(KeyUsed.class, used -> continuity.step(used.tx(), used.after())));
        offers.add(Vault.class, vault);
    }

    /**
     * Begins as soon as everything is available, in whatever order the bundles start, or without a bundle that is
     * stopped.
     */
    @Activate
    void start(BundleContext published) {
        context = published;
        beginIfComplete();
        lookAgain();
    }

    private void beginIfComplete() {
        if (all.areHere() && participants.areAllHere()) {
            begin();
        }
    }

    private synchronized void lookAgain() {
        if (begun || stopped) {
            return;
        }
        keeperThread.schedule(
                () -> {
                    // It was also true two seconds ago: the bundles have finished starting.
                    boolean ready = wasBooted;
                    wasBooted = services.operations().hasBooted();
                    if (ready) {
                        begin();
                    }
                    lookAgain();
                },
                START_SECONDS,
                TimeUnit.SECONDS);
    }

    /** Continues once started, whichever service disappears. */
    synchronized void begin() {
        if (begun || stopped || context == null || !isSettingsKnown()) {
            return;
        }
        begun = true;
        ThreadWatchdog beats = new ThreadWatchdog(Map.of("keeper", keeperThread), System::nanoTime);
        liveness = context.registerService(
                Liveness.class, beats::failure, new Hashtable<>(Map.of(Liveness.PART, "vault")));
        keeperThread.scheduleWithFixedDelay(maintenanceJob::round, KEEPER_SECONDS, KEEPER_SECONDS, TimeUnit.SECONDS);
        if (guard.isOpen() && participants.areHere()) {
            reload();
        }
        offers.publish(context, bus);
    }

    private boolean isSettingsKnown() {
        try {
            settings.get();
            return true;
        } catch (AbsentException e) {
            return false;
        }
    }

    /** The services that programs call. */
    Offers offers() {
        return offers;
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setNodeDirectory(NodeDirectory service) {
        service.listen(nodeNews);
    }

    public void unsetNodeDirectory(NodeDirectory service) {
        service.unlisten(nodeNews);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setSuiteDirectory(SuiteDirectory service) {
        service.setUsers(users);
        service.onChange(onSuites);
    }

    public void unsetSuiteDirectory(SuiteDirectory service) {
        service.removeListener(onSuites);
        service.setUsers(name -> List.of());
    }

    /** Continues work that waited for a suite. */
    private void suitesReturned() {
        bus.publish(new Bus.PartsReturned());
    }

    @Reference(cardinality = MULTIPLE, policy = DYNAMIC)
    public void addStateOwner(StateOwner owner) {
        participants.add(owner);
        beginIfComplete();
    }

    public void removeStateOwner(StateOwner owner) {
        participants.remove(owner);
    }

    @Reference(cardinality = MULTIPLE, policy = DYNAMIC)
    public void addStateParticipant(StateParticipant participant) {
        participants.add(participant);
        beginIfComplete();
    }

    public void removeStateParticipant(StateParticipant participant) {
        participants.remove(participant);
    }

    private void reload() {
        guard.lock();
        try {
            keeper.load();
            participants.opened();
        } catch (StoreException | RuntimeException e) {
            LOG.error("the open store could not be read, and was locked: {}", Faults.reason(e));
        } finally {
            guard.unlock();
        }
    }

    private void reloadOutdated() throws StoreException {
        // A participant that fails locks the store.
        participants.require();
        keeper.reload();
    }

    /**
     * Called when old data was restored into the store while it is open: nothing is sealed until all of it was read
     * again and repaired.
     */
    private void mendPutBack() {
        guard.lock();
        try {
            if (guard.isLoaded() && guard.newestRows().found().isPresent()) {
                LOG.error(
                        "another process changed the store: {}",
                        guard.newestRows().found().get());
                keeper.reload();
                participants.opened();
            }
        } catch (StoreException | RuntimeException e) {
            LOG.error("the open store could not be read, and was locked: {}", Faults.reason(e));
        } finally {
            guard.unlock();
        }
    }

    /** Returns the channels that use a suite or a key derivation now; none while locked. */
    private List<String> users(String name) {
        guard.lock();
        try {
            if (!guard.isLoaded()) {
                return List.of();
            }
            TreeSet<String> users = new TreeSet<>();
            for (ChannelMembership member : services.people().conversations.members()) {
                if (member.entry.parameters().id().name().equals(name)) {
                    users.add(member.entry.name());
                }
            }
            for (ReceiveChainState chain : services.recognition().chains.all()) {
                String suite = protocols.suites.service().name(chain.entry.suite());
                Conversation conversation = services.people().conversations.find(chain.entry.membership());
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
        offers.close();
        listening.forEach(Bus.Listening::close);
        // Objects that outlive this bundle must not call it any more, nor hold texts of an open store.
        guard.newestRows().onFound(() -> {});
        try {
            following.close();
        } catch (Exception e) {
            LOG.warn("a subscription could not be closed: {}", Faults.reason(e));
        }
        services.notices().events().forget();
        synchronized (this) {
            if (liveness != null) {
                // Threads that are stopped are no failure.
                liveness.unregister();
            }
        }
        Threads.stop(keeperThread);
        guard.lock();
        try {
            boolean loaded = guard.isLoaded();
            try {
                guard.wipe();
            } finally {
                if (loaded) {
                    continuity.leave();
                }
            }
        } finally {
            guard.unlock();
        }
    }
}
