package org.partyline.itests.messaging;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Function;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.partyline.aeadaes256eax.Aes256Eax;
import org.partyline.aeadaes256gcm.Aes256Gcm;
import org.partyline.aeadchacha20poly1305.ChaCha20Poly1305;
import org.partyline.aeadxchacha20poly1305.XChaCha20Poly1305;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.carrier.CarrierFactory;
import org.partyline.api.cover.CoverFactory;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.Kem;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Events;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Privacy;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Vault;
import org.partyline.api.engine.Wallets;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.identity.BackupFile;
import org.partyline.api.identity.Identities;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.nodes.NodePolicy;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.packet.Padding;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.schedule.Pace;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.backup.BackupStage;
import org.partyline.carrier.confirm.ConfirmCarriers;
import org.partyline.carrier.rolling.RollingCarriers;
import org.partyline.channels.ChannelsStage;
import org.partyline.contacts.ContactsStage;
import org.partyline.cover.PoissonCovers;
import org.partyline.cover.PoissonTiming;
import org.partyline.cover.Timing;
import org.partyline.delivery.DeliveryStage;
import org.partyline.delivery.Sender;
import org.partyline.fees.FeesStage;
import org.partyline.identity.CurveIdentities;
import org.partyline.identity.SealedBackup;
import org.partyline.kdfpbkdf2.Pbkdf2Sha256;
import org.partyline.kdfscrypt.Scrypt;
import org.partyline.kemmlkem768.MlKem768;
import org.partyline.mailbox.MailboxStage;
import org.partyline.messages.MessagesStage;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Offers;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.state.StateOwner;
import org.partyline.nodes.NodeFiles;
import org.partyline.nodes.NodeRegistry;
import org.partyline.pace.RandomPace;
import org.partyline.packet.PacketFragmenter;
import org.partyline.packet.WireCodec;
import org.partyline.padding.BucketPadding;
import org.partyline.privacy.PrivacyStage;
import org.partyline.ratchet.ChannelKeySchedule;
import org.partyline.ratchet.PartylineChains;
import org.partyline.receive.InboundQueue;
import org.partyline.receive.ReceiveStage;
import org.partyline.sealing.SealingStage;
import org.partyline.session.NoiseHandshakes;
import org.partyline.settings.SettingsKeeper;
import org.partyline.state.StateComponent;
import org.partyline.suites.SuiteRegistry;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;
import org.partyline.testkit.messaging.Wiring;
import org.partyline.vault.MachineStore;
import org.partyline.vault.TestVault;
import org.partyline.vault.VaultComponent;

/** A whole server with the real protocol bundles, on the test's store and network. */
final class TestServer implements AutoCloseable {
    static final char[] STORE_PASSPHRASE = "store passphrase".toCharArray();
    /** For {@link QuickArgon2id}, which is cheap with any. */
    static final KdfParameters CHEAP = new KdfParameters(KdfId.ARGON2ID, 5, 8192, 1);

    final MachineStore store;
    final HandSetClock clock;
    final SettingsKeeper settings;
    SuiteRegistry suites;
    final NodeRegistry nodes;
    final List<Messages.Event> events = new CopyOnWriteArrayList<>();
    /** The names of the security events. */
    final List<String> audited = new CopyOnWriteArrayList<>();
    /** The simulated state of the framework. */
    volatile int programState = Bundle.ACTIVE;

    private CoverFactory cover;
    /** The secrets that it sealed with. */
    final UsedSecrets secrets = new UsedSecrets();

    /** The network of its first node. */
    private final Network network;

    private final Optional<Path> etc;
    final QuickArgon2id argon2id = new QuickArgon2id();
    final CarrierFactory confirm = new ConfirmCarriers();
    final CarrierFactory rolling = new RollingCarriers();
    private long nextService = 1;
    private final Map<CarrierFactory, Long> carriers = new LinkedHashMap<>();

    /** The bundles on a message's way, in an order in which they may start. */
    private static final Map<String, Function<TestServer, Object>> STAGES = stages();

