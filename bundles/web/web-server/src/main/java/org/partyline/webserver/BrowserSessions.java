package org.partyline.webserver;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebDevice;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebToken;

/**
 * Stores the logged-in browsers: in memory only, as hashes, and only while the store is open. A lock, panic or a
 * restart ends all sessions. Thread-safe.
 */
final class BrowserSessions {
    /** How long a link is valid. */
    static final Duration LINK_LASTS = Duration.ofMinutes(5);
    /** A session ends this long after its last request. */
    static final Duration IDLE = Duration.ofMinutes(30);
    /** The maximum number of browsers. */
    static final int MOST = 32;

    /**
     * A clock may be corrected by this much. A session that began further in the future is from before the clock was
     * set back, and is over.
     */
    private static final Duration CORRECTED = Duration.ofMinutes(1);

    private static final int MOST_LINKS = 8;
    private static final int ID_BYTES = 4;
    private static final byte[] NONE = {};

    private final Supplier<Store> store;
    private final Clock clock;
    private final SecureRandom random;
    /** By hash of the secret, the oldest first. */
    private final Map<String, Link> links = new LinkedHashMap<>();
    /** By hash of the cookie, the oldest first. */
    private final Map<String, Session> sessions = new LinkedHashMap<>();

    /** An unused link. */
    private record Link(Instant made, Set<Scope> scopes) {
        boolean isOver(Instant now) {
            return isPast(made, LINK_LASTS, now);
        }
    }

    /**
     * The session of a browser.
     *
     * @param csrf hash of the token that the page sends in addition to the cookie
     * @param scopes its permissions
     */
    private record Session(byte[] csrf, WebDevice device, Set<Scope> scopes) {}

    /**
     * The secrets of a new session, sent to its browser once.
     *
     * @param cookie for a cookie that the page cannot read
     * @param csrf for the page: the browser does not send it automatically, nor to another port of this host, to which
     *     it also sends cookies
     */
    record Opened(String cookie, String csrf, WebDevice device) {
        /** Does not show the secrets. */
        @Override
        public String toString() {
            return "Opened[" + device.id() + "]";
        }
    }

    /** @param store returns null while it is unavailable */
    BrowserSessions(Supplier<Store> store, Clock clock, SecureRandom random) {
        this.store = store;
        this.clock = clock;
        this.random = random;
    }

    /** Creates the secret of a new link, with which one browser can log in once. @param scopes its permissions */
    synchronized String link(Set<Scope> scopes) throws PartylineException {
        requireOpen();
        if (sessions.size() >= MOST) {
            throw new PartylineException(
                    MOST + " browsers are logged in, the maximum: log one out with " + "partyline:web-logout");
        }
        String secret = Secret.make(random);
        if (links.size() >= MOST_LINKS) {
            links.remove(links.keySet().iterator().next());
        }
        links.put(key(secret), new Link(clock.instant(), scopes));
        return secret;
    }

    /** Logs a browser in. @param name its description @throws WebProblem if the link is invalid or no longer valid */
    synchronized Opened open(String secret, String name) throws PartylineException {
        requireOpen();
        Instant now = clock.instant();
        Link link = Secret.FORM.matcher(secret).matches() ? links.remove(key(secret)) : null;
        if (link == null || link.isOver(now) || sessions.size() >= MOST) {
            throw refused("this link was already used, or is older than " + LINK_LASTS.toMinutes()
                    + " minutes: create another with partyline:web-login");
        }
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        WebDevice device = new WebDevice(HexFormat.of().formatHex(id), name, now, now);
        Opened opened = new Opened(Secret.make(random), Secret.make(random), device);
        sessions.put(key(opened.cookie()), new Session(Secret.hash(opened.csrf()), device, link.scopes()));
        return opened;
    }

    /**
     * The session of a browser's request. The second secret is required for every request, not only for those that
     * change something.
     *
     * @param cookies the values of the cookie
     * @param csrf the token that the page sent, or null
     * @param asks whether that counts as use; false for a response that stays open
     * @throws WebProblem if they belong to no session
     */
    synchronized WebToken caller(List<String> cookies, @Nullable String csrf, boolean asks) throws PartylineException {
        if (store.get() == null) {
            // Whatever the reason, a page must not keep its texts until the store returns.
            endAll();
            throw ended();
        }
        requireOpen();
        byte[] given = csrf == null ? NONE : Secret.hash(csrf);
        String key = cookies.stream()
                .map(BrowserSessions::key)
                .filter(one -> sessions.containsKey(one)
                        && MessageDigest.isEqual(sessions.get(one).csrf(), given))
                .findFirst()
                .orElseThrow(BrowserSessions::ended);
        Session session = Objects.requireNonNull(sessions.get(key));
        WebDevice device = session.device();
        WebDevice used = asks ? new WebDevice(device.id(), device.name(), device.since(), clock.instant()) : device;
        sessions.put(key, new Session(session.csrf(), used, session.scopes()));
        return new WebToken(
                used.id(),
                used.name(),
                session.scopes(),
                Selection.EVERYTHING,
                OptionalLong.empty(),
                used.since(),
                Optional.empty(),
                Optional.of(used.lastUsed()));
    }

    /** The logged-in browsers, the oldest first. */
    synchronized List<WebDevice> list() {
        expire();
        return new ArrayList<>(sessions.values().stream().map(Session::device).toList());
    }

    /** Ends a session. @throws PartylineException if there is none of that id */
    synchronized WebDevice end(String id) throws PartylineException {
        expire();
        for (Iterator<Session> all = sessions.values().iterator(); all.hasNext(); ) {
            WebDevice device = all.next().device();
            if (device.id().equals(id)) {
                all.remove();
                return device;
            }
        }
        throw new PartylineException("no browser with that id is logged in: see partyline:web-devices");
    }

    /** Ends all sessions, and invalidates unused links. @return the browsers that were logged in */
    synchronized List<WebDevice> endAll() {
        List<WebDevice> all = list();
        sessions.clear();
        links.clear();
        return all;
    }

    /** A store that is not open was locked: even without a notification, no session survives that. */
    private void requireOpen() throws PartylineException {
        Store known = store.get();
        if (known == null) {
            endAll();
            throw new StoreException("the store service is not running: try again shortly");
        }
        Store.State state = known.state();
        if (state != Store.State.OPEN) {
            endAll();
            throw StoreLockedException.of(state);
        }
        expire();
    }

    private static boolean isPast(Instant begin, Duration lasts, Instant now) {
        return !now.isBefore(begin.plus(lasts)) || now.isBefore(begin.minus(CORRECTED));
    }

    private void expire() {
        Instant now = clock.instant();
        sessions.values().removeIf(one -> isPast(one.device().lastUsed(), IDLE, now));
        links.values().removeIf(link -> link.isOver(now));
    }

    private static WebProblem ended() {
        return refused("this browser is not logged in: create a link with partyline:web-login");
    }

    private static WebProblem refused(String detail) {
        return new WebProblem(401, "Not authenticated", detail, Map.of());
    }

    private static String key(String secret) {
        return HexFormat.of().formatHex(Secret.hash(secret));
    }
}
