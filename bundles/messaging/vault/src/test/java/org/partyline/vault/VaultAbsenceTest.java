package org.partyline.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.PartylineException;
import org.partyline.api.identity.Identities;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.session.Handshakes;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.EventHub;
import org.partyline.messaging.state.Operations;
import org.partyline.messaging.state.Protocols;
import org.partyline.messaging.state.ReadingServices;
import org.partyline.messaging.state.SecurityLog;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.state.StateOwner;
import org.partyline.messaging.state.StateParticipant;
import org.partyline.messaging.state.StateServices;
import org.partyline.messaging.state.Threads;
import org.partyline.testkit.MemoryStore;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.Wiring;
import org.partyline.testkit.protocol.PlainChains;

/** The store is opened and locked while other bundles are unavailable. */
class VaultAbsenceTest {
    private static final char[] PASSPHRASE = MemoryStore.PASSPHRASE.toCharArray();

    /** The bundles that declare that they participate: two that the state cannot be loaded without, and two others. */
    private static final Map<Class<?>, Integer> INSTALLED = Map.of(StateOwner.class, 2, StateParticipant.class, 2);

    private final MemoryStore store = new MemoryStore();
    private final Operations operations = new Operations(new StageBench.NoOutages() {
        @Override
        public Optional<String> missing(String service) {
            return service.equals(StateOwner.class.getName())
                    ? Optional.of("it waits for bundle org.partyline.contacts, which is stopped")
                    : super.missing(service);
        }

        @Override
        public int providers(String service) {
            return INSTALLED.entrySet().stream()
                    .filter(type -> type.getKey().getName().equals(service))
                    .mapToInt(Map.Entry::getValue)
                    .sum();
        }
    });
    private final StateGuard guard = new StateGuard(store, operations);
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
    /** The failure in a round, by stage. */
    private final Map<String, String> broken = new HashMap<>();
    /** The calls to participants, in order. */
    private final List<String> asked = new CopyOnWriteArrayList<>();

    /** The participants that were notified that their expired records are gone from the store. */
    private final List<String> stored = new CopyOnWriteArrayList<>();

    /** The participant that has sealed something; null if none. */
    private String usedKeys;

    private final Map<String, Part> parts = Map.of(
            "mailbox", new Owner("mailbox", 1),
            "contacts", new Owner("contacts", 2),
            "receive", new Part("receive", 5),
            "delivery", new Part("delivery", 6));
    private final Participants participants =
            new Participants(operations, new ReadingServices(state.protocols()).needs());
    private final MaintenanceJob maintenanceJob = new MaintenanceJob(
            guard, new ReadingServices(state.protocols()), plain.notices.security(), participants, plain.clock);
    private VaultService vault;

    /** A participating stage that records its calls. */
    private class Part implements StateParticipant {
        final String name;
        private final int place;

        Part(String name, int place) {
            this.name = name;
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }

        @Override
        public void opening() {
            asked.add(name + " opening");
        }

        @Override
        public void load(StoreTransaction tx) {
            asked.add(name + " load");
        }

        @Override
        public void opened() {
            asked.add(name + " opened");
        }

        @Override
        public void settle() {
            asked.add(name + " settle");
        }

        @Override
        public void expire() throws PartylineException {
            asked.add(name + " expire");
            switch (broken.getOrDefault(name, "")) {
                case "refuses" -> throw new StoreException("its records cannot be read");
                case "fails" -> throw new IllegalStateException("on purpose");
                default -> {}
            }
        }
    }

    private final class Owner extends Part implements StateOwner {
        Owner(String name, int place) {
            super(name, place);
        }

        @Override
        public void expired(StoreTransaction tx, AfterCommit after, List<StoredRecord> records) {
            asked.add(name + " expired");
            after.then(() -> stored.add(name));
        }

        @Override
        public boolean hasUsedKeys(StoreTransaction tx) {
            return name.equals(usedKeys);
        }