    private static Map<String, Function<TestServer, Object>> stages() {
        Map<String, Function<TestServer, Object>> all = new LinkedHashMap<>();
        all.put("mailbox", server -> new MailboxStage(server.state.services()));
        all.put("fees", server -> new FeesStage(server.state.services()));
        all.put("contacts", server -> new ContactsStage(server.state.services()));
        all.put("sealing", server -> new SealingStage(server.state.services()));
        all.put(
                "delivery",
                server -> new DeliveryStage(server.state.services(), () -> server.programState == Bundle.STOPPING));
        all.put("receive", server -> new ReceiveStage(server.state.services()));
        all.put("channels", server -> new ChannelsStage(server.state.services()));
        all.put("messages", server -> new MessagesStage(server.state.services()));
        all.put("backup", server -> new BackupStage(server.state.services()));
        all.put("privacy", server -> new PrivacyStage(server.state.services()));
        return all;
    }

    private final Map<String, Object> stages = new LinkedHashMap<>();

    final StateComponent state;
    final Wiring wiring;
    final TestVault stage;
    final StateGuard guard;
    /** The services of bundles that may be stopped while the server is running. */
    private final Map<Class<?>, Object> parts = new LinkedHashMap<>();

    private final Map<Class<?>, Object> services = new HashMap<>();
    private final Map<AeadSuite, ServiceReference<AeadSuite>> references = new LinkedHashMap<>();
    private final Map<KdfId, ServiceReference<KeyDerivation>> derivations = new HashMap<>();
    private static int nextReference;

    TestServer(
            MachineStore store, HandSetClock clock, Map<String, Object> configuration, TestNetwork.Node... attached) {
        this(
                store,
                clock,
                configuration,
                new PoissonTiming(),
                new SecureRandom(),
                List.of(attached),
                List.of(attached));
    }

    /** Creates a server with the test's timing, randomness, nodes and wallets. */
    TestServer(
            MachineStore store,
            HandSetClock clock,
            Map<String, Object> configuration,
            Timing timing,
            SecureRandom random,
            List<? extends Transport> transports,
            List<? extends Wallet> wallets) {
        this(store, clock, configuration, timing, random, transports, wallets, Optional.empty());
    }

    /** @param etc the directory of the machine's network configuration */
    TestServer(
            MachineStore store,
            HandSetClock clock,
            Map<String, Object> configuration,
            Timing timing,
            SecureRandom random,
            List<? extends Transport> transports,
            List<? extends Wallet> wallets,
            Optional<Path> etc) {
        this.etc = etc;
        this.store = store;
        this.clock = clock;
        this.network =
                transports.isEmpty() ? Network.REGTEST : transports.get(0).network();
        BundleContext context = context();
        settings = new SettingsKeeper(configurationAdmin(configuration), Optional.empty(), etc, configuration);
        suites = new SuiteRegistry(context);
        suites.setOperatorSettings(settings);
        for (AeadSuite suite : List.of(
                make(XChaCha20Poly1305.class),
                make(Aes256Gcm.class),
                make(ChaCha20Poly1305.class),
                make(Aes256Eax.class))) {
            start(suite);
        }
        for (KeyDerivation kdf : List.of(argon2id, make(Pbkdf2Sha256.class), make(Scrypt.class))) {
            provide(kdf);
        }
        nodes = new NodeRegistry(new NodeFiles(java.nio.file.Path.of("none")), random, clock);
        nodes.setOperatorSettings(settings);
        List<NodePolicy> policies = new ArrayList<>(nodes.ownPolicies());
        // A later reference has the higher rank here.
        Collections.reverse(policies);
        policies.forEach(policy -> nodes.addPolicy(policy, reference()));
        transports.forEach(nodes::addTransport);
        wallets.forEach(nodes::addWallet);
        parts.put(PacketCodec.class, secrets.watch(codec()));
        parts.put(Fragmenter.class, make(PacketFragmenter.class));
        parts.put(ChannelKeys.class, make(ChannelKeySchedule.class));
        parts.put(Chains.class, make(PartylineChains.class));
        parts.put(Identities.class, identities());
        parts.put(Handshakes.class, new NoiseHandshakes());
        parts.put(Kem.class, make(MlKem768.class));
        parts.put(BackupFile.class, backupFile());
        parts.put(Pace.class, timing instanceof Pace own ? own : new RandomPace());
        parts.put(CoverFactory.class, new PoissonCovers(context, timing));
        parts.put(OperatorSettings.class, settings);
        parts.put(SuiteDirectory.class, suites);
        parts.put(NodeDirectory.class, nodes);
        state = new StateComponent(store, new Installed(), clock, random);
        wiring = new Wiring(state.services());
        wiring.add(state);
        stage = new TestVault(state.services(), store.outside);
        guard = state.services().guard();
        wiring.add(stage.component);
        wiring.publish(state.offers());
        STAGES.keySet().forEach(this::start);
        parts.keySet().forEach(this::start);
        start(confirm);
        start(rolling);
        stage.start(context);
        setAuditLog();
        messages().follow(Messages.Query.ALL, events::add);
    }

