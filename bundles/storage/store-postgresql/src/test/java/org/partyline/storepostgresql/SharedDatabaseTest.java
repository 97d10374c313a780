package org.partyline.storepostgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.testkit.PostgreSqlServer;

/** What a server's bundles get to see of the shared database, with a real PostgreSQL. */
@EnabledIf(value = "isInstalled", disabledReason = PostgreSqlServer.MISSING)
class SharedDatabaseTest {
    private static final String INSTANCE = "partyline-0000000000000001";

    @TempDir
    Path etc;

    private final PrintStream err = System.err;
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final Map<String, String> framework = new HashMap<>();
    private final Map<Class<?>, Object> services = new HashMap<>();
    private final List<Object> registered = new ArrayList<>();
    private final BundleContext context = (BundleContext) Proxy.newProxyInstance(
            BundleContext.class.getClassLoader(), new Class<?>[] {BundleContext.class}, (self, method, with) -> {
                switch (method.getName()) {
                    case "getProperty":
                        return framework.get(with[0]);
                    case "registerService":
                        return register((Class<?>) with[0], with[1], (Map<?, ?>) with[2]);
                    default:
                        throw new UnsupportedOperationException(method.getName());
                }
            });

    private Map<String, Object> settings;

    static boolean isInstalled() throws IOException {
        return PostgreSqlServer.shared().isPresent();
    }

    @BeforeEach
    void makesALeader() throws IOException {
        PostgreSqlServer server = PostgreSqlServer.shared().orElseThrow();
        settings = Map.of("url", server.url(server.database()), "user", PostgreSqlServer.USER);
        framework.put("karaf.etc", etc.toString());
        framework.put("partyline.leader.token", "00");
        framework.put("partyline.leader.epoch", "3");
        framework.put("partyline.leader.instance", INSTANCE);
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void putsBack() {
        System.setErr(err);
    }

    private Object register(Class<?> type, Object service, Map<?, ?> properties) {
        services.put(type, service);
        registered.add(properties);
        return Proxy.newProxyInstance(
                ServiceRegistration.class.getClassLoader(),
                new Class<?>[] {ServiceRegistration.class},
                (self, method, with) -> {
                    assertEquals("unregister", method.getName());
                    services.remove(type);
                    return null;
                });
    }

    private String logged() {
        return logged.toString(StandardCharsets.UTF_8);
    }

    private static String one(Connection connection, String sql) throws Exception {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void aLeaderOffersItsDatabaseUntilItStops() throws Exception {
        SharedDatabase shared = new SharedDatabase(context, settings);
        shared.start(context);
        assertTrue(registered.contains(Map.of("osgi.jndi.service.name", "partyline.shared")), registered::toString);
        HikariDataSource pool = (HikariDataSource) services.get(DataSource.class);
        try (Connection connection = pool.getConnection()) {
            assertEquals(INSTANCE, one(connection, "show application_name"));
            assertEquals("10s", one(connection, "show lock_timeout"));
            assertEquals("1min", one(connection, "show idle_in_transaction_session_timeout"));
            try (Statement statement = connection.createStatement()) {
                statement.execute("create table pl_leader as select 3 as epoch, '" + INSTANCE + "' as instance");
                statement.execute("create table pl_standby (instance text, holder text, settings text)");
            }
            HealthCheck check = (HealthCheck) services.get(HealthCheck.class);
            assertEquals(Finding.Verdict.OK, check.examine().get(0).verdict());
        }
        assertEquals("partyline-store", pool.getPoolName());
        assertEquals(2, pool.getMaximumPoolSize());
        assertEquals(0, pool.getMinimumIdle());
        assertEquals(5000, pool.getConnectionTimeout());
        assertEquals(0, pool.getMaxLifetime());
        shared.stop();
        assertEquals(Map.of(), services);
        assertTrue(pool.isClosed());
    }

    @Test
    void aDatabaseThatIsUnavailableAtTheStartMayComeLater() {
        SharedDatabase shared = new SharedDatabase(context, Map.of("url", "jdbc:postgresql://db.invalid/partyline"));
        shared.start(context);
        assertEquals(2, services.size());
        shared.stop();
    }

    @Test
    void whereASettingIsWrongThereIsNoDatabase() {
        SharedDatabase shared = new SharedDatabase(context, Map.of("url", "jdbc:h2:mem:x"));
        shared.start(context);
        assertEquals(Map.of(), services);
        assertTrue(logged().contains("There is no store: org.partyline.store.postgresql.cfg: url"), this::logged);
        shared.stop();
    }

    @Test
    void aServerThatWasStartedWithoutTheLockSaysThatItUsesAStoreOfItsOwn() {
        framework.remove("partyline.leader.token");
        SharedDatabase shared = new SharedDatabase(context, settings);
        shared.start(context);
        shared.stop();
        assertEquals(Map.of(), services);
        assertTrue(logged().contains("this server was started without its lock"), this::logged);
    }

    @Test
    void aServerWithoutASharedDatabaseSaysNothing() {
        framework.remove("partyline.leader.token");
        SharedDatabase shared = new SharedDatabase(context, Map.of());
        shared.start(context);
        shared.modified();
        assertEquals(Map.of(), services);
        assertFalse(logged().contains("lock"), this::logged);
    }
}
