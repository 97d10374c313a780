package org.partyline.vault;

import java.time.Clock;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.health.Liveness;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.nodes.NodeListener;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.Forgetful;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.continuity.KeyUsed;
import org.partyline.messaging.continuity.Mending;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.sessions.Rotation;
import org.partyline.messaging.sessions.SessionChains;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.EventHub;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.Notices;
import org.partyline.messaging.state.Offers;
import org.partyline.messaging.state.Protocols;
import org.partyline.messaging.state.ReadingServices;
import org.partyline.messaging.state.RequiredServices;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.state.StateServices;
import org.partyline.messaging.state.ThreadWatchdog;
import org.partyline.messaging.state.Threads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The top of the line: opens the store and its state in memory, advances time, and connects nodes with the receiving
 * side. Any other bundle may go and come back, and what needs it waits meanwhile.
 */
@Component(
        service = {},
        immediate = true)
public final class VaultComponent {
    private static final long KEEPER_SECONDS = 30;
    /** How often it is looked whether the first start waits for a bundle that is stopped. */
    private static final long START_SECONDS = 2;

    private static final Logger LOG = LoggerFactory.getLogger(VaultComponent.class);

    private final ScheduledExecutorService keeperThread = Threads.scheduled("partyline-keeper");
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
    private final Live<Reception> reception;
    private final Live<Outbox> outbox;
    private final Live<Inbox> inbox;
    private final Live<PersonaKeyStore> personaKeyStore;
    private final Live<SessionChains> sessionChains;
    private final Live<HandshakeManager> handshakeManager;
    private final Live<KeyUpdates> keyUpdates;
    private final Live<Rotation> rotation;
    private final Live<Mending> mending;
    private final Live<SendQueue> sendQueue;

    /** The nodes whose reader receives events; null while their bundle is not running. */
    private NodeDirectory directory;
    /** Receives node events; null while its bundle is not running. */
    private Reception reader;
    /** Where what programs call is published; null before it is started. */
    private BundleContext context;

    /** Networks that a node was found to be on another chain of, while nobody read. */
    private final Set<Network> distrusted = ConcurrentHashMap.newKeySet();

    private ServiceRegistration<Liveness> liveness;
    private boolean begun;
    private boolean wasBooted;
    private boolean stopped;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile EventAdmin eventAdmin;

    /** Other holders of words from the store: consoles. */
    @Reference(policyOption = ReferencePolicyOption.GREEDY)
    private volatile List<Forgetful> forgetful = List.of();

    /** For Declarative Services. */
    @Activate
    public VaultComponent(@Reference StateServices services, @Reference TokenPlace tokens) {
        this.services = services;
        settings = services.settings();
        protocols = services.protocols();
        guard = services.guard();
        Store store = services.store();
        Clock clock = services.clock();
        Notices notices = services.notices();
        EventHub events = notices.events();
        bus = notices.bus();
        reception = services.live(Reception.class);
        outbox = services.live(Outbox.class);
        inbox = services.live(Inbox.class);
        personaKeyStore = services.live(PersonaKeyStore.class);
        sessionChains = services.live(SessionChains.class);
        handshakeManager = services.live(HandshakeManager.class);
        keyUpdates = services.live(KeyUpdates.class);
        rotation = services.live(Rotation.class);
        mending = services.live(Mending.class);
        sendQueue = services.live(SendQueue.class);
        reading = new ReadingServices(protocols, outbox, handshakeManager);
        all = reading.needs()
                .and(reception, inbox, personaKeyStore, sessionChains, keyUpdates, rotation, mending, sendQueue)
                .and(protocols.pace, protocols.backupFile, protocols.coverTraffic, protocols.operatorSettings);
        continuity = new Continuity(store, guard, services.random(), clock, tokens, mending.service());
        guard.newestRows().onFound(() -> keeperThread.execute(this::mendPutBack));
        StateLoader loader = new StateLoader(
                services.people(),
                services.recognition(),
                clock,
                protocols.channelKeys.service(),
                protocols.chains.service(),
                events,
                personaKeyStore.service(),
                sessionChains.service());
        keeper = new StateKeeper(store, guard, settings, protocols, events, loader, continuity, reception);
        vault = new VaultService(
                store,
                guard,
                reading.needs(),
                notices.security(),
                keeper,
                reception,
                sendQueue,
                new AfterChange(this::watch, () -> forgetful));
        SessionUpkeep sessions = new SessionUpkeep(
                guard,
                bus,
                handshakeManager.service(),
                keyUpdates.service(),
                rotation.service(),
                personaKeyStore.service());
        ChainUpkeep chains =
                new ChainUpkeep(guard, services.recognition(), clock, events, reception.service(), inbox.service());
        maintenanceJob = new MaintenanceJob(
                guard,
                reading,
                notices.security(),
                reception,
                sessions,
                chains,
                new ChannelDays(guard, services.recognition(), clock, settings, bus, reception),
                new RecordExpiry(
                        guard, services.recognition(), new MessageCounts(guard, services.summaries(), clock), clock));
        EventPublisher publisher = new EventPublisher(() -> eventAdmin);
        nodeNews = new NodeEvents(notices, publisher, this::distrust, () -> bus.publish(new Bus.Retry()));
        following = events.follow(Messages.Query.ALL, publisher::publish);
        listening = List.of(
                // Also what a stage opens for itself.
                bus.on(Bus.PartsReturned.class, returned -> beginIfComplete()),
                bus.within(Bus.Outdated.class, outdated -> keeper.reload()),
                bus.within(KeyUsed.class, used -> continuity.step(used.tx(), used.after())));
        offers.add(Vault.class, vault);
        offers.add(HealthCheck.class, new CoverCheck(guard, services.coverSlots(), protocols.coverTraffic));
    }

