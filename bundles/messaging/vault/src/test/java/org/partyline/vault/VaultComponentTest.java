package org.partyline.vault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.Liveness;
import org.partyline.api.identity.BackupFile;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.store.Forgetful;
import org.partyline.api.store.RowsPutBackException;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.continuity.KeyUsed;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ReceiveChainRecordBuilder;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Operations;
import org.partyline.messaging.state.Protocols;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.state.StateOwner;
import org.partyline.messaging.state.StateParticipant;
import org.partyline.messaging.state.StateServices;
import org.partyline.messaging.store.Keys;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.Logged;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/** The bundle as it is started, called by others, and stopped, beside a store that is open. */
class VaultComponentTest {
    private static final char[] PASSPHRASE = "store passphrase".toCharArray();

    private final MachineStore store = new MachineStore();
    /** The calls to the owner of the state, in order. */
    private final List<String> asked = new CopyOnWriteArrayList<>();

    private volatile CountDownLatch mended = new CountDownLatch(1);
    private volatile Thread keeper;
    private volatile RuntimeException unreadable;
    private StageBench stage;
    private VaultComponent vault;
    private Set<Class<?>> registered = Set.of();

    private final class Owner implements StateOwner {
        @Override
        public int place() {
            return 1;
        }

        @Override
        public void load(StoreTransaction tx) {
            if (unreadable != null) {
                throw unreadable;
            }
            asked.add(stage.guard.isLoaded() ? "load over what is there" : "load");
            stage.people.begin();
            stage.recognition.begin(stage.channelKeys, stage.chains);
        }

        @Override
        public void opened() {
            asked.add("opened");
            if (asked.contains("mend")) {
                keeper = Thread.currentThread();
                mended.countDown();
            }
        }

        @Override
        public void settle() {
            asked.add("settle");
        }

        @Override
        public boolean hasUsedKeys(StoreTransaction tx) {
            return true;
        }

        @Override
        public void mend(StoreTransaction tx, AfterCommit after, String why) {
            asked.add("mend");
        }
    }

    private final class Part implements StateParticipant {
        @Override
        public int place() {
            return 5;
        }

        @Override
        public void settle() {
            asked.add("settle another");
        }
    }

    private static final class NoBackups implements BackupFile {
        @Override
        public byte[] seal(SecretBytes content, char[] passphrase) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SecretBytes open(byte[] file, char[] passphrase) {
            throw new UnsupportedOperationException();
        }
    }

    private final Owner owner = new Owner();

    @BeforeEach
    void anOpenStoreThatIsNotLoaded() throws Exception {
        store.create(PASSPHRASE);
        stage = new StageBench(new HandSetClock(), store);
        vault = new VaultComponent(stage.context, store.outside);
        stage.forget();
        stage.wiring.add(vault);
    }

    @AfterEach
    void close() {
        vault.stop();
        stage.close();
    }

    private void start() {
        stage.put(BackupFile.class, new NoBackups());
        stage.put(StateOwner.class, owner);
        registered = StageBench.publish(vault::start);
    }

    private boolean isLoaded() throws Exception {
        return elsewhere(stage::isLoaded);
    }

    private interface Look<T> {
        T at();
    }

    /** On another thread: this finds out whether the lock is still held. */
    private static <T> T elsewhere(Look<T> look) throws Exception {
        return CompletableFuture.supplyAsync(look::at).get(1, TimeUnit.MINUTES);
    }

    private List<String> askedNow() {
        List<String> all = List.copyOf(asked);
        asked.clear();
        return all;
    }

    private byte[] token() {
        return store.outside.tokens.values().iterator().next();
    }

    // ---- its start

    @Test
    void besideAnOpenStoreItLoadsItAndOffersItsService() throws Exception {
        start();
        assertEquals(Set.of(Vault.class, Liveness.class), registered);
        assertEquals(List.of("load", "mend", "opened"), askedNow(), "no token was kept before");
        assertTrue(isLoaded());
    }

    @Test
    void besideALockedStoreItOffersItsServiceAndLoadsNothing() throws Exception {
        store.lock();
        start();
        assertTrue(registered.contains(Vault.class));
        assertEquals(List.of(), askedNow());
        assertFalse(isLoaded());
    }