    /** Names no bundle; the stages that participate in the state are all installed. */
    private static final class Installed extends StageBench.NoOutages {
        @Override
        public int providers(String service) {
            return service.equals(StateOwner.class.getName()) ? 3 : 2;
        }
    }

    /** Simulates that the bundle of a stage starts. @param name its short name */
    void start(String name) {
        Object stage = STAGES.get(name).apply(this);
        stages.put(name, stage);
        wiring.add(stage);
        carriers.forEach((carrier, number) -> add(stage, carrier, number));
        if (stage instanceof DeliveryStage delivery) {
            if (cover != null) {
                delivery.setCoverFactory(cover);
            }
            delivery.begin();
        }
        Offers offers = StageBench.offers(stage);
        wiring.publish(offers);
        services.putAll(offers.all());
        state.services().notices().bus().publish(new Bus.PartsReturned());
    }

    /** Simulates that the bundle of a stage stops. */
    void stop(String name) {
        Object stage = stages.remove(name);
        Offers offers = StageBench.offers(stage);
        services.keySet().removeAll(offers.all().keySet());
        wiring.withdraw(offers);
        wiring.remove(stage);
        deactivate(stage);
    }

    private static void deactivate(Object stage) {
        try {
            stage.getClass().getMethod("stop").invoke(stage);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("it does not stop: " + stage, e);
        }
    }

    private static void add(Object stage, CarrierFactory carrier, long number) {
        if (stage instanceof DeliveryStage delivery) {
            delivery.addCarrier(carrier, Map.of(Constants.SERVICE_ID, number));
        }
    }

    DeliveryStage delivery() {
        return (DeliveryStage) stages.get("delivery");
    }

    ReceiveStage receive() {
        return (ReceiveStage) stages.get("receive");
    }

    Sender sender() {
        return (Sender) wiring.get(SendQueue.class);
    }

    InboundQueue inboundQueue() {
        return (InboundQueue) wiring.get(Reception.class);
    }

    /** Simulates that a carrier's bundle starts. */
    void start(CarrierFactory carrier) {
        carriers.put(carrier, nextService++);
        stages.values().forEach(stage -> add(stage, carrier, carriers.get(carrier)));
    }

    /** Simulates that it stops. */
    void stop(CarrierFactory carrier) {
        carriers.remove(carrier);
        delivery().removeCarrier(carrier);
    }

    /** Simulates that the bundle that provides it starts. */
    void start(Class<?> part) {
        if (part == OperatorSettings.class) {
            suites.setOperatorSettings(settings);
            nodes.setOperatorSettings(settings);
        }
        bind("set", part, parts.get(part));
    }

    /** The same, with another instance. */
    void start(Class<?> part, Object instance) {
        parts.put(part, instance);
        start(part);
    }

    /** Simulates that the bundle that provides it stops. */
    void stop(Class<?> part) {
        if (part == OperatorSettings.class) {
            suites.unsetOperatorSettings(settings);
            nodes.unsetOperatorSettings(settings);
        }
        bind("unset", part, parts.get(part));
    }

    private void bind(String how, Class<?> part, Object instance) {
        if (part == CoverFactory.class) {
            bindCover(how.equals("set"), (CoverFactory) instance);
            return;
        }
        if (how.equals("set")) {
            putAny(part, instance);
        } else {
            takeAny(part, instance);
        }
    }

    private <T> void putAny(Class<T> type, Object service) {
        wiring.put(type, type.cast(service));
    }

    private <T> void takeAny(Class<T> type, Object service) {
        wiring.take(type, type.cast(service));
    }

    private void bindCover(boolean here, CoverFactory factory) {
        cover = here ? factory : null;
        if (here) {
            delivery().setCoverFactory(factory);
        } else {
            delivery().unsetCoverFactory(factory);
        }
    }

