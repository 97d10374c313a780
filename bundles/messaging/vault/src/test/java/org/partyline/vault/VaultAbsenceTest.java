package org.partyline.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.identity.Identities;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.session.Handshakes;
import org.partyline.api.store.Store;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.continuity.Mending;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.mailbox.EventLog;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.SessionChains;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.EventHub;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.Operations;
import org.partyline.messaging.state.Protocols;
import org.partyline.messaging.state.ReadingServices;
import org.partyline.messaging.state.SecurityLog;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.state.StateServices;
import org.partyline.messaging.state.Threads;
import org.partyline.testkit.MemoryStore;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.Wiring;

/** The store is opened and locked while other bundles are unavailable. */
class VaultAbsenceTest {
    private static final char[] PASSPHRASE = MemoryStore.PASSPHRASE.toCharArray();

    private final MemoryStore store = new MemoryStore();
    private final Operations operations = new Operations(new StageBench.NoOutages());
    private final StateGuard guard =
            new StateGuard(store, operations, new EventLog(Clock.systemUTC(), new Bus())::follow);
    private final java.util.concurrent.ScheduledExecutorService eventThread = Threads.scheduled("partyline-events");
    private final StageBench plain = new StageBench();
    private final StateServices state = new StateServices(
            store,
            guard,
            operations,
            new Protocols(operations),
            plain.settings,
            plain.clock,
            plain.random,
            plain.notices);
    private final Wiring wiring = new Wiring(state);
    private final Map<Class<?>, Object> services = new HashMap<>();
    private final List<String> changes = new CopyOnWriteArrayList<>();
    private VaultService vault;

    @BeforeEach
    void aNewStore() throws Exception {
        services.put(PacketCodec.class, plain.codec);
        services.put(Fragmenter.class, plain.fragmenter);
        services.put(ChannelKeys.class, plain.channelKeys);
        services.put(Chains.class, plain.chains);
        services.put(Identities.class, plain.identities);
        services.put(Handshakes.class, plain.handshakes);
        services.put(SuiteDirectory.class, plain.suites);
        services.put(NodeDirectory.class, plain.nodes);
        services.put(Outbox.class, plain.outbox);
        services.put(Inbox.class, plain.inbox);
        services.put(Spending.class, plain.fees);
        services.put(QueueSealer.class, plain.sealer);
        services.put(SendQueue.class, plain.sendQueue);
        services.put(Reception.class, plain.reception);
        for (Class<?> contacts :
                List.of(HandshakeManager.class, PersonaKeyStore.class, SessionChains.class, Mending.class)) {
            services.put(contacts, idle(contacts));
        }
        services.keySet().forEach(this::start);
        EventHub events = new EventHub(eventThread, () -> Duration.ZERO);
        Continuity continuity = new Continuity(
                store, guard, plain.random, plain.clock, new MemoryPlace(), wiring.reference(Mending.class));
        Live<Reception> present = wiring.live(Reception.class);
        StateLoader loader = new StateLoader(
                state.people(),
                state.recognition(),
                plain.clock,
                wiring.reference(ChannelKeys.class),
                wiring.reference(Chains.class),
                events,
                wiring.reference(PersonaKeyStore.class),
                wiring.reference(SessionChains.class));
        StateKeeper keeper =
                new StateKeeper(store, guard, plain.settings, state.protocols(), events, loader, continuity, present);
        vault = new VaultService(
                store,
                guard,
                new ReadingServices(state.protocols(), wiring.live(Outbox.class), wiring.live(HandshakeManager.class))
                        .needs(),
                new SecurityLog(Optional::empty, plain.clock),
                keeper,
                present,
                wiring.live(SendQueue.class),
                new VaultService.Change() {
                    @Override
                    public void made() {
                        changes.add("made");
                    }

                    @Override
                    public void locked() {
                        changes.add("locked");
                    }
                });
        vault.create(PASSPHRASE);
    }

    @AfterEach
    void close() {
        Threads.stop(eventThread);
        plain.close();
        if (guard.isLoaded()) {
            vault.lock();
        }
    }

    /** A service that does nothing, and says no. */
    private static Object idle(Class<?> type) {
        return Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> method.getReturnType() == boolean.class ? false : null);
    }

    private boolean isLoaded() {
        guard.lock();
        try {
            return guard.isLoaded();
        } finally {
            guard.unlock();
        }
    }

    private void start(Class<?> part) {
        start(part, services.get(part));
    }

    private <T> void start(Class<T> part, Object service) {
        wiring.put(part, part.cast(service));
    }

    private void stop(Class<?> part) {
        stop(part, services.get(part));
    }

    private <T> void stop(Class<T> part, Object service) {
        wiring.take(part, part.cast(service));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                Outbox.class,
                Inbox.class,
                Spending.class,
                PersonaKeyStore.class,
                SessionChains.class,
                HandshakeManager.class,
                QueueSealer.class,
                SendQueue.class,
                Reception.class,
                Chains.class
            })
    void theStoreIsLockedWhicheverPartIsAway(Class<?> part) throws Exception {
        stop(part);
        vault.lock();
        assertEquals(Store.State.LOCKED, vault.state());
        assertFalse(isLoaded());
        assertEquals(List.of("made", "locked"), changes, "whoever holds words forgets them");
        start(part);
        vault.unlock(PASSPHRASE);
        assertEquals(Store.State.OPEN, vault.state());
        assertTrue(isLoaded());
    }

    @ParameterizedTest
    @ValueSource(classes = {Inbox.class, Spending.class, QueueSealer.class, SendQueue.class, Reception.class})
    void theStoreIsOpenedWithoutWhoeverIsNotNeededToReadIt(Class<?> part) throws Exception {
        vault.lock();
        stop(part);
        vault.unlock(PASSPHRASE);
        assertEquals(Store.State.OPEN, vault.state());
        assertTrue(isLoaded());
    }

    @Test
    void whoReadsIsToldToTakeUpWhatWasCollected() throws Exception {
        vault.lock();
        plain.reception.called.clear();
        vault.unlock(PASSPHRASE);
        assertEquals(List.of("expectCollected", "exchange", "drainCollected", "retryParked"), plain.reception.called);
    }

    @Test
    void theStoreStaysAsItIsWhileWhatItIsReadByIsAwayAndItIsSaidWhatThatIs() throws Exception {
        vault.lock();
        stop(Chains.class);
        AbsentException refused = assertThrows(AbsentException.class, () -> vault.unlock(PASSPHRASE));
        assertEquals("it waits for a bundle that provides Chains, which is not running", refused.reason());
        assertEquals(Store.State.LOCKED, vault.state());
        start(Chains.class);
        vault.unlock(PASSPHRASE);
        assertEquals(Store.State.OPEN, vault.state());
    }
}
