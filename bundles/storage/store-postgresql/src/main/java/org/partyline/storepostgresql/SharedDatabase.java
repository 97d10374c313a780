package org.partyline.storepostgresql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.partyline.api.health.HealthCheck;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers the shared database as a DataSource for the store on the leader. Registers nothing on a standby, or without
 * a shared database.
 */
@Component(
        service = {},
        immediate = true,
        configurationPid = PostgreSqlSettings.PID)
@Capability(
        namespace = "osgi.service",
        attribute = {"objectClass:List<String>=\"javax.sql.DataSource\""},
        uses = DataSource.class)
public final class SharedDatabase {
    /** The name by which the store finds it. */
    static final String NAME = "partyline.shared";

    private static final Logger LOG = LoggerFactory.getLogger(SharedDatabase.class);
    private static final String TOKEN = "partyline.leader.token";
    private static final String EPOCH = "partyline.leader.epoch";
    private static final String INSTANCE = "partyline.leader.instance";

    /** One for the store, one for the health check. */
    private static final int CONNECTIONS = 2;

    private static final long CONNECT_MILLIS = TimeUnit.SECONDS.toMillis(5);
    private static final int ANSWER_SECONDS = 30;

    /** Null without a shared database, or with invalid settings. */
    private final @Nullable HikariDataSource pool;

    private @Nullable ServiceRegistration<DataSource> dataSource;
    private @Nullable ServiceRegistration<HealthCheck> check;

    /** For Declarative Services. */
    @Activate
    public SharedDatabase(BundleContext context, Map<String, Object> properties) {
        boolean leads = context.getProperty(TOKEN) != null;
        if (!leads && PostgreSqlSettings.isSet(properties)) {
            LOG.error(
                    "{}.cfg names a shared database, but this server was started without its lock: it uses a "
                            + "store in its own files. Stop it, and start it with the start script",
                    PostgreSqlSettings.PID);
        }
        pool = leads ? pool(context, properties) : null;
    }

    private static @Nullable HikariDataSource pool(BundleContext context, Map<String, Object> properties) {
        try {
            PostgreSqlSettings settings =
                    PostgreSqlSettings.parse(properties, Path.of(context.getProperty("karaf.etc")));
            HikariConfig config = new HikariConfig();
            // A successor terminates its connections by their name.
            config.setDataSource(new PGSimpleDataSource() {
                @Override
                public Connection getConnection() throws SQLException {
                    return settings.connect(context.getProperty(INSTANCE), ANSWER_SECONDS);
                }
            });
            config.setPoolName("partyline-store");
            config.setMaximumPoolSize(CONNECTIONS);
            config.setMinimumIdle(0);
            config.setConnectionTimeout(CONNECT_MILLIS);
            // A database that is unavailable at the start may become available later.
            config.setInitializationFailTimeout(-1);
            config.setMaxLifetime(0);
            // A server that hangs must not hold up its successor.
            config.setConnectionInitSql("set idle_in_transaction_session_timeout = '60s'; set lock_timeout = '10s'");
            return new HikariDataSource(config);
        } catch (IllegalArgumentException e) {
            LOG.error("There is no store: {}", e.getMessage());
            return null;
        }
    }

    @Activate
    void start(BundleContext context) {
        if (pool == null) {
            return;
        }
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put("osgi.jndi.service.name", NAME);
        check = context.registerService(
                HealthCheck.class,
                new StandbyCheck(
                        pool,
                        Long.parseLong(context.getProperty(EPOCH)),
                        context.getProperty(INSTANCE),
                        Path.of(context.getProperty("karaf.etc"))),
                new Hashtable<>());
        dataSource = context.registerService(DataSource.class, pool, properties);
    }

    /** Another database is another store, so it is not changed while this one is in use. */
    @Modified
    void modified() {
        LOG.warn("{}: changes take effect at the next start", PostgreSqlSettings.PID);
    }

    @Deactivate
    void stop() {
        if (dataSource != null) {
            dataSource.unregister();
        }
        if (check != null) {
            check.unregister();
        }
        if (pool != null) {
            pool.close();
        }
    }
}