    @Test
    void itBeginsOnceTheLastServiceIsHere() {
        registered = StageBench.publish(vault::start);
        assertEquals(Set.of(), registered);
        stage.stop(Chains.class);
        stage.put(BackupFile.class, new NoBackups());
        stage.put(StateOwner.class, owner);
        stage.put(StateParticipant.class, new Part());
        assertEquals(Set.of(), registered, "nothing can be read without chains");
        stage.start(Chains.class);
        assertTrue(registered.contains(Vault.class));
    }

    @Test
    void itBeginsOnceTheLastOwnerIsHere() {
        registered = StageBench.publish(vault::start);
        stage.put(BackupFile.class, new NoBackups());
        assertEquals(Set.of(), registered);
        stage.put(StateOwner.class, owner);
        assertTrue(registered.contains(Vault.class));
        assertTrue(askedNow().contains("load"));
    }

    @Test
    void itBeginsOnceTheLastOfTheOthersIsHere() {
        registered = StageBench.publish(vault::start);
        stage.put(BackupFile.class, new NoBackups());
        assertEquals(Set.of(), registered);
        stage.put(StateParticipant.class, new Part());
        assertTrue(registered.contains(Vault.class));
    }

    @Test
    void anOpenStoreIsLeftOpenWhereItCannotBeReadYet() throws Exception {
        stage.stop(Chains.class);
        registered = StageBench.publish(vault::start);
        vault.begin();
        assertTrue(registered.contains(Vault.class));
        assertEquals(Store.State.OPEN, store.state());
        assertFalse(isLoaded());
    }

    @Test
    void aStateThatCannotBeReadLocksTheStoreAndTheServiceIsThereToOpenIt() throws Exception {
        unreadable = new IllegalStateException("words of a record");
        CountDownLatch erased = new CountDownLatch(1);
        setField("forgetful", List.<Forgetful>of(erased::countDown));
        String log = Logged.during(this::start);
        assertTrue(log.contains("the open store could not be read, and was locked: IllegalStateException at "), log);
        assertFalse(log.contains("words of a record"), log);
        assertTrue(registered.contains(Vault.class));
        assertEquals(Store.State.LOCKED, store.state());
        assertTrue(erased.await(1, TimeUnit.MINUTES), "the texts on screens");
        unreadable = null;
        vault.offers().get(Vault.class).unlock(PASSPHRASE);
        assertTrue(isLoaded());
    }

