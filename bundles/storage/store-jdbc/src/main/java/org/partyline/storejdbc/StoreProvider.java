package org.partyline.storejdbc;

import static org.osgi.service.component.annotations.ReferenceCardinality.MULTIPLE;
import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.jdbc.DataSourceFactory;
import org.partyline.api.Faults;
import org.partyline.api.ServerHome;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.panic.Erasable;
import org.partyline.api.panic.EraseJournal;
import org.partyline.api.panic.EraseOrder;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers the store while its database is available; locks and unregisters it otherwise.
 *
 * <p>Not a DS service itself: the configuration decides which of two references it needs.
 */
@Component(
        service = {},
        immediate = true,
        configurationPid = StoreSettings.PID)
@Capability(
        namespace = "osgi.service",
        attribute = {"objectClass:List<String>=\"org.partyline.api.store.Store\""},
        uses = Store.class)
@Capability(
        namespace = "osgi.service",
        attribute = {"objectClass:List<String>=\"org.partyline.api.panic.Erasable\""},
        uses = Erasable.class)
public final class StoreProvider {
    private static final Logger LOG = LoggerFactory.getLogger(StoreProvider.class);
    private static final int MOST_CANDIDATES = 65_536;
    /**
     * Framework properties that the lock of a leader sets before any bundle of ours starts (bundle store-postgresql).
     */
    private static final String LEADER = "partyline.leader.token";

    private static final String HISTORY = "partyline.leader.history";
    private static final String WATCHED = "partyline.leader.watched";
    private static final String PUBLISHED = "partyline.leader.published";
    /** The DataSource of the database that a leader shares with its standby. */
    private static final String SHARED = "partyline.shared";

    private final BundleContext context;
    private final Optional<String> leader;
    private String wanted;
    private Duration eraseAfter;
    private final ScheduledExecutorService scheduler;
    private final Map<DataSource, List<String>> dataSources = new LinkedHashMap<>();
    private @Nullable DataSourceFactory h2;
    private boolean active;

    private @Nullable Running running;

    /**
     * A store that is in use.
     *
     * @param database the database or data source that contains it
     */
    private record Running(Object database, JdbcStore store, List<ServiceRegistration<?>> services) {
        void stop() {
            services.forEach(ServiceRegistration::unregister);
            store.close();
        }
    }

    /** Erases everything else after a duress unlock; null while it is unavailable. */
    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    volatile @Nullable EraseOrder eraseOrder;

    /** The key derivations that are running, with their service properties. */
    @Reference(cardinality = MULTIPLE, policy = DYNAMIC, policyOption = GREEDY)
    volatile List<Map.Entry<Map<String, Object>, KeyDerivation>> derivations = List.of();

    /**
     * @param context the bundle that registers the store
     * @param settings select the database
     */
    @Activate
    public StoreProvider(BundleContext context, Map<String, Object> settings) {
        this.context = context;
        this.leader = Optional.ofNullable(context.getProperty(LEADER)).filter(token -> !token.isBlank());
        this.wanted = leader.isPresent() ? SHARED : StoreSettings.DATASOURCE.in(settings);
        this.eraseAfter = StoreSettings.ERASE_AFTER.in(settings);
        this.scheduler = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "partyline-store");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Activate
    synchronized void start() {
        active = true;
        refresh();
        if (running == null && !wanted.isEmpty()) {
            LOG.warn(
                    "{}: datasource={}: there is no such DataSource service yet; the store waits for it",
                    StoreSettings.PID,
                    wanted);
        }
    }

    /** A changed erasure time applies to an open store; another database closes it. */
    @Modified
    synchronized void modified(Map<String, Object> settings) {
        String newName;
        Duration newEraseAfter;
        try {
            // A leader shares its database with its standby, whatever the settings say.
            newName = leader.isPresent() ? SHARED : StoreSettings.DATASOURCE.in(settings);
            newEraseAfter = StoreSettings.ERASE_AFTER.in(settings);
        } catch (IllegalArgumentException e) {
            LOG.error("{}: {}. The last good settings stay in force.", StoreSettings.PID, e.getMessage());
            return;
        }
        eraseAfter = newEraseAfter;
        if (running != null) {
            running.store().eraseAfter(newEraseAfter);
        }
        if (!newName.equals(wanted)) {
            wanted = newName;
            refresh();
        }
    }

    @Deactivate
    synchronized void stop() {
        active = false;
        refresh();
        scheduler.shutdownNow();
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, target = "(osgi.jdbc.driver.class=org.h2.Driver)")
    synchronized void bindH2(DataSourceFactory factory) {
        h2 = factory;
        refresh();
    }

    synchronized void unbindH2(DataSourceFactory factory) {
        if (h2 == factory) {
            h2 = null;
            refresh();
        }
    }

    @Reference(cardinality = MULTIPLE, policy = DYNAMIC)
    synchronized void bindDataSource(DataSource dataSource, Map<String, Object> properties) {
        dataSources.put(
                dataSource,
                List.of(
                        String.valueOf(properties.get("osgi.jndi.service.name")),
                        String.valueOf(properties.get(DataSourceFactory.JDBC_DATASOURCE_NAME))));
        refresh();
    }

    synchronized void unbindDataSource(DataSource dataSource) {
        dataSources.remove(dataSource);
        refresh();
    }

