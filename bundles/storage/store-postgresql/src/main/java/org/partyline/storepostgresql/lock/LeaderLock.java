package org.partyline.storepostgresql.lock;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.karaf.main.lock.Lock;
import org.apache.karaf.main.util.BootstrapLogManager;
import org.jspecify.annotations.Nullable;
import org.partyline.storepostgresql.PostgreSqlSettings;
import org.partyline.storepostgresql.SettingsDigest;

/**
 * Implements Karaf's lock with the shared database. While this server does not hold it, Karaf stays below the start
 * level of our bundles: no store, no keys, no node, no console. When it is lost, they are stopped.
 */
public final class LeaderLock implements Lock {
    /** The framework properties by which bundles find the leader. */
    static final String TOKEN = "partyline.leader.token";

    static final String WATCHED = "partyline.leader.watched";
    static final String HISTORY = "partyline.leader.history";
    static final String EPOCH = "partyline.leader.epoch";
    static final String INSTANCE = "partyline.leader.instance";
    static final String PUBLISHED = "partyline.leader.published";

    /** How far the store has advanced: set by the store's bundle while this server leads. */
    static final String NEWEST = "partyline.leader.newest";

    private static final Logger LOG = Logger.getLogger(LeaderLock.class.getName());
    private static final int INSTANCE_LENGTH = 8;
    private static final int ANSWER_SECONDS = 5;

    private final Path etc;
    private final Path share;
    private final RoleFile role;
    private final SeenMark seen;
    private final ProcessStreams streams = ProcessStreams.ofThisProcess();
    private final SecureRandom random = new SecureRandom();
    private final String instance;
    private final LongSupplier nanos;
    private @Nullable Leadership leadership;
    private long epoch;

    /** @param properties Karaf's properties */
    public LeaderLock(org.apache.felix.utils.properties.Properties properties) {
        this(System::nanoTime);
    }

    LeaderLock(LongSupplier nanos) {
        this.nanos = nanos;
        this.etc = Path.of(System.getProperty("karaf.etc"));
        Path home = Path.of(System.getProperty("karaf.base"));
        this.share = home.resolve("store").resolve("keys");
        this.seen = new SeenMark(home.resolve("store").resolve("leader"));
        this.role = new RoleFile(home.resolve("run").resolve("role"));
        byte[] bytes = new byte[INSTANCE_LENGTH];
        random.nextBytes(bytes);
        this.instance = "partyline-" + HexFormat.of().formatHex(bytes);
        System.setProperty(INSTANCE, instance);
        BootstrapLogManager.configureLogger(LOG);
    }

    @Override
    public synchronized boolean lock() throws IOException {
        try {
            if (leadership == null) {
                leadership = leadership();
            }
            Leadership.Taken taken = leadership.take();
            if (taken == null) {
                Lead lead = leadership.leader();
                if (lead != null) {
                    seen.keep(lead.newest());
                }
                report(
                        RoleFile.Role.STANDBY,
                        "This server is a standby" + (lead == null ? "" : " of " + lead.holder())
                                + ": it takes over if the leader fails.");
                return false;
            }
            streams.restore();
            System.clearProperty(NEWEST);
            System.setProperty(PUBLISHED, Lead.further(taken.published(), seen.read()));
            System.setProperty(EPOCH, Long.toString(taken.epoch()));
            System.setProperty(HISTORY, taken.history());
            System.setProperty(WATCHED, Boolean.toString(taken.watched()));
            System.setProperty(TOKEN, taken.token());
            epoch = taken.epoch();
            tellThatItLeads();
            return true;
        } catch (SQLException e) {
            report(
                    RoleFile.Role.WAITING,
                    e.getSQLState() == null
                            ? "This server cannot use its database and tries again: " + firstLine(e.getMessage())
                            : "This server cannot determine the leader and tries again: the database failed (SQL state "
                                    + e.getSQLState() + "): " + firstLine(e.getMessage()));
            return false;
        } catch (IOException | IllegalArgumentException e) {
            report(RoleFile.Role.WAITING, "This server cannot use its database and tries again: " + e.getMessage());
            return false;
        }
    }

    private Leadership leadership() throws IOException {
        Properties file = new Properties();
        try (Reader reader =
                Files.newBufferedReader(etc.resolve(PostgreSqlSettings.PID + ".cfg"), StandardCharsets.UTF_8)) {
            file.load(reader);
        }
        Map<String, String> properties = new HashMap<>();
        file.stringPropertyNames().forEach(key -> properties.put(key, file.getProperty(key)));
        PostgreSqlSettings settings = PostgreSqlSettings.parse(properties, etc);
        return new Leadership(
                () -> settings.connect(instance, ANSWER_SECONDS),
                settings.name(),
                instance,
                this::settingsDigest,
                () -> System.getProperty(NEWEST, ""),
                random,
                nanos);
    }

    private String settingsDigest() {
        try {
            return SettingsDigest.of(etc) + (Files.exists(share) ? "" : SettingsDigest.WITHOUT_SHARE);
        } catch (IOException e) {
            LOG.log(Level.FINE, "The settings cannot be read: {0}", e.getClass().getName());
            return "";
        }
    }

    private static String firstLine(String text) {
        return String.valueOf(text).lines().findFirst().orElse("");
    }

    /** @param text may contain text that someone wrote into the database */
    private void report(RoleFile.Role what, String text) throws IOException {
        String sentence = PostgreSqlSettings.printable(text);
        if (role.write(what, sentence)) {
            LOG.log(
                    what == RoleFile.Role.WAITING || what == RoleFile.Role.SILENT ? Level.WARNING : Level.INFO,
                    sentence);
            if (what != RoleFile.Role.LEADER && what != RoleFile.Role.SILENT) {
                System.out.println(sentence);
            }
        }
    }

    private void tellThatItLeads() throws IOException {
        report(RoleFile.Role.LEADER, "This server is the leader (epoch " + epoch + ").");
    }

    @Override
    public synchronized boolean isAlive() throws IOException {
        if (leadership != null && leadership.keep()) {
            if (!System.getProperty(NEWEST, "").isEmpty()) {
                seen.forget();
            }
            if (leadership.isAnswered()) {
                tellThatItLeads();
            } else {
                report(
                        RoleFile.Role.SILENT,
                        "The database does not answer, so this server sends nothing, and stops leading if this lasts for "
                                + Leadership.LEASE.toSeconds() + " s.");
            }
            return true;
        }
        report(
                RoleFile.Role.STANDBY,
                "This server is no longer the leader: it sends nothing more and becomes a standby.");
        return false;
    }

    @Override
    public synchronized void release() {
        if (leadership != null) {
            leadership.close();
        }
    }
}