    /**
     * A stopped bundle does not make the store inaccessible: it begins at the second check, once all others have
     * started.
     */
    @Test
    void itBeginsWithoutABundleThatIsStopped() throws Exception {
        Deque<Runnable> later = new ArrayDeque<>();
        ScheduledExecutorService thread = new ScheduledThreadPoolExecutor(1) {
            @Override
            public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
                later.add(task);
                return null;
            }
        };
        Operations operations = new Operations(new StageBench.NoOutages() {
            @Override
            public boolean hasBooted() {
                return true;
            }
        });
        VaultComponent other = new VaultComponent(
                new StateServices(
                        store,
                        new StateGuard(store, operations),
                        operations,
                        new Protocols(operations),
                        stage.settings,
                        stage.clock,
                        stage.random,
                        stage.notices),
                store.outside,
                thread);
        Set<Class<?>> published = StageBench.publish(other::start);
        later.remove().run();
        assertEquals(Set.of(), published, "others may still start");
        later.remove().run();
        assertTrue(published.contains(Vault.class));
        assertTrue(later.isEmpty(), "it looks no more");
        other.stop();
    }

    @Test
    void whoGoesIsAskedNoMore() throws Exception {
        Part part = new Part();
        start();
        stage.put(StateParticipant.class, part);
        askedNow();
        vault.offers().get(Vault.class).lock();
        assertEquals(List.of("settle", "settle another"), askedNow());
        vault.offers().get(Vault.class).unlock(PASSPHRASE);
        stage.take(StateParticipant.class, part);
        stage.take(StateOwner.class, owner);
        askedNow();
        vault.offers().get(Vault.class).lock();
        assertEquals(List.of(), askedNow());
    }

    /** As Declarative Services does it. */
    private void setField(String name, Object service) throws ReflectiveOperationException {
        Field field = VaultComponent.class.getDeclaredField(name);
        field.setAccessible(true);
        field.set(vault, service);
    }

    @Test
    void consolesForgetAtALock() throws Exception {
        start();
        List<String> done = new ArrayList<>();
        setField("forgetful", List.<Forgetful>of(() -> done.add("forgotten")));
        vault.offers().get(Vault.class).lock();
        assertEquals(List.of("forgotten"), done);
    }

    private static final Messages.Event CHANGE = new Messages.Event(
            Optional.empty(),
            Optional.empty(),
            Optional.of(
                    new Messages.Change(Messages.Change.Kind.RECEIPT, 1, "alice", false, "lobby", Optional.empty())));

    @Test
    void nodesThatAreSetAsideAreEventsOfTheContainer() throws Exception {
        List<String> topics = new ArrayList<>();
        setField("eventAdmin", new EventAdmin() {
            @Override
            public void postEvent(Event event) {
                topics.add(event.getTopic());
            }

            @Override
            public void sendEvent(Event event) {
                throw new UnsupportedOperationException();
            }
        });
        stage.nodes.useAgain(new TestNetwork(stage.clock).node("core"));
        assertEquals(List.of("org/partyline/node/RELEASED"), topics);
    }

    @Test
    void eventsThatWaitForEarlierOnesAreForgottenOnceItIsStopped() throws Exception {
        start();
        CountDownLatch told = new CountDownLatch(1);
        List<Messages.Event> heard = new CopyOnWriteArrayList<>();
        stage.notices.events().follow(Messages.Query.ALL, event -> {
            heard.add(event);
            if (event == CHANGE) {
                told.countDown();
            }
        });
        stage.notices.events().startLine(1, 0);
        stage.notices.events().arrived(1, 1, Optional.of(new Messages.Event(Optional.empty(), Optional.empty())));
        vault.stop();
        stage.notices.events().endLine(1);
        stage.notices.events().publish(CHANGE);
        assertTrue(told.await(1, TimeUnit.MINUTES));
        assertEquals(List.of(CHANGE), heard);
    }

    // ---- events from others

    private void outdated() throws StoreException {
        stage.guard.<StoreException>perform(() -> stage.bus.publishWithin(new Bus.Outdated(), "vault"));
    }

    @Test
    void anOutdatedStateIsMadeAnewAndTheTokenChanged() throws Exception {
        start();
        byte[] before = token();
        askedNow();
        outdated();
        assertEquals(List.of("settle", "load"), askedNow());
        assertFalse(Arrays.equals(before, token()));
        assertTrue(isLoaded());
    }

    @Test
    void anOutdatedStateIsKeptWhileItCannotBeMadeAnew() throws Exception {
        start();
        stage.stop(Chains.class);
        askedNow();
        assertThrows(AbsentException.class, this::outdated);
        assertEquals(List.of(), askedNow());
        assertEquals(Store.State.OPEN, store.state());
        assertTrue(isLoaded());
    }

    @Test
    void whatWasNeverLoadedIsNotSettled() throws Exception {
        stage.stop(Chains.class);
        registered = StageBench.publish(vault::start);
        stage.put(StateOwner.class, owner);
        vault.begin();
        stage.start(Chains.class);
        askedNow();
        stage.guard.lock();
        try {
            stage.bus.publishWithin(new Bus.Outdated(), "vault");
        } finally {
            stage.guard.unlock();
        }
        assertEquals(List.of("load", "mend"), askedNow());
        assertTrue(isLoaded());
    }

    private void useKey() throws StoreException {
        try (AfterCommit after = new AfterCommit()) {
            stage.guard.<StoreException>update(tx -> stage.bus.publishWithin(new KeyUsed(tx, after), "vault"));
            after.commit();
        }
    }

    @Test
    void theTokenChangesWithEachKeyThatIsUsedUntilItIsStopped() throws Exception {
        start();
        byte[] before = token();
        useKey();
        assertFalse(Arrays.equals(before, token()));
        vault.stop();
        byte[] stopped = token();
        useKey();
        assertArrayEquals(stopped, token());
    }

    private void hear(int what) throws StoreException {
        stage.guard.<StoreException>update(
                tx -> tx.put(SendChainRecord.TABLE, Keys.of(7), Keys.ALL, Keys.of(what), null));
    }

    @Test
    void recordsThatArePutBackUnderItAreMendedAndItsThreadEndsWithIt() throws Exception {
        start();
        hear(1);
        MachineStore earlier = store.copy();
        hear(2);
        store.putBack(earlier);
        askedNow();
        // At the start there was no token, which counts as a repair, too.
        mended = new CountDownLatch(1);
        assertThrows(RowsPutBackException.class, () -> hear(3));
        assertTrue(mended.await(1, TimeUnit.MINUTES));
        assertTrue(isLoaded());
        assertEquals(List.of("settle", "load", "mend", "opened"), askedNow());
        hear(3);
        vault.stop();
        keeper.join(60_000);
        assertFalse(keeper.isAlive());
    }

    @Test
    void onceItIsStoppedItIsToldOfNoRecordThatIsPutBack() throws Exception {
        start();
        vault.stop();
        stage.guard.<Void, StoreException>transact(tx -> {
            stage.guard.newestRows().begin(tx, false);
            return null;
        });
        hear(1);
        MachineStore earlier = store.copy();
        hear(2);
        store.putBack(earlier);
        assertThrows(RowsPutBackException.class, () -> hear(3));
    }

    @Test
    void newsOfNodesAndSuitesLetWaitingWorkContinueWhileTheirServicesAreHere() {
        List<Object> told = new ArrayList<>();
        stage.bus.on(Bus.Retry.class, told::add);
        stage.bus.on(Bus.PartsReturned.class, told::add);
        stage.nodes.resume("core");
        assertEquals(List.of(new Bus.Retry()), told);
        stage.suites.deny("AES_256_GCM");
        assertEquals(List.of(new Bus.Retry(), new Bus.PartsReturned()), told);
        stage.take(NodeDirectory.class, stage.nodes);
        stage.take(SuiteDirectory.class, stage.suites);
        stage.nodes.resume("core");
        stage.suites.allow("AES_256_GCM");
        assertEquals(2, told.size());
    }

    // ---- users of an algorithm

    @Test
    void channelsAndContactsAreNamedThatUseAnAlgorithm() throws Exception {
        start();
        ChannelMembership lobby = stage.join("lobby", Mode.RATCHET);
        follow(1, lobby.id());
        follow(2, 99);
        String suite = stage.suites.name(1);
        assertEquals(List.of("lobby"), users("ARGON2ID"));
        assertEquals(List.of("lobby"), users(suite));
        assertEquals(List.of(), users("AES_256_EAX"));
        stage.take(SuiteDirectory.class, stage.suites);
        assertEquals(List.of(), stage.suites.users("ARGON2ID"));
    }

    private List<String> users(String name) throws Exception {
        List<String> here = stage.suites.users(name);
        assertTrue(isLoaded(), "and the lock is free");
        return here;
    }

    private void follow(int number, int membership) {
        stage.recognition.chains.follow(new ReceiveChainState(
                ReceiveChainRecordBuilder.builder()
                        .number(number)
                        .membership(membership)
                        .kind(ChainKind.CHANNEL)
                        .suite(1)
                        .session(new byte[8])
                        .nickname("")
                        .handshake(new byte[] {3})
                        .build(),
                stage.chains.receive(SecretBytes.wrap(new byte[32]), stage.clock.instant())));
    }

    // ---- its end

    @Test
    void atItsEndItsServicesAreGoneTheStateIsWipedAndTheTokenChanged() throws Exception {
        start();
        byte[] before = token();
        vault.stop();
        assertEquals(Set.of(), registered);
        assertFalse(isLoaded());
        assertFalse(Arrays.equals(before, token()));
        assertEquals(Store.State.OPEN, store.state(), "the next one goes on with it");
    }
}