    /** Registers or unregisters the store according to the available services. */
    private void refresh() {
        Object needed = active ? needed() : null;
        if (running != null) {
            if (needed == running.database()) {
                return;
            }
            running.stop();
            running = null;
        }
        if (needed == null) {
            return;
        }
        try {
            Database database = new Database(source(needed), fence());
            goOnErasing(database);
            JdbcStore store = new JdbcStore(
                    database,
                    this::derivation,
                    KdfParameters.ARGON2ID_DEFAULT,
                    new SecureRandom(),
                    Clock.systemUTC(),
                    scheduler,
                    MOST_CANDIDATES,
                    eraseAfter);
            // In a shared database, the change is one transaction.
            store.onDuress(this::carryOut, leader.isEmpty() ? Optional.of(new NextStore(home())) : Optional.empty());
            List<ServiceRegistration<?>> services = new ArrayList<>();
            running = new Running(needed, store, services);
            services.add(context.registerService(Store.class, store, new Hashtable<>()));
            services.add(context.registerService(Erasable.class, new ErasableStore(store), new Hashtable<>()));
            services.add(
                    context.registerService(HealthCheck.class, new OldTablesCheck(store::copies), new Hashtable<>()));
            // The store is unregistered last.
            Collections.reverse(services);
        } catch (StoreException e) {
            LOG.error("There is no store: {}", Faults.reason(e));
        } catch (SQLException e) {
            LOG.error("There is no store: H2 rejects its settings ({})", Faults.reason(e));
        }
    }

    private @Nullable Object needed() {
        if (wanted.isEmpty()) {
            return h2;
        }
        return dataSources.entrySet().stream()
                .filter(entry -> entry.getValue().contains(wanted))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    private ConnectionSource source(Object needed) throws StoreException, SQLException {
        Path directory = home().resolve("store");
        if (needed instanceof DataSourceFactory factory) {
            return new EmbeddedDatabase(factory, directory);
        }
        return new ExternalDatabase(
                (DataSource) needed,
                new KeyShare(directory.resolve(EmbeddedDatabase.KEYS), new SecureRandom()),
                () -> hasOwnStore(directory));
    }

    /** A file without a store is there since the server was first started without the database. */
    private boolean hasOwnStore(Path directory) {
        DataSourceFactory factory = h2;
        if (factory == null || !Files.exists(directory.resolve(EmbeddedDatabase.NAME + EmbeddedDatabase.SUFFIX))) {
            return false;
        }
        try (Database own = new Database(new EmbeddedDatabase(factory, directory), Fence.NONE)) {
            return own.read(connection -> Meta.get(connection, Meta.WRAP) != null);
        } catch (StoreException | SQLException e) {
            LOG.debug("The home's own file has no store that can be read: {}", Faults.reason(e));
            return false;
        }
    }

    private Fence fence() {
        return leader.<Fence>map(token -> new LeaderFence(
                        token,
                        Optional.ofNullable(context.getProperty(HISTORY)).orElse(""),
                        Boolean.parseBoolean(context.getProperty(WATCHED)),
                        Optional.ofNullable(context.getProperty(PUBLISHED)).orElse("")))
                .orElse(Fence.NONE);
    }

    /** A store that was being erased when the server stopped is erased before anyone can open it. */
    private void goOnErasing(Database database) throws StoreException {
        EraseJournal journal = new EraseJournal(home());
        try {
            // In a shared database, another server may have changed the store after this home's journal was written.
            boolean unfinished = leader.isEmpty() && journal.pending().contains(ErasableStore.NAME);
            NextStore next = new NextStore(home());
            ConnectionSource.Remains remains = unfinished ? goOnErasing(database, next.read()) : database.remains();
            remains.overwrite();
            journal.done(ErasableStore.NAME);
            next.forget();
        } catch (IOException e) {
            throw new StoreException("the store was to be erased, but parts remain: destroy its disk", e);
        }
    }

    /** @param next the empty store to create after a duress unlock; empty if none */
    private static ConnectionSource.Remains goOnErasing(Database database, Optional<Head> next) throws StoreException {
        if (next.isEmpty()) {
            return database.destroy();
        }
        return hasBegun(database, next.get()) ? database.remains() : database.replace(next.get());
    }

    private static boolean hasBegun(Database database, Head next) {
        try {
            return database.read(next::isIn);
        } catch (StoreException e) {
            // If it cannot be read any more, it is not the store that was just begun.
            return false;
        }
    }

    private void carryOut(BooleanSupplier own) {
        EraseOrder order = eraseOrder;
        if (order != null) {
            order.carryOut(own);
            return;
        }
        EraseJournal journal = new EraseJournal(home());
        try {
            journal.begin(Set.of(ErasableStore.NAME));
        } catch (IOException e) {
            // The journal is only needed after a crash.
            LOG.debug("There is no journal: {}", Faults.reason(e));
        }
        if (!own.getAsBoolean()) {
            return;
        }
        try {
            journal.done(ErasableStore.NAME);
        } catch (IOException e) {
            LOG.debug("The journal is not deleted: {}", Faults.reason(e));
        }
    }

    private Path home() {
        return ServerHome.of(context::getProperty);
    }

    /** The key derivation with the highest ranking. */
    private Optional<KeyDerivation> derivation(KdfId id) {
        return derivations.stream()
                .filter(entry -> entry.getValue().id().equals(id))
                .max(Comparator.comparingInt(entry -> ranking(entry.getKey())))
                .map(Map.Entry::getValue);
    }

    private static int ranking(Map<String, Object> properties) {
        return properties.get(Constants.SERVICE_RANKING) instanceof Integer ranking ? ranking : 0;
    }
}
