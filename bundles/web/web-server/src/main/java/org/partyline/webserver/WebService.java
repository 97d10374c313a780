package org.partyline.webserver;

import static org.osgi.service.component.annotations.ReferenceCardinality.MULTIPLE;
import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.Faults;
import org.partyline.api.PartylineException;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Events;
import org.partyline.api.panic.Severable;
import org.partyline.api.store.Forgetful;
import org.partyline.api.store.Store;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebAccess;
import org.partyline.api.web.WebDevice;
import org.partyline.api.web.WebHandler;
import org.partyline.api.web.WebSettings;
import org.partyline.api.web.WebToken;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the web server while its bundle runs, and adds and removes handlers. A lock and panic log all browsers out. */
@Component(immediate = true, configurationPid = WebSettings.PID)
public final class WebService implements WebAccess, Forgetful, Severable {
    private static final Logger LOG = LoggerFactory.getLogger(WebService.class);

    private final Clock clock = Clock.systemUTC();
    private final Routes routes = new Routes();
    private final RateLimit rate = new RateLimit(clock);
    private final SecureRandom random = new SecureRandom();
    private final Tokens tokens = new Tokens(() -> this.store, () -> this.conversations, clock, random);
    private final BrowserSessions sessions = new BrowserSessions(() -> this.store, clock, random);

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    volatile Store store;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile AuditLog audit;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    volatile Events events;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    volatile Conversations conversations;

    private InetSocketAddress where = WebSettings.address(Map.of());
    private Set<String> hosts = Set.of();
    /** Null while it is not listening. */
    private @Nullable Door door;

    private String failure = "the web server has stopped: start it with partyline:web-start";

    /** For Declarative Services. */
    public WebService() {
        routes.add(new SessionRoutes(sessions, this::record));
    }

    /** For Declarative Services. */
    @Reference(cardinality = MULTIPLE, policy = DYNAMIC)
    void addHandler(WebHandler handler) {
        routes.add(handler);
    }

    /** For Declarative Services. */
    void removeHandler(WebHandler handler) {
        routes.remove(handler);
    }

    /** For Declarative Services: at the start, and when the settings changed. */
    @Activate
    @Modified
    synchronized void configure(Map<String, Object> properties) {
        try {
            InetSocketAddress next = WebSettings.address(properties);
            Set<String> names = WebSettings.hosts(properties);
            if (door != null && next.equals(where) && names.equals(hosts)) {
                return;
            }
            where = next;
            hosts = names;
        } catch (IllegalArgumentException e) {
            LOG.error("{}: {}. The last good settings stay in force.", WebSettings.PID, e.getMessage());
            if (door != null) {
                return;
            }
        }
        close();
        try {
            door = Door.open(where, new Gate(routes, tokens, sessions, rate, hosts), clock);
            LOG.info("the web server listens at {}", door.address());
        } catch (BindException e) {
            failure = "port " + where.getPort() + " is in use: set another with partyline:config web.port PORT";
            LOG.error("the web server does not run: {}", failure);
        } catch (IOException e) {
            failure = "the web server cannot listen at " + where + ": see the log";
            LOG.error("the web server does not run ({})", Faults.reason(e));
        }
    }

    /** For Declarative Services. */
    @Deactivate
    synchronized void close() {
        if (door != null) {
            door.close();
            door = null;
            LOG.info("the web server no longer listens");
        }
    }

    @Override
    public synchronized URI address() throws PartylineException {
        if (door == null) {
            throw new PartylineException(failure);
        }
        return door.address();
    }

    @Override
    public Created create(Wanted wanted) throws PartylineException {
        Created created = tokens.create(wanted);
        WebToken token = created.token();
        record(
                "token-created",
                "token " + token.id() + " with the scopes "
                        + String.join(
                                ", ",
                                token.scopes().stream()
                                        .sorted()
                                        .map(Scope::word)
                                        .toList())
                        + (token.seen().persona().isPresent() ? " for one persona" : "")
                        + (token.seen().ids().isEmpty()
                                ? ""
                                : " for " + token.seen().ids().size() + " conversations")
                        + (token.dailySat().isPresent()
                                ? ", at most " + token.dailySat().getAsLong() + " sat a day"
                                : "")
                        + token.expires().map(time -> ", until " + time).orElse(""));
        return created;
    }

    @Override
    public List<WebToken> tokens() throws PartylineException {
        return tokens.list();
    }

    @Override
    public WebToken revoke(String name) throws PartylineException {
        WebToken token = tokens.revoke(name);
        record("token-revoked", "token " + token.id());
        Events log = events;
        if (log != null) {
            log.forget(token.id());
        }
        return token;
    }

    @Override
    public URI login(Set<Scope> scopes) throws PartylineException {
        // In the fragment, which a browser does not send: it reaches no log and no other page.
        return URI.create(address() + "/#" + sessions.link(scopes));
    }

    @Override
    public List<WebDevice> devices() {
        return sessions.list();
    }

    @Override
    public WebDevice logout(String id) throws PartylineException {
        WebDevice device = sessions.end(id);
        left(device);
        return device;
    }

    @Override
    public List<WebDevice> logoutAll() {
        List<WebDevice> all = sessions.endAll();
        all.forEach(this::left);
        return all;
    }

    private void left(WebDevice device) {
        record("web-logout", "browser " + device.id());
    }

    /** Called when the store was locked. */
    @Override
    public void forget() {
        logoutAll();
    }

    @Override
    public String name() {
        return "browsers";
    }

    /** None of them is the requesting console. */
    @Override
    public int sever(String mark) {
        return logoutAll().size();
    }

    /** By the token's id: its name may be a person's, and the log is not encrypted. */
    private void record(String event, String detail) {
        AuditLog log = audit;
        if (log != null) {
            log.record(event, detail);
        }
    }
}
