package org.partyline.audit;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;
import org.osgi.service.event.EventConstants;
import org.partyline.api.PartylineException;
import org.partyline.api.ServerHome;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.panic.Erasable;

/**
 * The audit log in {@code <partyline.home>/audit}. Each entry is also an event of EventAdmin, if that is running: topic
 * {@code org/partyline/security/<event>}, with the properties {@code event}, {@code detail} and {@code timestamp}
 * (milliseconds since 1970).
 */
@Component(immediate = true)
public final class AuditService implements AuditLog, Erasable {
    static final String TOPIC = "org/partyline/security/";

    private final ChainedLog log;

    /** Null if there is none. */
    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    volatile EventAdmin events;

    /** @param context for the home directory */
    @Activate
    public AuditService(BundleContext context) {
        this(new ChainedLog(new AuditFiles(ServerHome.of(context::getProperty).resolve("audit")), Clock.systemUTC()));
    }

    AuditService(ChainedLog log) {
        this.log = log;
        log.follow(this::publish);
    }

    @Activate
    void start() {
        log.start();
    }

    @Override
    public void record(String event, String detail) {
        log.record(event, detail);
    }

    @Override
    public List<Entry> newest(int most) {
        return log.newest(most);
    }

    @Override
    public AutoCloseable follow(Consumer<Entry> listener) {
        return log.follow(listener);
    }

    @Override
    public String name() {
        return "audit";
    }

    @Override
    public int rank() {
        return RECORDS;
    }

    @Override
    public void erase() throws PartylineException {
        log.erase();
    }

    @Override
    public void eraseQuietly() throws PartylineException {
        log.eraseQuietly();
    }

    private void publish(Entry entry) {
        EventAdmin target = events;
        if (target == null) {
            return;
        }
        Map<String, Object> properties = new HashMap<>();
        properties.put("event", entry.event());
        properties.put("detail", entry.detail());
        properties.put(EventConstants.TIMESTAMP, entry.time().toEpochMilli());
        target.postEvent(new Event(TOPIC + entry.event(), properties));
    }
}