    /** Begins as soon as all is there, which bundles provide that start in whichever order; or without one that is stopped. */
    @Activate
    void start(BundleContext published) {
        context = published;
        beginIfComplete();
        lookAgain();
    }

    private void beginIfComplete() {
        if (all.areHere()) {
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
        // A node that could not tell where to begin may tell now.
        keeperThread.scheduleWithFixedDelay(this::reread, KEEPER_SECONDS, KEEPER_SECONDS, TimeUnit.SECONDS);
        keeperThread.scheduleWithFixedDelay(maintenanceJob::round, KEEPER_SECONDS, KEEPER_SECONDS, TimeUnit.SECONDS);
        if (guard.isOpen() && reading.needs().areHere()) {
            reload();
        }
        watch();
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

    /** What programs call. */
    Offers offers() {
        return offers;
    }

    /** Reads by the nodes that are here, from where it stopped. */
    private synchronized void watch() {
        if (begun && !stopped && reader != null && directory != null && !guard.isNew()) {
            directory.watch(reader);
            // Now, not before: nodes that nobody watches begin nothing anew.
            reader.nodesReturned();
            Set<Network> late = Set.copyOf(distrusted);
            distrusted.removeAll(late);
            // It may have to wait for earlier events.
            late.forEach(network -> keeperThread.execute(() -> distrust(network)));
        }
    }

    private synchronized void reread() {
        if (reader != null) {
            reader.reread();
        }
    }

    private void distrust(Network network) {
        try {
            reception.service().distrust(network);
        } catch (AbsentException e) {
            // Nodes do not tell it again.
            distrusted.add(network);
            LOG.debug("a node event is handled later: {}", e.reason());
        }
    }

    private <T> void added(Live<T> live, T service) {
        live.set(service);
        beginIfComplete();
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setReception(Reception service) {
        added(reception, service);
        synchronized (this) {
            reader = service;
        }
        watch();
    }

    /** What nodes tell waits for the next one. */
    public void unsetReception(Reception service) {
        synchronized (this) {
            if (reader == service) {
                if (directory != null) {
                    directory.unwatch();
                }
                reader = null;
            }
        }
        reception.unset(service);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setNodeDirectory(NodeDirectory service) {
        service.listen(nodeNews);
        synchronized (this) {
            directory = service;
        }
        watch();
    }

    /** Stops events from the departing nodes before others replace them. */
    public void unsetNodeDirectory(NodeDirectory service) {
        service.unlisten(nodeNews);
        service.unwatch();
        synchronized (this) {
            if (directory == service) {
                directory = null;
            }
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setSuiteDirectory(SuiteDirectory service) {
        service.setUsers(users);
        service.onChange(onSuites);
    }

    public void unsetSuiteDirectory(SuiteDirectory service) {
        service.removeListener(onSuites);
        service.setUsers(name -> List.of());
    }

    /** Work that waited for a suite continues. */
    private void suitesReturned() {
        bus.publish(new Bus.PartsReturned());
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setOutbox(Outbox service) {
        added(outbox, service);
    }

    public void unsetOutbox(Outbox service) {
        outbox.unset(service);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setInbox(Inbox service) {
        added(inbox, service);
    }

    public void unsetInbox(Inbox service) {
        inbox.unset(service);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setPersonaKeyStore(PersonaKeyStore service) {
        added(personaKeyStore, service);
    }

    public void unsetPersonaKeyStore(PersonaKeyStore service) {
        personaKeyStore.unset(service);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setSessionChains(SessionChains service) {
        added(sessionChains, service);
    }

    public void unsetSessionChains(SessionChains service) {
        sessionChains.unset(service);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setHandshakeManager(HandshakeManager service) {
        added(handshakeManager, service);
    }

    public void unsetHandshakeManager(HandshakeManager service) {
        handshakeManager.unset(service);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setKeyUpdates(KeyUpdates service) {
        added(keyUpdates, service);
    }

    public void unsetKeyUpdates(KeyUpdates service) {
        keyUpdates.unset(service);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setRotation(Rotation service) {
        added(rotation, service);
    }

    public void unsetRotation(Rotation service) {
        rotation.unset(service);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setMending(Mending service) {
        added(mending, service);
    }

    public void unsetMending(Mending service) {
        mending.unset(service);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setSendQueue(SendQueue service) {
        added(sendQueue, service);
    }

    public void unsetSendQueue(SendQueue service) {
        sendQueue.unset(service);
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
            if (guard.isLoaded() && guard.newestRows().found().isPresent()) {
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
        // What outlives this bundle must not call it any more, nor hold words of an open store.
        guard.newestRows().onFound(() -> {});
        try {
            following.close();
        } catch (Exception e) {
            LOG.warn("a subscription could not be closed", e);
        }
        services.notices().events().forget();
        synchronized (this) {
            if (directory != null) {
                directory.unwatch();
            }
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