        @Override
        public List<String> warnings() {
            return List.of("warned by " + name);
        }
    }

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
        services.keySet().forEach(this::start);
        // In any order of their start.
        List.of("delivery", "contacts", "receive", "mailbox").forEach(this::start);
        vault = vault(store, guard);
        vault.create(PASSPHRASE);
    }

    private VaultService vault(MemoryStore of, StateGuard guarded) {
        Continuity continuity = new Continuity(of, guarded, plain.random, plain.clock, new MemoryPlace(), participants);
        StateKeeper keeper = new StateKeeper(
                of,
                guarded,
                plain.settings,
                state.protocols(),
                new EventHub(eventThread, () -> Duration.ZERO),
                participants,
                continuity,
                () -> {});
        return new VaultService(
                of,
                guarded,
                state.recognition(),
                participants,
                new SecurityLog(Optional::empty, plain.clock),
                keeper,
                () -> asked.add("locked"));
    }

    private void start(String part) {
        if (parts.get(part) instanceof Owner owner) {
            participants.add((StateOwner) owner);
        } else {
            participants.add(parts.get(part));
        }
    }

    private void stop(String part) {
        if (parts.get(part) instanceof Owner owner) {
            participants.remove((StateOwner) owner);
        } else {
            participants.remove(parts.get(part));
        }
    }

    private List<String> askedNow() {
        List<String> all = List.copyOf(asked);
        asked.clear();
        return all;
    }

    @AfterEach
    void close() {
        Threads.stop(eventThread);
        plain.close();
        if (isLoaded()) {
            vault.lock();
        }
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
    @ValueSource(strings = {"mailbox", "contacts", "receive", "delivery"})
    void theStoreIsLockedWhicheverPartIsAway(String part) throws Exception {
        askedNow();
        stop(part);
        vault.lock();
        assertEquals(Store.State.LOCKED, vault.state());
        assertFalse(isLoaded());
        assertTrue(asked.contains("locked"), "whoever holds words forgets them");
        start(part);
        vault.unlock(PASSPHRASE);
        assertEquals(Store.State.OPEN, vault.state());
        assertTrue(isLoaded());
    }

    @Test
    void theStoreIsLockedAlsoWithoutTheServicesOfTheFloorsBelow() throws Exception {
        stop(Chains.class);
        vault.lock();
        assertEquals(Store.State.LOCKED, vault.state());
        assertFalse(isLoaded());
    }

    @ParameterizedTest
    @ValueSource(strings = {"receive", "delivery"})
    void theStoreIsOpenedWithoutWhoeverIsNotNeededToReadIt(String part) throws Exception {
        vault.lock();
        stop(part);
        assertTrue(participants.areHere());
        assertFalse(participants.areAllHere(), "a first start waits for it");
        vault.unlock(PASSPHRASE);
        assertEquals(Store.State.OPEN, vault.state());
        assertTrue(isLoaded());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mailbox", "contacts"})
    void theStoreStaysLockedWithoutWhoeverOwnsPartOfTheStateAndItIsSaidWhoThatIs(String part) throws Exception {
        vault.lock();
        stop(part);
        askedNow();
        AbsentException refused = assertThrows(AbsentException.class, () -> vault.unlock(PASSPHRASE));
        assertEquals("it waits for bundle org.partyline.contacts, which is stopped", refused.reason());
        assertEquals(Store.State.LOCKED, vault.state());
        assertEquals(List.of(), askedNow());
        start(part);
        vault.unlock(PASSPHRASE);
        assertEquals(Store.State.OPEN, vault.state());
    }

    @Test
    void allAreAskedInTheOrderOfTheLine() throws Exception {
        assertTrue(participants.areAllHere());
        vault.lock();
        askedNow();
        vault.unlock(PASSPHRASE);
        List<String> line = List.of("mailbox", "contacts", "receive", "delivery");
        assertEquals(
                Stream.of("opening", "load", "opened")
                        .flatMap(what -> line.stream().map(stage -> stage + " " + what))
                        .toList(),
                askedNow());
        maintenanceJob.round();
        assertEquals(List.of("mailbox", "contacts"), stored);
        assertEquals(
                Stream.concat(
                                line.stream().map(stage -> stage + " expire"),
                                Stream.of("mailbox expired", "contacts expired"))
                        .toList(),
                askedNow());
        vault.lock();
        assertEquals(
                List.of("mailbox settle", "contacts settle", "receive settle", "delivery settle", "locked"),
                askedNow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"refuses", "fails"})
    void aStageWhoseRoundFailsTakesNothingFromOthersRounds(String how) {
        broken.put("mailbox", how);
        broken.put("receive", how);
        askedNow();
        maintenanceJob.round();
        assertEquals(
                List.of(
                        "mailbox expire",
                        "contacts expire",
                        "receive expire",
                        "delivery expire",
                        "mailbox expired",
                        "contacts expired"),
                askedNow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mailbox", "contacts"})
    void nothingExpiresWhilePartOfTheStateHasNoOwner(String part) {
        stop(part);
        askedNow();
        maintenanceJob.round();
        assertEquals(List.of(), askedNow());
        start(part);
        maintenanceJob.round();
        assertTrue(asked.contains(part + " expire"));
    }

    @Test
    void nothingExpiresInAStateThatOtherChainsMade() {
        stop(Chains.class);
        start(Chains.class, new PlainChains());
        askedNow();
        maintenanceJob.round();
        assertEquals(List.of(), askedNow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mailbox", "contacts"})
    void keysWereUsedWhereAnyOwnerHasUsedOne(String part) throws Exception {
        assertFalse(guard.<Boolean, StoreException>transact(participants::hasUsedKeys));
        usedKeys = part;
        assertTrue(guard.<Boolean, StoreException>transact(participants::hasUsedKeys));
    }

    @Test
    void aNewStoreIsNotMadeWithoutAnOwnerOfItsState() throws Exception {
        assertEquals(
                Stream.of("load", "opened")
                        .flatMap(what -> Stream.of("mailbox", "contacts", "receive", "delivery")
                                .map(stage -> stage + " " + what))
                        .toList(),
                askedNow());
        vault.lock();
        MemoryStore none = new MemoryStore();
        VaultService other = vault(none, new StateGuard(none, operations));
        stop("contacts");
        assertThrows(AbsentException.class, () -> other.create(PASSPHRASE));
        assertEquals(Store.State.NEW, none.state());
    }

    @Test
    void whoeverLooksAtWhatWasCollectedOrDroppedSeesWhatCameBefore() throws Exception {
        store.keepCandidates(1);
        for (int i = 0; i < 3; i++) {
            store.collect(List.of(new Store.Collected(new byte[] {(byte) i}, new byte[] {1}, 7)));
        }
        askedNow();
        assertEquals(2, vault.dropped());
        List<String> settled = List.of("mailbox settle", "contacts settle", "receive settle", "delivery settle");
        assertEquals(settled, askedNow());
        assertEquals(0, vault.collected(), "nothing waits while it is open");
        assertEquals(settled, askedNow());
        vault.lock();
        assertEquals(1, vault.collected());
        assertFalse(CompletableFuture.supplyAsync(this::isLoaded).get(1, TimeUnit.MINUTES));
    }

    @Test
    void whoIsHereWarnsWhetherTheOthersAreOrNot() {
        assertEquals(List.of("warned by mailbox", "warned by contacts"), vault.warnings());
        stop("mailbox");
        assertEquals(List.of("warned by contacts"), vault.warnings());
    }

    /** Otherwise, an old copy would be taken for a new store, and its keys be used again. */
    @Test
    void noStateIsMendedByHalf() throws Exception {
        stop("contacts");
        guard.transact(tx -> {
            assertThrows(AbsentException.class, () -> participants.hasUsedKeys(tx));
            assertThrows(AbsentException.class, () -> participants.mend(tx, new AfterCommit(), "a test"));
            assertThrows(AbsentException.class, () -> participants.load(tx));
            return null;
        });
    }

    /** As when its bundle is updated: the data in memory is not read again. */
    @Test
    void anotherInstanceTakesThePlaceOfOneThatGoes() throws Exception {
        askedNow();
        Part next = new Owner("contacts anew", 2);
        stop("contacts");
        participants.add((StateOwner) next);
        assertEquals(List.of(), askedNow());
        assertTrue(isLoaded());
        maintenanceJob.round();
        assertTrue(asked.contains("contacts anew expire"));
        assertFalse(asked.contains("contacts expire"));
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