    /** A server that is closed before it has read a block begins at the chain's tip next time. */
    void awaitCursor(Transport node) {
        try {
            await(
                    "knows where reading goes on",
                    () -> store.note("cursor." + node.network().label() + "." + node.name())
                            .isPresent());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private void setAuditLog() {
        state.setAuditLog(new AuditLog() {
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
        });
    }

    static TestServer fresh(HandSetClock clock, TestNetwork.Node... attached) throws StoreException {
        return fresh(clock, new PoissonTiming(), Optional.empty(), attached);
    }

    /** @param etc the directory of the machine's network configuration */
    static TestServer fresh(HandSetClock clock, Timing timing, Optional<Path> etc, TestNetwork.Node... attached)
            throws StoreException {
        return fresh(new MachineStore(), clock, timing, etc, attached);
    }

    static TestServer fresh(
            MachineStore store, HandSetClock clock, Timing timing, Optional<Path> etc, TestNetwork.Node... attached)
            throws StoreException {
        TestServer server = new TestServer(
                store, clock, new HashMap<>(), timing, new SecureRandom(), List.of(attached), List.of(attached), etc);
        server.vault().create(STORE_PASSPHRASE);
        for (TestNetwork.Node node : attached) {
            server.awaitCursor(node);
        }
        return server;
    }

    /** The same, with the test's timing. */
    TestServer restart(Timing timing, TestNetwork.Node... attached) throws StoreException {
        close();
        store.lock();
        TestServer next = new TestServer(
                store, clock, new HashMap<>(), timing, new SecureRandom(), List.of(attached), List.of(attached));
        next.vault().unlock(STORE_PASSPHRASE);
        return next;
    }

    /** Returns the same store after a restart; nothing of the old server's memory. */
    TestServer restart(TestNetwork.Node... attached) throws StoreException {
        close();
        store.lock();
        TestServer next = new TestServer(store, clock, new HashMap<>(), attached);
        next.vault().unlock(STORE_PASSPHRASE);
        return next;
    }

    static <T> T make(Class<T> type) {
        try {
            Constructor<T> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (NoSuchMethodException
                | InstantiationException
                | IllegalAccessException
                | InvocationTargetException e) {
            throw new AssertionError("cannot make " + type, e);
        }
    }

    static Identities identities() {
        return make(CurveIdentities.class);
    }

    static BackupFile backupFile() {
        try {
            Constructor<SealedBackup> constructor =
                    SealedBackup.class.getDeclaredConstructor(SecureRandom.class, KdfParameters.class);
            constructor.setAccessible(true);
            SealedBackup backup = constructor.newInstance(new SecureRandom(), CHEAP);
            set(backup, "derivations", List.of(Map.entry(Map.of(), new QuickArgon2id())));
            set(backup, "suites", List.of(Map.entry(Map.of(), make(XChaCha20Poly1305.class))));
            return backup;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("cannot make the backup's form", e);
        }
    }

    private static void set(Object object, String field, Object value) throws ReflectiveOperationException {
        var found = object.getClass().getDeclaredField(field);
        found.setAccessible(true);
        found.set(object, value);
    }

    static PacketCodec codec() {
        try {
            Constructor<WireCodec> constructor = WireCodec.class.getDeclaredConstructor(Padding.class);
            constructor.setAccessible(true);
            return constructor.newInstance(new BucketPadding());
        } catch (NoSuchMethodException
                | InstantiationException
                | IllegalAccessException
                | InvocationTargetException e) {
            throw new AssertionError("cannot make the codec", e);
        }
    }

    Vault vault() {
        return (Vault) services.get(Vault.class);
    }

    Personas personas() {
        return (Personas) services.get(Personas.class);
    }

    Channels channels() {
        return (Channels) services.get(Channels.class);
    }

    Contacts contacts() {
        return (Contacts) services.get(Contacts.class);
    }

    Sessions sessions() {
        return (Sessions) services.get(Sessions.class);
    }

    Backups backups() {
        return (Backups) services.get(Backups.class);
    }

    /** Adds another server's current persona as a contact. */
    void know(TestServer other, String name) throws PartylineException {
        contacts()
                .add(
                        Optional.empty(),
                        other.personas().card(Optional.empty(), Optional.of(network)),
                        Optional.of(name));
    }

    long write(String contact, String text) throws PartylineException {
        return messages()
                .send(new Messages.Send(Optional.empty(), true, contact, text, Optional.empty(), false, false))
                .id();
    }

    Messages messages() {
        return (Messages) services.get(Messages.class);
    }

    /** Runs the maintenance that otherwise runs twice a minute. */
    void keep() {
        stage.maintain();
    }

    Fees fees() {
        return (Fees) services.get(Fees.class);
    }

    Cover cover() {
        return (Cover) services.get(Cover.class);
    }

    Privacy privacy() {
        return (Privacy) services.get(Privacy.class);
    }

    /** Returns the check for the doctor. */
    HealthCheck check() {
        return (HealthCheck) services.get(HealthCheck.class);
    }

    /** Runs the comparison of nodes that otherwise runs twice a minute. */
    void compareNodes() {
        nodes.round();
    }

    People people() {
        return guard.people();
    }

    private Recognition recognition() {
        return state.services().recognition();
    }

    /** Triggers the sender. */
    void kick() {
        state.services().notices().bus().publish(new Bus.Retry());
    }

    /** Runs the sender once on everything, and waits until it is done. */
    void round() throws PartylineException {
        Sender sender = sender();
        sender.call(() -> {
            sender.round();
            return null;
        });
    }

    /** Waits until everything that nodes have reported so far was read. */
    void read() throws InterruptedException {
        barrier();
        Eventually.that("all keys are derived", () -> !isDeriving());
        barrier();
    }

    /** Waits until everything that nodes have reported so far was examined; keys may still be derived. */
    void barrier() throws InterruptedException {
        CountDownLatch read = new CountDownLatch(1);
        inboundQueue().submit(read::countDown);
        read.await();
    }

    /** Replaces our derivation by the test's. */
    void provide(KeyDerivation derivation) {
        ServiceReference<KeyDerivation> own = derivations.get(derivation.id());
        if (own != null) {
            suites.removeDerivation(argon2id, own);
        }
        derivations.put(derivation.id(), reference());
        suites.addDerivation(derivation, derivations.get(derivation.id()));
    }

    /** Simulates that a node reports a transaction. */
    void meet(byte[] raw, Transport node, Optional<BlockRef> block) {
        meet(raw, node, node.network(), block);
    }

    /** Simulates that a node reports a transaction of another network. */
    void meet(byte[] raw, Transport node, Network on, Optional<BlockRef> block) {
        TransactionScanner.scan(
                raw,
                (output, offset, length) -> inboundQueue()
                        .candidate(Candidate.of(
                                on,
                                java.util.Arrays.copyOfRange(raw, offset, offset + length),
                                TransactionScanner.id(raw),
                                block,
                                clock.instant(),
                                node.name())));
    }

    /** Writes pending data. */
    void flush() {
        guard.lock();
        try {
            inboundQueue().settleWrites();
        } finally {
            guard.unlock();
        }
    }

    /** Returns the number of remembered packets that matched nothing. */
    int unmatched() {
        guard.lock();
        try {
            return recognition().unmatched.size();
        } finally {
            guard.unlock();
        }
    }

    /** Returns the number of chains that are read. */
    int chainsRead() {
        guard.lock();
        try {
            return recognition().chains.all().size();
        } finally {
            guard.unlock();
        }
    }

    /** Checks whether blocks are to be read again, which otherwise happens twice a minute. */
    void reread() {
        inboundQueue().reread();
    }

    private boolean isDeriving() {
        guard.lock();
        try {
            return guard.isLoaded()
                    && (recognition().secrets.waiting() > 0
                            || !recognition().unmatched.again.isEmpty());
        } finally {
            guard.unlock();
        }
    }

    /** Returns the event log. */
    Events log() {
        return (Events) services.get(Events.class);
    }

    Conversations conversations() {
        return (Conversations) services.get(Conversations.class);
    }

    Wallets wallets() {
        return (Wallets) services.get(Wallets.class);
    }

    /** Returns the keys of its current persona. */
    IdentityKeys keys() throws PartylineException {
        return guard.<IdentityKeys, PartylineException>open(() -> guard.<IdentityKeys, PartylineException>transact(tx ->
                people().personas.keys(PersonaRecord.named(tx, Optional.empty()).id()).keys));
    }

    /** Provides an optional service to the server. */
    void provide(String field, Object service) throws ReflectiveOperationException {
        java.lang.reflect.Field target = VaultComponent.class.getDeclaredField(field);
        target.setAccessible(true);
        target.set(stage.component, service);
    }

    AeadSuite suite(String name) {
        return references.keySet().stream()
                .filter(suite -> suite.id().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    void start(AeadSuite suite) {
        ServiceReference<AeadSuite> reference = reference();
        references.put(suite, reference);
        suites.addSuite(suite, reference);
    }

    void stop(AeadSuite suite) {
        suites.removeSuite(suite, references.get(suite));
    }

    void join(String channel, Channels.Mode mode) throws PartylineException {
        join(channel, mode, network);
    }

    void join(String channel, Channels.Mode mode, Network on) throws PartylineException {
        channels()
                .join(
                        new Channels.Join(Optional.empty(), channel, mode, Optional.of(CHEAP), Optional.of(on)),
                        "channel passphrase".toCharArray());
    }

    long send(String channel, String text) throws PartylineException {
        return messages()
                .send(new Messages.Send(Optional.empty(), channel, text, Optional.empty(), false))
                .id();
    }

    /** Returns the received texts, as listed. */
    List<String> received() throws PartylineException {
        return messages().messages(Messages.Query.ALL).stream()
                .filter(message -> !message.outgoing() && !message.notice())
                .map(message -> message.text().orElse("(burn)"))
                .toList();
    }

    /** Returns the notices of conversations. */
    List<String> notices() throws PartylineException {
        return messages().messages(Messages.Query.ALL).stream()
                .filter(Messages.Message::notice)
                .map(message -> message.text().orElseThrow())
                .toList();
    }

    /** Returns the received texts, as reported in events. */
    List<String> told() {
        return events.stream()
                .flatMap(event -> event.message().stream())
                .map(message -> message.text().orElse("(burn)"))
                .toList();
    }

    Messages.State state(long id) throws PartylineException {
        return messages().outgoing(id).state();
    }

    /** Waits for other threads; fails the test if the condition does not become true. */
    static void await(String what, Condition condition) throws Exception {
        Eventually.that(what, condition::holds);
    }

    @FunctionalInterface
    interface Condition {
        boolean holds() throws Exception;
    }

    @Override
    public void close() {
        stage.stop();
        stages.values().forEach(TestServer::deactivate);
        state.stop();
        nodes.stop();
    }

    private BundleContext context() {
        return proxy(BundleContext.class, (method, arguments) -> switch (method) {
            case "registerService" -> {
                Class<?> type = (Class<?>) arguments[0];
                services.put(type, arguments[1]);
                if (type == Cover.class) {
                    wiring.put(Cover.class, (Cover) arguments[1]);
                }
                yield proxy(ServiceRegistration.class, (name, none) -> {
                    if (name.equals("unregister") && services.remove(type, arguments[1]) && type == Cover.class) {
                        wiring.take(Cover.class, (Cover) arguments[1]);
                    }
                    return null;
                });
            }
            case "getBundles" -> new Bundle[0];
            case "getBundle" -> proxy(Bundle.class, (name, none) -> programState);
            case "getProperty" ->
                arguments[0].equals("karaf.etc") ? etc.map(Path::toString).orElse(null) : null;
            default -> null;
        });
    }

    @SuppressWarnings("unchecked")
    private static <S> ServiceReference<S> reference() {
        int number = nextReference++;
        return proxy(ServiceReference.class, (method, arguments) -> switch (method) {
            case "compareTo" -> Integer.compare(number, (int) ((ServiceReference<?>) arguments[0]).getProperty("n"));
            case "getProperty" -> number;
            default -> null;
        });
    }

    private static ConfigurationAdmin configurationAdmin(Map<String, Object> values) {
        Configuration configuration = proxy(Configuration.class, (method, arguments) -> switch (method) {
            case "getProperties" -> new java.util.Hashtable<>(values);
            case "update" -> {
                java.util.Dictionary<?, ?> next = (java.util.Dictionary<?, ?>) arguments[0];
                for (var keys = next.keys(); keys.hasMoreElements(); ) {
                    String key = (String) keys.nextElement();
                    values.put(key, next.get(key));
                }
                yield null;
            }
            default -> null;
        });
        return proxy(ConfigurationAdmin.class, (method, arguments) -> configuration);
    }

    private interface Handler {
        Object handle(String method, Object[] arguments);
    }

    @SuppressWarnings("unchecked")
    private static <T> T proxy(Class<?> type, Handler handler) {
        return (T) Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    case "toString" -> type.getSimpleName();
                    default -> handler.handle(method.getName(), arguments);
                });
    }
}
